import { OrderTag, QuoteTag } from "../../components/SalesStatus";
import type { Order, Quote } from "../../gen/records";
import { count, money, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { Panel } from "./Panel";

const SHOWN = 5;

/** The newest quotes: number, how it stands, its total. */
export function QuotesPanel({ quotes }: { quotes: readonly Quote[] }) {
  return (
    <Panel title={t("quotes.title")} count={quotes.length > 0 ? count(quotes.length) : undefined}>
      {quotes.length === 0 ? <p className="text-ink-3">{t("quotes.empty")}</p> : null}
      <ul>
        {quotes.slice(0, SHOWN).map((quote) => (
          <li key={quote._id} className="flex h-7 items-center gap-2" title={quote.subject}>
            <span data-num data-selectable className="cut">
              {quote.quoteNumber}
            </span>
            <QuoteTag status={quote.status} />
            <span data-num className="ml-auto">
              {money(quote.totalAmount, quote.currency)}
            </span>
          </li>
        ))}
      </ul>
      {quotes.length > SHOWN ? (
        <p className="text-ink-3 text-small">{t("panel.more", { count: quotes.length - SHOWN })}</p>
      ) : null}
    </Panel>
  );
}

export function OrdersPanel({ orders }: { orders: readonly Order[] }) {
  return (
    <Panel title={t("orders.title")} count={orders.length > 0 ? count(orders.length) : undefined}>
      {orders.length === 0 ? <p className="text-ink-3">{t("orders.empty")}</p> : null}
      <ul>
        {orders.slice(0, SHOWN).map((order) => (
          <li key={order._id} className="flex h-7 items-center gap-2">
            <span data-num data-selectable className="cut">
              {order.orderNumber}
            </span>
            <OrderTag status={order.status} />
            <span data-num className="text-ink-3 text-small">
              {shortDay(order.orderDate)}
            </span>
            <span data-num className="ml-auto">
              {money(order.totalAmount, order.currency)}
            </span>
          </li>
        ))}
      </ul>
      {orders.length > SHOWN ? (
        <p className="text-ink-3 text-small">{t("panel.more", { count: orders.length - SHOWN })}</p>
      ) : null}
    </Panel>
  );
}
