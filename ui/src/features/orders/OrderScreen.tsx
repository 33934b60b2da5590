import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link, useNavigate, useParams } from "react-router";
import { Button, IconButton } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { LinesTable } from "../../components/LinesTable";
import { OrderTag } from "../../components/SalesStatus";
import { WaitingDot } from "../../components/WaitingDot";
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

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[104px_minmax(0,1fr)] gap-2 py-1">
      <dt className="text-ink-3">{name}</dt>
      <dd data-selectable className="break-words">
        {children}
      </dd>
    </div>
  );
}

const LINK = "font-medium text-accent-ink hover:underline";

function Facts({ page }: { page: OrderPage }) {
  const order = page.order.record;
  const address = order.customerSnapshot.address;
  return (
    <dl className="px-4 py-3">
      <Fact name={t("column.customer")}>
        {page.customer ? (
          <Link className={LINK} to={`/customers/${page.customer.id}`}>
            {page.customer.name}
          </Link>
        ) : (
          order.customerSnapshot.name
        )}
      </Fact>
      {page.contact ? <Fact name={t("field.contactId")}>{page.contact.name}</Fact> : null}
      <Fact name={t("column.ordered")}>{longDay(localDay(order.orderDate))}</Fact>
      {address ? (
        <Fact name={t("field.address")}>
          {[address.street, [address.zipCode, address.city].filter(Boolean).join(" "), address.country]
            .filter(Boolean)
            .join(", ")}
        </Fact>
      ) : null}
      {page.quote ? (
        <Fact name={t("order.quote")}>
          <Link className={LINK} to={`/quotes/${page.quote.id}`}>
            {page.quote.number}
          </Link>
        </Fact>
      ) : null}
      {order.refundedAmount ? (
        <Fact name={t("order.refunded")}>{money(order.refundedAmount, order.currency)}</Fact>
      ) : null}
    </dl>
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
            <span className="w-[110px] text-right">{money(line.totalPrice ?? null, currency)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What follows most often stands first; what ends an order is no primary step. */
const STEP: Partial<Record<Order["status"], "danger">> = { cancelled: "danger", returned: "danger" };

export function OrderScreen() {
  const { id = "" } = useParams();
  const { data: page, error, refetch } = useOrderPage(id);
  const [editing, setEditing] = useState(false);
  const navigate = useNavigate();
  const { save } = useSave();
  useKeys({ Escape: () => (editing ? setEditing(false) : navigate("/orders")) });
  if (error) {
    return (
      <main className="p-6">
        <ErrorNote error={toAppError(error)} ways={{ reload: () => void refetch(), retry: () => void refetch() }} />
      </main>
    );
  }
  if (!page) return <main />;
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
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <IconButton icon={ArrowLeft} label={t("orders.back")} onClick={() => navigate("/orders")} />
        <h1 data-num className="cut font-semibold text-lead">
          {order.orderNumber}
        </h1>
        <OrderTag status={order.status} />
        {page.order.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
        <span className="ml-auto flex gap-2">
          {order.status === "draft" && !editing ? (
            <Button onClick={() => setEditing(true)}>{t("order.editLines")}</Button>
          ) : null}
          {page.legal.map((status, index) => (
            <Button
              key={status}
              variant={STEP[status] ?? (index === 0 ? "primary" : "plain")}
              onClick={() => void step(status)}
            >
              {t(`order.to.${status}` as Key)}
            </Button>
          ))}
        </span>
      </header>
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_var(--side)]">
        <div className="min-h-0 overflow-y-auto px-6 py-5">
          {editing ? (
            <OrderForm
              customer={page.customer}
              seen={page.order}
              onSaved={() => setEditing(false)}
              onCancel={() => setEditing(false)}
            />
          ) : order.items.length === 0 ? (
            <p className="text-ink-3">{t("lines.none")}</p>
          ) : (
            <LinesTable of={order} caption={t("lines.of", { number: order.orderNumber })} />
          )}
          <LeftOut page={page} />
        </div>
        <aside aria-label={t("details.title")} className="min-h-0 overflow-y-auto border-line border-l">
          <Facts page={page} />
        </aside>
      </div>
    </main>
  );
}

export function NewOrderScreen() {
  const navigate = useNavigate();
  useKeys({ Escape: () => navigate("/orders") });
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <IconButton icon={ArrowLeft} label={t("orders.back")} onClick={() => navigate("/orders")} />
        <h1 className="font-semibold text-lead">{t("order.new")}</h1>
      </header>
      <div className="min-h-0 overflow-y-auto px-6 py-5">
        <OrderForm
          customer={null}
          onSaved={(id) => navigate(`/orders/${id}`, { replace: true })}
          onCancel={() => navigate("/orders")}
        />
      </div>
    </main>
  );
}
