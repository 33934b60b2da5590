import type { ReactNode } from "react";
import { Link } from "react-router";
import { OrderTag, QuoteTag } from "../../components/SalesStatus";
import type { Order, Quote } from "../../gen/records";
import { localDay } from "../../lib/dates";
import { count, money, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { Panel } from "./Panel";

const SHOWN = 5;

interface Deal {
  to: string;
  number: string;
  tag: ReactNode;
  amount: string;
  /** More than the row has room for. */
  title: string;
}

function DealsPanel({ title, empty, deals }: { title: string; empty: string; deals: readonly Deal[] }) {
  return (
    <Panel title={title} count={deals.length > 0 ? count(deals.length) : undefined}>
      {deals.length === 0 ? <p className="text-ink-3">{empty}</p> : null}
      <ul className="-mx-2">
        {deals.slice(0, SHOWN).map((deal) => (
          <li key={deal.to}>
            <Link
              to={deal.to}
              title={deal.title}
              className="flex min-h-7 flex-wrap items-center gap-x-2 rounded-sm px-2 hover:bg-hover"
            >
              <span className="whitespace-nowrap">{deal.number}</span>
              {deal.tag}
              <span data-num className="ml-auto whitespace-nowrap">
                {deal.amount}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {deals.length > SHOWN ? (
        <p className="text-ink-3 text-small">{t("panel.more", { count: deals.length - SHOWN })}</p>
      ) : null}
    </Panel>
  );
}

/** The newest quotes: number, how it stands, its total. */
export function QuotesPanel({ quotes }: { quotes: readonly Quote[] }) {
  const deals = quotes.map((quote) => ({
    to: `/quotes/${quote._id}`,
    number: quote.quoteNumber,
    tag: <QuoteTag status={quote.status} />,
    amount: money(quote.totalAmount, quote.currency),
    title: quote.subject,
  }));
  return <DealsPanel title={t("quotes.title")} empty={t("quotes.empty")} deals={deals} />;
}

export function OrdersPanel({ orders }: { orders: readonly Order[] }) {
  const deals = orders.map((order) => ({
    to: `/orders/${order._id}`,
    number: order.orderNumber,
    tag: <OrderTag status={order.status} />,
    amount: money(order.totalAmount, order.currency),
    title: `${t("column.ordered")} ${shortDay(localDay(order.orderDate))}`,
  }));
  return <DealsPanel title={t("orders.title")} empty={t("orders.empty")} deals={deals} />;
}
