// The history of a customer in the order it is told: planned first, then back in time by today, this week, last week, months.
import type { Interaction } from "../../gen/records";
import { addDays, localDay, today } from "../../lib/dates";
import { monthOf } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { ChangeEntry, Listed } from "../../lib/types";

const PLANNED_AFTER_MS = 5 * 60_000;
const TOGETHER_MS = 60_000;

export interface Edits {
  at: number;
  by: string;
  entries: ChangeEntry[];
}

export type Happening =
  | { kind: "interaction"; id: string; at: number; interaction: Listed<Interaction> }
  | { kind: "edits"; id: string; at: number; edits: Edits };

export interface Group {
  title: string;
  happenings: Happening[];
}

export function isPlanned(at: number, now: number): boolean {
  return at > now + PLANNED_AFTER_MS;
}

/** Edits by one person within a minute are one event. */
export function gather(changes: readonly ChangeEntry[]): Edits[] {
  const sorted = [...changes].sort((a, b) => b.at - a.at);
  const gathered: Edits[] = [];
  for (const entry of sorted) {
    const last = gathered.at(-1);
    if (last && last.by === entry.by && last.at - entry.at < TOGETHER_MS) last.entries.push(entry);
    else gathered.push({ at: entry.at, by: entry.by, entries: [entry] });
  }
  return gathered;
}

function monday(day: number): number {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

function titleOf(at: number, now: number): string {
  if (isPlanned(at, now)) return t("timeline.planned");
  const day = localDay(at);
  const week = monday(today());
  if (day >= today()) return t("timeline.today");
  if (day >= week) return t("timeline.thisWeek");
  if (day >= addDays(week, -7)) return t("timeline.lastWeek");
  return monthOf(day);
}

export function groups(
  interactions: readonly Listed<Interaction>[],
  changes: readonly ChangeEntry[],
  now: number = Date.now(),
): Group[] {
  const told: Happening[] = interactions.map((interaction) => ({
    kind: "interaction",
    id: interaction._id,
    at: interaction.interactionDate,
    interaction,
  }));
  for (const edits of gather(changes)) {
    told.push({ kind: "edits", id: edits.entries[0]?.id ?? String(edits.at), at: edits.at, edits });
  }
  const planned = told.filter((one) => isPlanned(one.at, now)).sort((a, b) => a.at - b.at);
  const past = told.filter((one) => !isPlanned(one.at, now)).sort((a, b) => b.at - a.at);
  const found: Group[] = [];
  for (const happening of [...planned, ...past]) {
    const title = titleOf(happening.at, now);
    const last = found.at(-1);
    if (last?.title === title) last.happenings.push(happening);
    else found.push({ title, happenings: [happening] });
  }
  return found;
}

/** The open follow-up that is due first. */
export function nextOpen(interactions: readonly Listed<Interaction>[]): Listed<Interaction> | undefined {
  return interactions
    .filter((one) => one.requiresFollowUp && one.followUpDoneAt === null)
    .sort((a, b) => (a.followUpDate ?? Number.POSITIVE_INFINITY) - (b.followUpDate ?? Number.POSITIVE_INFINITY))[0];
}
