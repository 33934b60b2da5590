import { Button } from "../../components/Button";
import { DocumentTable, type TableColumn } from "../../components/DocumentTable";
import { EmptyState } from "../../components/EmptyState";
import { QuoteTag } from "../../components/SalesStatus";
import type { Quote } from "../../gen/records";
import { localDay } from "../../lib/dates";
import { money, relativeDay, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { SalesRow, useSales } from "../../record/queries";
import { NoQuotes } from "./NoQuotes";
import { type OnVerb, VerbMenu } from "./QuoteBoard";

interface Props {
  list: ReturnType<typeof useSales<"quotes">>;
  onVerb: OnVerb;
  filtered: boolean;
  onAll: () => void;
}

function columns(): TableColumn<Quote & SalesRow>[] {
  return [
    { id: "subject", head: t("column.subject"), cell: (quote) => quote.subject, title: (quote) => quote.subject },
    { id: "status", head: t("column.status"), width: "w-[132px]", cell: (quote) => <QuoteTag status={quote.status} /> },
    {
      id: "until",
      head: t("column.validUntil"),
      width: "w-[112px]",
      cell: (quote) => (
        <span className="text-ink-2">{quote.validUntil === null ? "–" : relativeDay(quote.validUntil, false)}</span>
      ),
    },
    {
      id: "created",
      head: t("column.created"),
      width: "w-[104px] max-mid:hidden",
      cell: (quote) => <span className="text-ink-2">{shortDay(localDay(quote.createdAt))}</span>,
    },
    {
      id: "total",
      head: t("column.total"),
      width: "w-[156px]",
      right: true,
      cell: (quote) => money(quote.totalAmount, quote.currency),
    },
  ];
}

export function QuoteList({ list, onVerb, filtered, onAll }: Props) {
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  if (list.data && rows.length === 0) {
    return filtered ? (
      <EmptyState title={t("quotes.noMatch")} actions={<Button onClick={onAll}>{t("sales.anyStatus")}</Button>}>
        {t("sales.noMatchAbout")}
      </EmptyState>
    ) : (
      <NoQuotes />
    );
  }
  return (
    <DocumentTable
      rows={rows}
      columns={columns()}
      number={(quote) => quote.quoteNumber}
      name={(quote) => quote.customerName}
      to={(quote) => `/quotes/${quote._id}`}
      muted={(quote) => Boolean(quote.supersededBy)}
      actions={(quote) => <VerbMenu quote={quote} onVerb={onVerb} />}
      onOlder={list.hasNextPage ? () => void list.fetchNextPage() : undefined}
    />
  );
}
