// Days and instants. A date-only value is midnight UTC of that day and stays that day in every time zone; an instant is local.
import { locale, t } from "./i18n";

export const DAY_MS = 86_400_000;

export function isDateOnly(ms: number): boolean {
  return ms % DAY_MS === 0;
}

/** The calendar day the user sees on the wall, as a date-only value. */
export function localDay(ms: number = Date.now()): number {
  const at = new Date(ms);
  return Date.UTC(at.getFullYear(), at.getMonth(), at.getDate());
}

export function today(): number {
  return localDay(Date.now());
}

/** The date of a date-only value: 1 to 31. */
export function dayNumber(day: number): number {
  return new Date(day).getUTCDate();
}

export function addDays(day: number, count: number): number {
  return day + count * DAY_MS;
}

/** The date-only value of a follow-up or an instant. */
export function dayOf(ms: number, hasTime = !isDateOnly(ms)): number {
  return hasTime ? localDay(ms) : ms;
}

/** A day and a time of day on the user's clock, as an instant. */
export function instantOf(day: number, minutes: number): number {
  const at = new Date(day);
  return new Date(
    at.getUTCFullYear(),
    at.getUTCMonth(),
    at.getUTCDate(),
    Math.floor(minutes / 60),
    minutes % 60,
  ).getTime();
}

const MINUTE_MS = 60_000;

/**
 * A follow-up's date: a day, or a day with a time on the wall, in ms as if the wall hung in UTC. It is the same day and time for
 * everybody. Midnight is the whole day.
 */
export function onWall(day: number, minutes: number | null): number {
  return day + (minutes ?? 0) * MINUTE_MS;
}

export function wallDay(wall: number): number {
  return Math.floor(wall / DAY_MS) * DAY_MS;
}

/** Minutes after midnight; null = the whole day. */
export function wallMinutes(wall: number): number | null {
  return isDateOnly(wall) ? null : Math.round((wall - wallDay(wall)) / MINUTE_MS);
}

/** What the wall shows now. */
export function wallNow(now: number = Date.now()): number {
  const at = new Date(now);
  return onWall(localDay(now), at.getHours() * 60 + at.getMinutes());
}

/** The same time of another day; a time that is chosen stands over the one it had. */
export function moveTo(wall: number, before: number | null): number {
  return isDateOnly(wall) && before !== null ? onWall(wall, wallMinutes(before)) : wall;
}

function dayFrom(year: number, month: number, date: number): number | null {
  const full = year < 100 ? 2000 + year : year;
  const ms = Date.UTC(full, month - 1, date);
  const at = new Date(ms);
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === date ? ms : null;
}

/** "day first" or "month first", as the user's locale writes dates. */
function dayFirst(): boolean {
  const parts = new Intl.DateTimeFormat(locale(), { dateStyle: "short" }).formatToParts(0);
  return parts.findIndex((part) => part.type === "day") < parts.findIndex((part) => part.type === "month");
}

/** "ahead": the next such day. "near": the one closest to today, as for something that happened. */
export type Prefer = "ahead" | "near";

/** A day without a year: the year that makes it what was meant. */
function inSomeYear(month: number, date: number, now: number, prefer: Prefer): number | null {
  const year = new Date(now).getUTCFullYear();
  const days = [year - 1, year, year + 1]
    .map((candidate) => dayFrom(candidate, month, date))
    .filter((day): day is number => day !== null);
  if (prefer === "ahead") return days.find((day) => day >= now) ?? null;
  return days.sort((a, b) => Math.abs(a - now) - Math.abs(b - now))[0] ?? null;
}

function fromNumbers(text: string, now: number, prefer: Prefer): number | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text);
  if (iso) return dayFrom(Number(iso[1]), Number(iso[2]), Number(iso[3]));
  const parts = /^(\d{1,2})[./ -](\d{1,2})[./ -]?(\d{2,4})?$/.exec(text);
  if (!parts) return null;
  const [first, second] = [Number(parts[1]), Number(parts[2])];
  const [date, month] = dayFirst() ? [first, second] : [second, first];
  return parts[3] ? dayFrom(Number(parts[3]), month, date) : inSomeYear(month, date, now, prefer);
}

