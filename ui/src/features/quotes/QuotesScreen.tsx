import { SquareKanban, Table2 } from "lucide-react";
import { useSearchParams } from "react-router";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { SelectField } from "../../components/Field";
import { Segments } from "../../components/Segments";
import type { Quote } from "../../gen/records";
import { toAppError } from "../../lib/call";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useQuoteBoard, useSales } from "../../record/queries";
import { QuoteBoard } from "./QuoteBoard";
import { QuoteList } from "./QuoteList";
import { useVerbs } from "./useVerbs";

const STATUSES: readonly Quote["status"][] = ["draft", "sent", "viewed", "accepted", "expired", "rejected"];

export function QuotesScreen() {
  const [params, setParams] = useSearchParams();
  const shape = params.get("as") === "list" ? "list" : "board";
  const whose = params.get("of") === "all" ? "all" : "mine";
  const status = STATUSES.find((one) => one === params.get("status")) ?? null;
  const { start, dialog } = useVerbs();
  const board = useQuoteBoard(whose === "mine");
  const list = useSales("quotes", status, whose === "mine");
  const change = (name: string, value: string | null) => {
    const next = new URLSearchParams(params);
    if (value === null) next.delete(name);
    else next.set(name, value);
    setParams(next, { replace: true });
  };
  const error = shape === "board" ? board.error : list.error;
  const total = board.data?.lanes.reduce((sum, lane) => sum + lane.count, 0);
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("quotes.title")}</h1>
        <span data-num className="mr-auto text-ink-3 text-small">
          {total === undefined ? "" : count(total)}
        </span>
        {shape === "list" ? (
          <SelectField
            bare
            className="[&_select]:h-control"
            label={t("column.status")}
            value={status ?? ""}
            onChange={(event) => change("status", event.target.value || null)}
            options={[
              { value: "", label: t("sales.anyStatus") },
              ...STATUSES.map((value) => ({ value, label: t(`quote.${value}`) })),
            ]}
          />
        ) : null}
        <Segments
          label={t("today.whose")}
          value={whose}
          onChange={(value) => change("of", value === "all" ? value : null)}
          options={[
            { value: "mine", label: t("sales.mine") },
            { value: "all", label: t("sales.all") },
          ]}
        />
        <Segments
          label={t("sales.shape")}
          value={shape}
          onChange={(value) => change("as", value === "list" ? value : null)}
          options={[
            { value: "list", label: t("sales.list"), icon: Table2 },
            { value: "board", label: t("sales.board"), icon: SquareKanban },
          ]}
        />
      </header>
      {error ? <ErrorNote className="m-4" error={toAppError(error)} /> : null}
      {total === 0 && shape === "board" ? (
        <EmptyState title={t("quotes.empty")}>{t("quotes.emptyAbout")}</EmptyState>
      ) : null}
      {shape === "board" && board.data && total !== 0 ? <QuoteBoard board={board.data} onVerb={start} /> : null}
      {shape === "list" ? <QuoteList list={list} onVerb={start} filtered={status !== null} /> : null}
      {dialog}
    </main>
  );
}
