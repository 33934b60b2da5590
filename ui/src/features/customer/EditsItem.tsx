import { GitMerge, PenLine } from "lucide-react";
import { localDay, today } from "../../lib/dates";
import { t } from "../../lib/i18n";
import { unitName } from "../../record/names";
import { useOverview, userName } from "../../record/queries";
import { clock, shortDay, valueText } from "./shown";
import type { Edits } from "./timeline";

/** A field edit: one line, no disc. Several at once are named together. */
export function EditsItem({ edits }: { edits: Edits }) {
  const overview = useOverview().data;
  const who = userName(overview, edits.by) ?? t("timeline.someone");
  const [only] = edits.entries;
  const overridden = edits.entries.some((entry) => entry.overridden);
  const Icon = overridden ? GitMerge : PenLine;
  const fields = [...new Set(edits.entries.map((entry) => unitName(entry.unit)))];
  const text =
    edits.entries.length === 1 && only
      ? t(only.overridden ? "timeline.overridden" : "timeline.changed", {
          field: unitName(only.unit),
          before: valueText(only.unit, only.before),
          after: valueText(only.unit, only.after),
          who,
        })
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
