// Follow-ups as Today tells them: what is late first, what has no day last.
import type { Key } from "../../lib/i18n";
import type { FollowUp } from "../../lib/types";

export type GroupName = "overdue" | "today" | "upcoming" | "undated";

export interface Group {
  name: GroupName;
  title: Key;
  items: FollowUp[];
}

/** `day` is the organisation's calendar day; a follow-up's day is the same day for everybody. */
export function groupOf(one: FollowUp, day: number): GroupName {
  if (one.day === null) return "undated";
  if (one.day < day) return "overdue";
  return one.day === day ? "today" : "upcoming";
}

export function groupsOf(followUps: readonly FollowUp[], day: number): Group[] {
  const names: readonly GroupName[] = ["overdue", "today", "upcoming", "undated"];
  return names.map((name) => ({
    name,
    title: `today.${name}` as const,
    items: followUps.filter((one) => groupOf(one, day) === name),
  }));
}
