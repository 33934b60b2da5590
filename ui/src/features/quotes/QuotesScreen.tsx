import { SquareKanban, Table2 } from "lucide-react";
import { ErrorNote } from "../../components/ErrorNote";
import { SalesHead, useSalesView } from "../../components/SalesHead";
import { Segments } from "../../components/Segments";
import type { Quote } from "../../gen/records";
import { toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useQuoteBoard, useSales } from "../../record/queries";
import { NoQuotes } from "./NoQuotes";
import { QuoteBoard } from "./QuoteBoard";
import { QuoteList } from "./QuoteList";
import { useVerbs } from "./useVerbs";

const STATUSES: readonly Quote["status"][] = ["draft", "sent", "viewed", "accepted", "expired", "rejected"];

export function QuotesScreen() {
  const view = useSalesView(STATUSES);
  const shape = view.asked("as") === "list" ? "list" : "board";
  const { start, dialog } = useVerbs();
  const board = useQuoteBoard(view.mine);
  const list = useSales("quotes", view.status, view.mine);
  const error = shape === "board" ? board.error : list.error;
  const total = board.data?.lanes.reduce((sum, lane) => sum + lane.count, 0);
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <SalesHead
        title={t("quotes.title")}
        total={total}
        view={view}
        statuses={shape === "list" ? STATUSES.map((value) => ({ value, label: t(`quote.${value}`) })) : undefined}
      >
        <Segments
          label={t("sales.shape")}
          value={shape}
          onChange={(value) => view.change("as", value === "list" ? value : null)}
          options={[
            { value: "list", label: t("sales.list"), icon: Table2 },
            { value: "board", label: t("sales.board"), icon: SquareKanban },
          ]}
        />
      </SalesHead>
      {error ? <ErrorNote className="m-4" error={toAppError(error)} /> : null}
      {total === 0 && shape === "board" ? <NoQuotes /> : null}
      {shape === "board" && board.data && total !== 0 ? <QuoteBoard board={board.data} onVerb={start} /> : null}
      {shape === "list" ? (
        <QuoteList
          list={list}
          onVerb={start}
          filtered={view.status !== null}
          onAll={() => view.change("status", null)}
        />
      ) : null}
      {dialog}
    </main>
  );
}