function fromWeekday(text: string, now: number): number | null {
  const name = new Intl.DateTimeFormat(locale(), { weekday: "long", timeZone: "UTC" });
  for (let ahead = 1; ahead <= 7; ahead += 1) {
    const day = addDays(now, ahead);
    if (text.length >= 2 && name.format(day).toLowerCase().startsWith(text)) return day;
  }
  return null;
}

function fromMonthName(text: string, now: number, prefer: Prefer): number | null {
  const parts =
    /^(?<date>\d{1,2})\.? (?<month>\p{L}{3,})\.?,?(?: (?<year>\d{4}))?$/u.exec(text) ??
    /^(?<month>\p{L}{3,})\.? (?<date>\d{1,2}),?(?: (?<year>\d{4}))?$/u.exec(text);
  if (!parts?.groups) return null;
  const { date, month: typed = "", year } = parts.groups;
  const name = new Intl.DateTimeFormat(locale(), { month: "long", timeZone: "UTC" });
  for (let month = 1; month <= 12; month += 1) {
    if (
      !name
        .format(Date.UTC(2020, month - 1, 1))
        .toLowerCase()
        .startsWith(typed)
    )
      continue;
    return year ? dayFrom(Number(year), month, Number(date)) : inSomeYear(month, Number(date), now, prefer);
  }
  return null;
}

/** Reads what people type for a day: "tomorrow", "3d", "2w", "fri", "14.5.", "14 may", "2026-05-14". Null when it is none of these. */
export function parseDay(typed: string, now: number = today(), prefer: Prefer = "ahead"): number | null {
  const text = typed.trim().toLowerCase().replace(/\s+/g, " ");
  if (text === "") return null;
  if (text === t("day.today").toLowerCase()) return now;
  if (text === t("day.tomorrow").toLowerCase()) return addDays(now, 1);
  const ahead = /^\+?(\d{1,3}) ?(d|t|w)$/.exec(text);
  if (ahead) return addDays(now, Number(ahead[1]) * (ahead[2] === "w" ? 7 : 1));
  if (text === t("day.yesterday").toLowerCase()) return addDays(now, -1);
  return fromNumbers(text, now, prefer) ?? fromWeekday(text, now) ?? fromMonthName(text, now, prefer);
}

/** Reads "9", "9:30", "930", "2pm", "14.30" as minutes after midnight. */
export function parseTime(typed: string): number | null {
  const parts = /^(\d{1,2})(?:[:.h]?(\d{2}))?\s?(am|pm|uhr)?$/.exec(typed.trim().toLowerCase());
  if (!parts) return null;
  const half = parts[3];
  const hour = Number(parts[1]) + (half === "pm" && Number(parts[1]) < 12 ? 12 : 0);
  const midnight = half === "am" && hour === 12;
  const minutes = (midnight ? 0 : hour) * 60 + Number(parts[2] ?? 0);
  return hour < 24 && Number(parts[2] ?? 0) < 60 ? minutes : null;
}

/** Reads a day with or without a time: "fri", "fri 14:30", "tomorrow 9", "14 may at 2pm"; a time alone is today's. */
export function parseDayAndTime(typed: string, now: number = today()): number | null {
  const day = parseDay(typed, now);
  if (day !== null) return day;
  const parts = /^(?:(.*?)[\s,]+(?:(?:at|um)\s)?)?(\d{1,2}(?:[:.h]?\d{2})?\s?(?:am|pm|uhr)?)$/i.exec(typed.trim());
  const minutes = parts ? parseTime(parts[2] ?? "") : null;
  if (!parts || minutes === null) return null;
  const on = parts[1] ? parseDay(parts[1], now) : now;
  return on === null ? null : onWall(on, minutes);
}
