import { Plus } from "lucide-react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { DocumentTable, type TableColumn } from "../../components/DocumentTable";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { SalesHead, useSalesView } from "../../components/SalesHead";
import { OrderTag } from "../../components/SalesStatus";
import type { Order } from "../../gen/records";
import { toAppError } from "../../lib/call";
import { localDay } from "../../lib/dates";
import { money, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { type SalesRow, useSales } from "../../record/queries";

const STATUSES: readonly Order["status"][] = ["draft", "confirmed", "shipped", "delivered", "cancelled", "returned"];

function columns(): TableColumn<Order & SalesRow>[] {
  return [
    {
      id: "what",
      head: t("lines.title"),
      width: "max-mid:hidden",
      cell: (order) => <span className="text-ink-2">{contents(order)}</span>,
      title: contents,
    },
    { id: "status", head: t("column.status"), width: "w-[132px]", cell: (order) => <OrderTag status={order.status} /> },
    {
      id: "ordered",
      head: t("column.ordered"),
      width: "w-[116px]",
      cell: (order) => <span className="text-ink-2">{shortDay(localDay(order.orderDate))}</span>,
    },
    {
      id: "total",
      head: t("column.total"),
      width: "w-[176px]",
      right: true,
      cell: (order) => money(order.totalAmount, order.currency),
    },
  ];
}

/** What was ordered, told by its first line. */
function contents({ items }: Order): string {
  const [first] = items;
  if (!first) return t("lines.none");
  return items.length === 1
    ? first.description
    : t("order.andMore", { first: first.description, count: items.length - 1 });
}

export function OrdersScreen() {
  const navigate = useNavigate();
  const view = useSalesView(STATUSES);
  const list = useSales("orders", view.status, view.mine);
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const create = (
    <Button variant="primary" icon={Plus} onClick={() => navigate("/orders/new")}>
      {t("order.new")}
    </Button>
  );
  const { status } = view;
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <SalesHead
        title={t("orders.title")}
        total={list.data?.pages[0]?.total}
        view={view}
        statuses={STATUSES.map((value) => ({ value, label: t(`order.${value}`) }))}
      >
        {create}
      </SalesHead>
      {list.error ? <ErrorNote className="m-4" error={toAppError(list.error)} /> : null}
      {list.data && rows.length === 0 ? (
        <EmptyState
          title={t(status ? "orders.noMatch" : "orders.empty")}
          actions={
            status ? (
              <Button onClick={() => view.change("status", null)}>{t("sales.anyStatus")}</Button>
            ) : (
              <Button variant="primary" onClick={() => navigate("/orders/new")}>
                {t("order.new")}
              </Button>
            )
          }
        >
          {t(status ? "sales.noMatchAbout" : "orders.emptyAbout")}
        </EmptyState>
      ) : null}
      {rows.length > 0 ? (
        <DocumentTable
          rows={rows}
          columns={columns()}
          number={(order) => order.orderNumber}
          name={(order) => order.customerName || (order.customerSnapshot.name ?? "")}
          to={(order) => `/orders/${order._id}`}
          onOlder={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
        />
      ) : null}
    </main>
  );
}
