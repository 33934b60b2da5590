import { Ban, CircleCheck, Eye, FileText, type LucideIcon, Package, Send } from "lucide-react";
import { Link } from "react-router";
import { StatusGlyph } from "../../components/Status";
import { localDay, today } from "../../lib/dates";
import { clock, money, weekDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { ChangeEntry, CustomerStatus } from "../../lib/types";
import { useOverview, userName } from "../../record/queries";
import type { Deal } from "./timeline";

const ICONS: Record<Deal["what"], LucideIcon> = {
  quoteMade: FileText,
  quoteSent: Send,
  quoteViewed: Eye,
  quoteAccepted: CircleCheck,
  quoteRejected: Ban,
  orderMade: Package,
};

function Time({ at }: { at: number }) {
  return (
    <time data-num className="pt-0.5 text-ink-3 text-small">
      {localDay(at) === today() ? clock(at) : weekDay(localDay(at))}
    </time>
  );
}

const ROW = "grid grid-cols-[24px_minmax(0,1fr)_auto] gap-x-3 pt-1.5 pb-2";

/** A quote or an order at a moment of its life. */
export function DealItem({ deal, at }: { deal: Deal; at: number }) {
  const Icon = ICONS[deal.what];
  return (
    <article className={ROW}>
      <span className="inset-line relative -mt-0.5 grid size-6 place-items-center rounded-full bg-surface text-ink-2">
        <Icon size={13} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <p data-selectable className="min-w-0 break-words">
        <Link to={deal.to} className="rounded-xs font-medium hover:underline">
          {t(`deal.${deal.what}`, { number: deal.number })}
        </Link>{" "}
        {deal.amount === null ? null : (
          <span data-num className="text-ink-3">
            {money(deal.amount, deal.currency)}
          </span>
        )}
      </p>
      <Time at={at} />
    </article>
  );
}

function statusOf(value: unknown): CustomerStatus | null {
  const status = typeof value === "object" && value !== null ? (value as { status?: unknown }).status : value;
  return typeof status === "string" ? (status as CustomerStatus) : null;
}

function reasonOf(value: unknown): string {
  const reason =
    typeof value === "object" && value !== null ? (value as { statusReason?: unknown }).statusReason : null;
  return typeof reason === "string" ? reason : "";
}

/** A step of the customer's life: from where to where, by whom, why. */
export function StatusItem({ entry }: { entry: ChangeEntry }) {
  const overview = useOverview().data;
  const to = statusOf(entry.after);
  const from = statusOf(entry.before);
  const who = userName(overview, entry.by) ?? t("timeline.someone");
  const reason = reasonOf(entry.after);
  if (!to || !from) return null;
  const text =
    to === from
      ? t("timeline.aside", { who })
      : t("timeline.status", { who, from: t(`status.${from}`), to: t(`status.${to}`) });
  return (
    <article className={ROW}>
      <span className="relative -mt-0.5 grid size-6 place-items-center rounded-full bg-surface">
        <StatusGlyph status={to} />
      </span>
      <p data-selectable className="min-w-0 break-words">
        {text}
        {reason && to !== from ? <span className="text-ink-2"> · {reason}</span> : null}
      </p>
      <Time at={entry.at} />
    </article>
  );
}
