// Which days a month or a week shows, and what falls on them. Days are date-only; instants fall on the day of the user's wall.
import { addDays, DAY_MS, localDay, wallMinutes, wallNow } from "../../lib/dates";
import { locale } from "../../lib/i18n";
import type { FollowUp, Meeting } from "../../lib/types";

export type Span = "month" | "week";

/** 1 = Monday … 7 = Sunday, as the user's country begins its weeks. */
function firstWeekday(): number {
  const region = new Intl.Locale(locale()).maximize().region ?? "";
  const sunday = ["US", "CA", "MX", "BR", "JP", "IN", "IL", "KR", "TW", "ZA"];
  return sunday.includes(region) ? 7 : 1;
}

export function weekStart(day: number): number {
  const weekday = new Date(day).getUTCDay();
  return addDays(day, -((weekday - (firstWeekday() % 7) + 7) % 7));
}

export function monthStart(day: number): number {
  const at = new Date(day);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1);
}

/** The same day of another month; the last one where it has none. */
export function addMonths(day: number, count: number): number {
  const at = new Date(day);
  const last = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + count + 1, 0));
  return Date.UTC(last.getUTCFullYear(), last.getUTCMonth(), Math.min(at.getUTCDate(), last.getUTCDate()));
}

/** Whole weeks: those that a month touches, or one. */
export function daysOf(span: Span, day: number): number[] {
  const first = weekStart(span === "month" ? monthStart(day) : day);
  const last = span === "month" ? addDays(addMonths(monthStart(day), 1), -1) : first;
  const weeks = Math.floor((weekStart(last) - first) / (7 * DAY_MS)) + 1;
  return Array.from({ length: weeks * 7 }, (_, index) => addDays(first, index));
}

export type Entry =
  | { sort: "followUp"; id: string; day: number; followUp: FollowUp }
  | { sort: "meeting"; id: string; day: number; meeting: Meeting };

/** The minute of its day at which an entry stands; what has none stands before it. */
export function minuteOf(entry: Entry): number {
  if (entry.sort === "followUp") return entry.followUp.minute ?? -1;
  return wallMinutes(wallNow(entry.meeting.at)) ?? 0;
}

/** What falls on each day: whole-day follow-ups first, then by the clock. */
export function entriesByDay(followUps: readonly FollowUp[], meetings: readonly Meeting[]): Map<number, Entry[]> {
  const found = new Map<number, Entry[]>();
  const put = (entry: Entry) => found.set(entry.day, [...(found.get(entry.day) ?? []), entry]);
  for (const followUp of followUps) {
    if (followUp.day !== null) put({ sort: "followUp", id: followUp.id, day: followUp.day, followUp });
  }
  for (const meeting of meetings) put({ sort: "meeting", id: meeting.id, day: localDay(meeting.at), meeting });
  for (const entries of found.values()) entries.sort((a, b) => minuteOf(a) - minuteOf(b));
  return found;
}
