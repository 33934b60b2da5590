import { Plus } from "lucide-react";
import { Link, useNavigate, useSearchParams } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { SelectField } from "../../components/Field";
import { OrderTag } from "../../components/SalesStatus";
import { Segments } from "../../components/Segments";
import { useRowCursor } from "../../components/useRowCursor";
import { WaitingDot } from "../../components/WaitingDot";
import type { Order } from "../../gen/records";
import { toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { localDay } from "../../lib/dates";
import { count, money, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { type SalesRow, useSales } from "../../record/queries";

const STATUSES: readonly Order["status"][] = ["draft", "confirmed", "shipped", "delivered", "cancelled", "returned"];

function Table({ rows }: { rows: readonly (Order & SalesRow)[] }) {
  const navigate = useNavigate();
  const { at, setCursor } = useRowCursor(rows.length, (index) => navigate(`/orders/${rows[index]?._id}`));
  const head = "px-2 text-left font-medium first:pl-4";
  return (
    <table className="w-full table-fixed border-collapse">
      <thead className="sticky top-0 z-(--z-sticky)">
        <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
          <th className={cx(head, "w-[160px]")}>{t("column.number")}</th>
          <th className={head}>{t("column.customer")}</th>
          <th className={cx(head, "w-[140px]")}>{t("column.status")}</th>
          <th className={cx(head, "w-[120px]")}>{t("column.ordered")}</th>
          <th className="w-[150px] pr-6 pl-2 text-right font-medium">{t("column.total")}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((order, index) => (
          <tr
            key={order._id}
            data-row={index}
            aria-current={index === at ? "true" : undefined}
            onClick={() => navigate(`/orders/${order._id}`)}
            onMouseMove={() => (index === at ? undefined : setCursor(index))}
            className={cx(
              "h-row border-line-faint border-b",
              index === at && "bg-cursor shadow-[inset_2px_0_var(--focus)]",
            )}
          >
            <td data-num className="cut pr-2 pl-4">
              {order.orderNumber} {order.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
            </td>
            <td className="cut px-2" title={order.customerName}>
              <Link to={`/orders/${order._id}`} tabIndex={-1} className="font-medium">
                {order.customerName || order.customerSnapshot.name}
              </Link>
            </td>
            <td className="px-2">
              <OrderTag status={order.status} />
            </td>
            <td data-num className="cut px-2 text-ink-2">
              {shortDay(localDay(order.orderDate))}
            </td>
            <td data-num className="pr-6 pl-2 text-right">
              {money(order.totalAmount, order.currency)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function OrdersScreen() {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const status = STATUSES.find((one) => one === params.get("status")) ?? null;
  const whose = params.get("of") === "all" ? "all" : "mine";
  const list = useSales("orders", status, whose === "mine");
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const total = list.data?.pages[0]?.total;
  const change = (name: string, value: string) => {
    const next = new URLSearchParams(params);
    if (value === "" || value === "mine") next.delete(name);
    else next.set(name, value);
    setParams(next, { replace: true });
  };
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => navigate("/orders/new")}>
      {t("order.new")}
    </Button>
  );
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("orders.title")}</h1>
        <span data-num className="mr-auto text-ink-3 text-small">
          {typeof total === "number" ? count(total) : ""}
        </span>
        <SelectField
          bare
          className="[&_select]:h-control"
          label={t("column.status")}
          value={status ?? ""}
          onChange={(event) => change("status", event.target.value)}
          options={[
            { value: "", label: t("sales.anyStatus") },
            ...STATUSES.map((value) => ({ value, label: t(`order.${value}`) })),
          ]}
        />
        <Segments
          label={t("today.whose")}
          value={whose}
          onChange={(value) => change("of", value)}
          options={[
            { value: "mine", label: t("sales.mine") },
            { value: "all", label: t("sales.all") },
          ]}
        />
        {create}
      </header>
      {list.error ? <ErrorNote className="m-4" error={toAppError(list.error)} /> : null}
      {list.data && rows.length === 0 ? (
        <EmptyState title={t(status ? "orders.noMatch" : "orders.empty")} actions={status ? null : create}>
          {t(status ? "sales.noMatchAbout" : "orders.emptyAbout")}
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <div className="min-h-0 flex-1 overflow-y-auto">
          <Table rows={rows} />
          {list.hasNextPage ? (
            <Button className="m-4" onClick={() => void list.fetchNextPage()}>
              {t("sales.older")}
            </Button>
          ) : null}
        </div>
      ) : null}
    </main>
  );
}
