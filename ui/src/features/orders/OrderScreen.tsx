import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Button } from "../../components/Button";
import { DocumentPage, Fact } from "../../components/DocumentPage";
import { ErrorNote } from "../../components/ErrorNote";
import { LinesTable } from "../../components/LinesTable";
import { OrderTag } from "../../components/SalesStatus";
import { useBack } from "../../components/useBack";
import type { Order } from "../../gen/records";
import { toAppError } from "../../lib/call";
import { localDay } from "../../lib/dates";
import { longDay, money, plainNumber } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import type { OrderPage } from "../../lib/types";
import { changeField } from "../../record/edits";
import { useOrderPage } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { OrderForm } from "./OrderForm";

function addressOf({ customerSnapshot: { address } }: Order): string | null {
  if (!address) return null;
  const town = [address.zipCode, address.city].filter(Boolean).join(" ");
  return [address.street, town, address.country].filter(Boolean).join(", ");
}

function Facts({ page }: { page: OrderPage }) {
  const order = page.order.record;
  const { customer, quote } = page;
  return (
    <>
      <Fact name={t("column.customer")} to={customer ? `/customers/${customer.id}` : undefined}>
        {customer?.name ?? order.customerSnapshot.name}
      </Fact>
      <Fact name={t("field.contactId")}>{page.contact?.name}</Fact>
      <Fact name={t("column.ordered")}>{longDay(localDay(order.orderDate))}</Fact>
      <Fact name={t("field.address")}>{addressOf(order)}</Fact>
      <Fact name={t("order.quote")} to={`/quotes/${quote?.id}`}>
        {quote?.number}
      </Fact>
      <Fact name={t("order.refunded")}>
        {order.refundedAmount ? money(order.refundedAmount, order.currency) : null}
      </Fact>
    </>
  );
}

function LeftOut({ page }: { page: OrderPage }) {
  if (page.leftOut.length === 0) return null;
  const { currency } = page.order.record;
  return (
    <section className="mt-6">
      <h2 className="mb-1 font-semibold">{t("order.leftOut")}</h2>
      <ul data-num className="text-ink-2">
        {page.leftOut.map((line) => (
          <li key={line.lineId} className="flex gap-3 border-line-faint border-b py-1.5">
            <span className="cut flex-1">{line.description}</span>
            <span>{plainNumber(line.quantity)}</span>
            <span className="shrink-0 text-right">{money(line.totalPrice ?? null, currency)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What follows most often stands first; what ends an order is no primary step. */
const STEP: Partial<Record<Order["status"], "danger">> = { cancelled: "danger", returned: "danger" };

function Steps({ page, onEdit }: { page: OrderPage; onEdit?: () => void }) {
  const { save } = useSave();
  const order = page.order.record;
  const step = async (status: Order["status"]) => {
    try {
      const said = t("order.step", { number: order.orderNumber, status: t(`order.${status}`) });
      await save([changeField("orders", page.order, "status", status)], said);
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <>
      {onEdit ? <Button onClick={onEdit}>{t("order.editLines")}</Button> : null}
      {page.legal.map((status, index) => (
        <Button
          key={status}
          variant={STEP[status] ?? (index === 0 ? "primary" : "plain")}
          onClick={() => void step(status)}
        >
          {t(`order.to.${status}` as Key)}
        </Button>
      ))}
    </>
  );
}

export function OrderScreen() {
  const { id = "" } = useParams();
  const { data: page, error, refetch } = useOrderPage(id);
  const [editing, setEditing] = useState(false);
  const navigate = useNavigate();
  const back = () => navigate("/orders");
  const leave = useBack("/orders");
  useKeys({ Escape: () => (editing ? setEditing(false) : leave()) });
  if (error) {
    return (
      <main className="p-6">
        <ErrorNote error={toAppError(error)} ways={{ reload: () => void refetch(), retry: () => void refetch() }} />
      </main>
    );
  }
  if (!page) return <main />;
  const order = page.order.record;
  const close = () => setEditing(false);
  return (
    <DocumentPage
      back={{ label: t("orders.back"), go: back }}
      number={order.orderNumber}
      tag={<OrderTag status={order.status} />}
      waiting={page.order.waiting}
      actions={<Steps page={page} onEdit={order.status === "draft" && !editing ? () => setEditing(true) : undefined} />}
      subject={page.customer?.name ?? order.customerSnapshot.name}
      facts={<Facts page={page} />}
    >
      {editing ? (
        <OrderForm customer={page.customer} seen={page.order} onSaved={close} onCancel={close} />
      ) : (
        <LinesTable of={order} caption={t("lines.of", { number: order.orderNumber })} />
      )}
      <LeftOut page={page} />
    </DocumentPage>
  );
}

export function NewOrderScreen() {
  const navigate = useNavigate();
  const back = () => navigate("/orders");
  useKeys({ Escape: back });
  return (
    <DocumentPage back={{ label: t("orders.back"), go: back }} number={t("order.new")}>
      <OrderForm customer={null} onSaved={(id) => navigate(`/orders/${id}`, { replace: true })} onCancel={back} />
    </DocumentPage>
  );
}
