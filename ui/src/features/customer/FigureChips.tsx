// Figures that are computed, each with what it is made of; what cannot be computed yet says so and why.
import { type ReactNode, useState } from "react";
import { FactChip } from "../../components/Chip";
import { Popover } from "../../components/Popover";
import { ago, count, money, roundMoney, shortDay } from "../../lib/format";
import { hasMessage, type Key, t } from "../../lib/i18n";
import type { CustomerPage, Overview } from "../../lib/types";
import { currencyOf } from "../../record/queries";

interface ChipProps {
  label: string;
  shown: string;
  title: string;
  children: ReactNode;
}

function Figure({ label, shown, title, children }: ChipProps) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={title}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <FactChip>
          {label}
          <span data-num className="font-medium text-ink">
            {shown}
          </span>
        </FactChip>
      }
    >
      <h2 className="font-semibold">{title}</h2>
      {children}
    </Popover>
  );
}

function Line({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex h-6 items-center justify-between gap-3">
      <dt className="cut text-ink-2">{label}</dt>
      <dd data-num>{children}</dd>
    </div>
  );
}

/** What the customer is worth: ordered so far and expected, or the estimate while nothing was ordered. */
export function ValueChip({ page, overview }: { page: CustomerPage; overview: Overview | undefined }) {
  const currency = currencyOf(overview);
  const { record } = page.customer;
  const { value } = page;
  return (
    <Figure label={t("column.value")} shown={roundMoney(record.value, currency)} title={t("value.title")}>
      <p className="mt-1 text-ink-2">{t("value.about")}</p>
      <dl className="mt-2 border-line border-t pt-1">
        <Line label={t("field.valueEstimate")}>{money(record.valueEstimate, currency)}</Line>
        {value ? (
          <>
            <Line label={t("value.ordered")}>{money(value.totalRevenue, currency)}</Line>
            <Line label={t("value.orders")}>{count(value.totalOrders)}</Line>
            {value.lastOrderDate === null ? null : (
              <Line label={t("value.lastOrder")}>{shortDay(value.lastOrderDate)}</Line>
            )}
            <Line label={t("value.expected")}>
              {value.predictedValue === null ? t("value.notYet") : money(value.predictedValue, currency)}
            </Line>
            {value.excludedOrders > 0 ? <Line label={t("value.excluded")}>{count(value.excludedOrders)}</Line> : null}
          </>
        ) : null}
      </dl>
      <p className="mt-2 text-ink-3 text-small">
        {value ? t("value.asOf", { when: ago(value.lastCalculated) }) : t("value.noOrders")}
      </p>
    </Figure>
  );
}

function factorName(factor: string): string {
  return hasMessage(`factor.${factor}`) ? t(`factor.${factor}` as Key) : factor;
}

/** How promising a lead is, and what that is made of. */
export function ScoreChip({ page }: { page: CustomerPage }) {
  const { score } = page;
  const known = score?.score ?? null;
  return (
    <Figure
      label={t("score.label")}
      shown={known === null ? "–" : count(known)}
      title={known === null ? t("score.label") : t("score.of", { score: count(known) })}
    >
      {score && known !== null ? (
        <dl className="mt-2">
          {score.factors.map((factor) => (
            <Line key={factor.factor} label={factorName(factor.factor)}>
              {t("score.points", { points: Math.round(factor.weight * factor.value) })}
            </Line>
          ))}
        </dl>
      ) : (
        <p className="mt-1 text-ink-2">{t("score.notYet")}</p>
      )}
      {score ? (
        <p className="mt-2 text-ink-3 text-small">{t("value.asOf", { when: ago(score.lastCalculated) })}</p>
      ) : null}
    </Figure>
  );
}

/** How likely the customer is to leave. */
export function RiskChip({ page }: { page: CustomerPage }) {
  const risk = page.value?.churnRisk ?? null;
  const shown = risk === null ? "–" : t("risk.percent", { percent: Math.round(risk * 100) });
  return (
    <Figure label={t("risk.label")} shown={shown} title={t("risk.title")}>
      <p className="mt-1 text-ink-2">
        {risk === null ? t("risk.notYet") : t("risk.about", { percent: Math.round(risk * 100) })}
      </p>
    </Figure>
  );
}
