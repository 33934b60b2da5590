import { useQuery } from "@tanstack/react-query";
import { Undo2 } from "lucide-react";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import type { MergeEntry } from "../../gen/commands";
import { call, toAppError } from "../../lib/call";
import { dayAndTime } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { RecordKind } from "../../lib/types";
import { restoring } from "../../record/history";
import { unitName } from "../../record/names";
import { getHeld, useOverview, userName } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { valueText } from "../../record/valueText";
import { RecordLink } from "./RecordLink";

function useTakeBack() {
  const { save } = useSave();
  return async (entry: MergeEntry) => {
    const kind = entry.kind as RecordKind;
    try {
      const edit = restoring(kind, await getHeld(kind, entry.recordId), { [entry.unit]: entry.lost });
      if (edit) await save([edit], t("history.broughtBack", { field: unitName(entry.unit) }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
}

function Row({ entry, onBack }: { entry: MergeEntry; onBack: () => void }) {
  const overview = useOverview().data;
  const text = (value: unknown) =>
    (entry.unit === "assignedTo" && typeof value === "string" ? userName(overview, value) : null) ??
    valueText(entry.unit, value);
  const who = (id: string | null) => userName(overview, id) ?? t("timeline.someone");
  const field = unitName(entry.unit);
  const differs = JSON.stringify(entry.lost) !== JSON.stringify(entry.stands);
  return (
    <tr className="border-line-faint border-b align-baseline">
      <td className="py-2 pr-3">
        <RecordLink kind={entry.kind} id={entry.recordId} customerId={entry.customerId} name={entry.name} />
        <p className="text-ink-3 text-small">{field}</p>
      </td>
      <td data-selectable className="break-words py-2 pr-3">
        {text(entry.lost)}
        <p className="text-ink-3 text-small">{t("merges.by", { who: who(entry.lostBy) })}</p>
      </td>
      <td data-selectable className="break-words py-2 pr-3">
        {text(entry.stands)}
      </td>
      <td data-num className="whitespace-nowrap py-2 pr-3 text-ink-2 text-small">
        {dayAndTime(entry.at)}
      </td>
      <td className="py-2 text-right">
        {differs && entry.unit !== "deletedAt" && entry.name !== null ? (
          <Button
            variant="link"
            icon={Undo2}
            aria-label={t("history.backOne", { field, value: text(entry.lost) })}
            onClick={onBack}
          >
            {t("history.back")}
          </Button>
        ) : null}
      </td>
    </tr>
  );
}

/** Values that lost when two people changed the same, newest first; one press takes one back. */
export function Merges() {
  const { data, error, refetch } = useQuery({
    queryKey: ["merges"],
    queryFn: () => call("sync.merges", {}),
    meta: { reads: ["sync", "customers", "contacts", "interactions", "quotes", "orders"] },
  });
  const takeBack = useTakeBack();
  if (error) return <ErrorNote className="m-4" error={toAppError(error)} ways={{ retry: () => void refetch() }} />;
  if (!data) return null;
  if (data.items.length === 0) return <EmptyState title={t("merges.empty")}>{t("merges.emptyAbout")}</EmptyState>;
  return (
    <div className="px-6 py-4">
      <p className="mb-3 max-w-[640px] text-ink-2">{t("merges.about")}</p>
      <table className="w-full max-w-[1100px] table-fixed">
        <thead>
          <tr className="border-line border-b text-left text-ink-3 text-small">
            <th scope="col" className="h-8 w-[26%] font-medium">
              {t("merges.record")}
            </th>
            <th scope="col" className="font-medium">
              {t("merges.lost")}
            </th>
            <th scope="col" className="font-medium">
              {t("merges.stands")}
            </th>
            <th scope="col" className="w-[150px] font-medium">
              {t("merges.when")}
            </th>
            <th scope="col" className="w-[120px]">
              <span className="sr-only">{t("history.back")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {data.items.map((entry) => (
            <Row key={entry.id} entry={entry} onBack={() => void takeBack(entry)} />
          ))}
        </tbody>
      </table>
    </div>
  );
}
