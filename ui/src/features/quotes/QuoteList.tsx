import { Link, useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { QuoteTag } from "../../components/SalesStatus";
import { useRowCursor } from "../../components/useRowCursor";
import { WaitingDot } from "../../components/WaitingDot";
import { cx } from "../../lib/cx";
import { localDay } from "../../lib/dates";
import { money, relativeDay, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { useSales } from "../../record/queries";
import { type OnVerb, VerbMenu } from "./QuoteBoard";

interface Props {
  list: ReturnType<typeof useSales<"quotes">>;
  onVerb: OnVerb;
  filtered: boolean;
}

const HEAD = "px-2 text-left font-medium first:pl-4";

export function QuoteList({ list, onVerb, filtered }: Props) {
  const navigate = useNavigate();
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const { at, setCursor } = useRowCursor(rows.length, (index) => navigate(`/quotes/${rows[index]?._id}`));
  if (list.data && rows.length === 0) {
    return filtered ? (
      <EmptyState title={t("quotes.noMatch")}>{t("sales.noMatchAbout")}</EmptyState>
    ) : (
      <EmptyState title={t("quotes.empty")}>{t("quotes.emptyAbout")}</EmptyState>
    );
  }
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <table className="w-full table-fixed border-collapse">
        <thead className="sticky top-0 z-(--z-sticky)">
          <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
            <th className={cx(HEAD, "w-[150px]")}>{t("column.number")}</th>
            <th className={HEAD}>{t("column.customer")}</th>
            <th className={HEAD}>{t("column.subject")}</th>
            <th className={cx(HEAD, "w-[124px]")}>{t("column.status")}</th>
            <th className={cx(HEAD, "w-[116px]")}>{t("column.validUntil")}</th>
            <th className={cx(HEAD, "w-[104px] max-mid:hidden")}>{t("column.created")}</th>
            <th className="w-[128px] px-2 text-right font-medium">{t("column.total")}</th>
            <th className="w-12">
              <span className="sr-only">{t("column.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((quote, index) => (
            <tr
              key={quote._id}
              data-row={index}
              aria-current={index === at ? "true" : undefined}
              onClick={() => navigate(`/quotes/${quote._id}`)}
              onMouseMove={() => (index === at ? undefined : setCursor(index))}
              className={cx(
                "h-row border-line-faint border-b",
                index === at && "bg-cursor shadow-[inset_2px_0_var(--focus)]",
                quote.supersededBy && "text-ink-3",
              )}
            >
              <td data-num className="cut pr-2 pl-4">
                {quote.quoteNumber} {quote.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
              </td>
              <td className="cut px-2" title={quote.customerName}>
                <Link to={`/quotes/${quote._id}`} tabIndex={-1} className="font-medium">
                  {quote.customerName}
                </Link>
              </td>
              <td className="cut px-2" title={quote.subject}>
                {quote.subject}
              </td>
              <td className="px-2">
                <QuoteTag status={quote.status} />
              </td>
              <td data-num className="cut px-2 text-ink-2">
                {quote.validUntil === null ? "–" : relativeDay(quote.validUntil, false)}
              </td>
              <td data-num className="cut px-2 text-ink-2 max-mid:hidden">
                {shortDay(localDay(quote.createdAt))}
              </td>
              <td data-num className="px-2 text-right">
                {money(quote.totalAmount, quote.currency)}
              </td>
              {/* biome-ignore lint/a11y/useKeyWithClickEvents: the menu has its own keys */}
              <td className="pr-3 text-right" onClick={(event) => event.stopPropagation()}>
                <VerbMenu quote={quote} onVerb={onVerb} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {list.hasNextPage ? (
        <Button className="m-4" onClick={() => void list.fetchNextPage()}>
          {t("sales.older")}
        </Button>
      ) : null}
    </div>
  );
}
