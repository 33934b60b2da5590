import { GitMerge, PenLine } from "lucide-react";
import { localDay, today } from "../../lib/dates";
import { clock, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { ChangeEntry } from "../../lib/types";
import { unitName } from "../../record/names";
import { useOverview, userName } from "../../record/queries";
import { valueText } from "../../record/valueText";
import type { Edits } from "./timeline";

type Name = (id: string | null) => string | null;

function sentence(entry: ChangeEntry, who: string, nameOf: Name): string {
  const { unit, before, after } = entry;
  const [set, tag] = unit.split("/");
  if (unit === "deletedAt") return t(after === null ? "timeline.restored" : "timeline.trashed", { who });
  if (set === "tags" && tag) return t(after === true ? "timeline.tagAdded" : "timeline.tagRemoved", { who, tag });
  const shown = (value: unknown) =>
    (unit === "assignedTo" && typeof value === "string" ? nameOf(value) : null) ?? valueText(unit, value);
  const loser = nameOf((entry as { lostBy?: string | null }).lostBy ?? null) ?? t("timeline.somebodyElse");
  const values = { who, field: unitName(unit), before: shown(before), after: shown(after) };
  return entry.overridden ? t("timeline.overridden", { ...values, loser }) : t("timeline.changed", values);
}

/** A field edit: one line, no disc. Several at once are named together. */
export function EditsItem({ edits }: { edits: Edits }) {
  const overview = useOverview().data;
  const who = userName(overview, edits.by) ?? t("timeline.someone");
  const [only] = edits.entries;
  const Icon = edits.entries.some((entry) => entry.overridden) ? GitMerge : PenLine;
  const fields = [...new Set(edits.entries.map((entry) => unitName(entry.unit)))];
  const text =
    edits.entries.length === 1 && only
      ? sentence(only, who, (id) => userName(overview, id))
      : t("timeline.changedMany", { fields: fields.join(", "), who });
  return (
    <article className="grid grid-cols-[24px_minmax(0,1fr)_auto] gap-x-3 pt-[3px] pb-[5px] text-ink-2">
      <span className="relative grid size-6 place-items-center rounded-full bg-surface text-ink-3">
        <Icon size={13} strokeWidth={1.75} aria-hidden="true" />
      </span>
      <p className="pt-0.5" data-selectable>
        {text}
      </p>
      <time data-num className="pt-0.5 text-ink-3 text-small">
        {localDay(edits.at) === today() ? clock(edits.at) : shortDay(localDay(edits.at))}
      </time>
    </article>
  );
}
