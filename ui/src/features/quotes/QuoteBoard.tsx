import { Ellipsis } from "lucide-react";
import { Link } from "react-router";
import { IconButton } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { QuoteTag } from "../../components/SalesStatus";
import { WaitingDot } from "../../components/WaitingDot";
import { count, money, roundMoney, shortDay } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import type { Board, Lane, QuoteRow, Verb } from "../../lib/types";
import { amountOf } from "../../record/queries";
import type { VerbTarget } from "./useVerbs";

export type OnVerb = (verb: Verb, quote: VerbTarget) => void;

export function targetOf(quote: QuoteRow): VerbTarget {
  return { id: quote._id, number: quote.quoteNumber, customerId: quote.customerId, status: quote.status };
}

/** The verbs of one quote behind ⋯; nothing where nothing can be done. */
export function VerbMenu({ quote, onVerb }: { quote: QuoteRow; onVerb: OnVerb }) {
  if (quote.can.length === 0) return null;
  return (
    <Menu
      align="end"
      trigger={<IconButton small icon={Ellipsis} label={t("quote.more", { number: quote.quoteNumber })} />}
      items={quote.can.map((verb) => ({
        label: t(`verb.${verb}` as Key),
        danger: verb === "reject",
        run: () => onVerb(verb, targetOf(quote)),
      }))}
    />
  );
}

function Card({ quote, onVerb }: { quote: QuoteRow; onVerb: OnVerb }) {
  const soon = quote.status === "sent" || quote.status === "viewed";
  return (
    <li className="relative grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1 rounded-md bg-raised px-3 py-2.5 shadow-card focus-within:outline-2 focus-within:outline-ring">
      <div className="flex items-center gap-1.5">
        <Link
          to={`/quotes/${quote._id}`}
          title={quote.customerName}
          className="cut flex-1 font-medium after:absolute after:inset-0 focus-visible:outline-none"
        >
          {quote.customerName}
        </Link>
        {quote.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
        <span className="relative -my-1 -mr-1.5">
          <VerbMenu quote={quote} onVerb={onVerb} />
        </span>
      </div>
      <span className="cut text-ink-2 text-small" title={quote.subject}>
        {quote.subject}
      </span>
      <div data-num className="flex items-center gap-2 text-small">
        <span className="shrink-0 font-medium" title={money(quote.totalAmount, quote.currency)}>
          {roundMoney(quote.totalAmount, quote.currency)}
        </span>
        <span className="cut ml-auto text-ink-3">
          {soon && quote.validUntil !== null
            ? t("quote.until", { day: shortDay(quote.validUntil) })
            : quote.quoteNumber}
        </span>
      </div>
    </li>
  );
}

/** Still to be decided: what these are worth is also told weighted. */
const OPEN: readonly Lane["status"][] = ["draft", "sent", "viewed"];

function LaneColumn({ lane, onVerb }: { lane: Lane; onVerb: OnVerb }) {
  const weighed = t("quote.weighed", { percent: lane.weight });
  const open = OPEN.includes(lane.status);
  return (
    <section aria-label={t(`quote.${lane.status}`)} className="row-span-2 grid min-h-0 min-w-0 grid-rows-subgrid">
      <header className="px-1 pt-3 pb-3">
        <h2 className="flex items-center gap-2">
          <QuoteTag status={lane.status} />
          <span data-num className="text-ink-3">
            {count(lane.count)}
          </span>
        </h2>
        <ul data-num className="mt-1.5 grid content-start gap-y-0.5 text-small">
          {lane.sums.map((sum) => (
            <li key={sum.currency} className="flex flex-wrap justify-between gap-x-2">
              <span title={money(amountOf(sum.amount), sum.currency)}>
                {roundMoney(amountOf(sum.amount), sum.currency)}
              </span>
              {open ? (
                <span className="text-ink-3" title={weighed}>
                  {t("quote.weighted", { amount: roundMoney(amountOf(sum.weighted), sum.currency) })}
                </span>
              ) : null}
            </li>
          ))}
        </ul>
      </header>
      <ul className="grid min-h-0 grid-cols-[minmax(0,1fr)] content-start gap-2 overflow-y-auto px-px pt-px pb-4">
        {lane.items.map((quote) => (
          <Card key={quote._id} quote={quote} onVerb={onVerb} />
        ))}
        {lane.count > lane.items.length ? (
          <li className="px-1 text-ink-3 text-small">
            {t("quote.moreInList", { count: lane.count - lane.items.length })}
          </li>
        ) : null}
      </ul>
    </section>
  );
}

/** A lane per status as the quotes read today; what is open, weighed, is told per currency. */
export function QuoteBoard({ board, onVerb }: { board: Board; onVerb: OnVerb }) {
  return (
    <div className="flex min-h-0 flex-1 flex-col bg-app">
      <p data-num className="flex shrink-0 flex-wrap gap-x-4 border-line border-b bg-surface px-4 py-2 text-ink-2">
        <span>{t("quote.open")}</span>
        {board.weighted.length === 0 ? <span className="text-ink-3">{t("quote.noneOpen")}</span> : null}
        {board.weighted.map((sum) => (
          <span key={sum.currency} title={t("quote.weightedAbout")}>
            <span className="font-medium text-ink">{roundMoney(amountOf(sum.amount), sum.currency)}</span>
            {", "}
            {t("quote.weighted", { amount: roundMoney(amountOf(sum.weighted), sum.currency) })}
          </span>
        ))}
      </p>
      <div className="grid min-h-0 flex-1 auto-cols-[minmax(188px,1fr)] grid-flow-col grid-rows-[auto_minmax(0,1fr)] gap-x-3 overflow-x-auto px-4">
        {board.lanes.map((lane) => (
          <LaneColumn key={lane.status} lane={lane} onVerb={onVerb} />
        ))}
      </div>
    </div>
  );
}
