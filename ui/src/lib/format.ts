// Numbers, money, days and times in the user's locale. Formatters are kept: making one costs more than using it a thousand times.
import { addDays, DAY_MS, dayOf, isDateOnly, localDay, today, wallDay, wallMinutes, wallNow } from "./dates";
import { locale } from "./i18n";

const dates = new Map<string, Intl.DateTimeFormat>();
const numbers = new Map<string, Intl.NumberFormat>();

function dateFormat(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = locale() + JSON.stringify(options);
  const known = dates.get(key) ?? new Intl.DateTimeFormat(locale(), options);
  dates.set(key, known);
  return known;
}

function numberFormat(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options);
  const known = numbers.get(key) ?? new Intl.NumberFormat(locale(), options);
  numbers.set(key, known);
  return known;
}

export function count(value: number): string {
  return numberFormat({ maximumFractionDigits: 0 }).format(value).replace("-", "−");
}

/** "240K": for an axis. */
export function shortNumber(value: number): string {
  return numberFormat({ notation: "compact", maximumFractionDigits: 1 }).format(value).replace("-", "−");
}

/** A quantity or a rate with the decimals that it has. */
export function plainNumber(value: number): string {
  return numberFormat({ maximumFractionDigits: 4 }).format(value).replace("-", "−");
}

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"];

/** "1.2 MB": of 1,024, as file managers count. */
export function fileSize(bytes: number): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1000 && unit < SIZES.length - 1) {
    size /= 1024;
    unit += 1;
  }
  const maximumFractionDigits = size < 10 && unit > 0 ? 1 : 0;
  return numberFormat({ style: "unit", unit: SIZES[unit], unitDisplay: "short", maximumFractionDigits }).format(size);
}

/** Money to the last digit of its currency, so that amounts below each other align at their mark. */
export function money(value: number | null, currency: string): string {
  if (value === null) return "–";
  return numberFormat({ style: "currency", currency }).format(value).replace("-", "−");
}

/** Money for orientation, in whole units: what a customer or a lane is worth. */
export function roundMoney(value: number | null, currency: string): string {
  if (value === null) return "–";
  return numberFormat({ style: "currency", currency, maximumFractionDigits: 0, minimumFractionDigits: 0 })
    .format(value)
    .replace("-", "−");
}

function sameYear(day: number): boolean {
  return new Date(day).getUTCFullYear() === new Date(today()).getUTCFullYear();
}

/** "5 May", with the year when it is not this one. Date-only values are never moved by a time zone. */
export function shortDay(ms: number): string {
  const day = dayOf(ms);
  return dateFormat({
    day: "numeric",
    month: "short",
    ...(sameYear(day) ? {} : { year: "numeric" }),
    timeZone: "UTC",
  }).format(day);
}

export function weekDay(ms: number): string {
  const day = dayOf(ms);
  return dateFormat({
    weekday: "short",
    day: "numeric",
    month: "short",
    ...(sameYear(day) ? {} : { year: "numeric" }),
    timeZone: "UTC",
  }).format(day);
}

export function longDay(ms: number): string {
  return dateFormat({ weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(
    dayOf(ms),
  );
}

/** "5 May 2026": with its year always, for text that is kept. */
export function fullDay(ms: number): string {
  return dateFormat({ day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).format(dayOf(ms));
}

export function monthOf(ms: number): string {
  const day = dayOf(ms);
  return dateFormat({ month: "long", ...(sameYear(day) ? {} : { year: "numeric" }), timeZone: "UTC" }).format(day);
}

/** "May 2026": the head of a calendar's page. */
export function monthAndYear(day: number): string {
  return dateFormat({ month: "long", year: "numeric", timeZone: "UTC" }).format(day);
}

/** "May" and the year where it begins: the label of a bar. */
export function monthShort(day: number): string {
  return dateFormat({
    month: "short",
    ...(new Date(day).getUTCMonth() === 0 ? { year: "2-digit" } : {}),
    timeZone: "UTC",
  }).format(day);
}

export function weekdayName(day: number): string {
  return dateFormat({ weekday: "short", timeZone: "UTC" }).format(day);
}

export function clock(ms: number): string {
  return dateFormat({ timeStyle: "short" }).format(ms);
}

/** A time of the day: minutes after midnight. */
export function timeOfDay(minutes: number): string {
  return dateFormat({ timeStyle: "short", timeZone: "UTC" }).format(minutes * 60_000);
}

/** The day of a follow-up, and its time if it has one. */
function withTime(day: string, wall: number): string {
  const minutes = wallMinutes(wall);
  return minutes === null ? day : `${day}, ${timeOfDay(minutes)}`;
}

export function wallShort(wall: number): string {
  return withTime(weekDay(wallDay(wall)), wall);
}

export function wallLong(wall: number): string {
  return withTime(longDay(wallDay(wall)), wall);
}

export function wallRelative(wall: number): string {
  return withTime(relativeDay(wallDay(wall), false), wall);
}

/** As one would type it. */
export function wallTyped(wall: number): string {
  return withTime(shortDay(wallDay(wall)), wall).replace(", ", " ");
}

/** A day is late when it is over, a time when it has come. */
export function isLate(wall: number): boolean {
  return wallMinutes(wall) === null ? wall < today() : wall < wallNow();
}

export function dayAndTime(ms: number): string {
  return isDateOnly(ms) ? weekDay(ms) : `${weekDay(ms)}, ${clock(ms)}`;
}

/** "2 days ago", "yesterday", "today", "tomorrow", then a weekday date; older than a week the date alone. */
export function relativeDay(ms: number, hasTime = !isDateOnly(ms)): string {
  const day = dayOf(ms, hasTime);
  const distance = Math.round((day - today()) / DAY_MS);
  if (distance >= -7 && distance <= 1) {
    return new Intl.RelativeTimeFormat(locale(), { numeric: "auto" }).format(distance, "day");
  }
  return distance < 0 ? shortDay(day) : weekDay(day);
}

export function isOverdue(ms: number): boolean {
  return isDateOnly(ms) ? ms < today() : ms < Date.now();
}

/** How long ago, in the largest unit that is at least one. */
export function ago(ms: number, now: number = Date.now()): string {
  const relative = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  const minutes = Math.round((ms - now) / 60_000);
  if (minutes > -1) return relative.format(0, "second");
  if (minutes > -60) return relative.format(minutes, "minute");
  if (minutes > -60 * 24) return relative.format(Math.round(minutes / 60), "hour");
  return relative.format(Math.round((localDay(ms) - localDay(now)) / DAY_MS), "day");
}

/** The weekday when it lies within a week ("Tuesday"), else the date: for "Offline since …". */
export function since(ms: number): string {
  if (localDay(ms) === today()) return clock(ms);
  if (localDay(ms) > addDays(today(), -7)) return dateFormat({ weekday: "long" }).format(ms);
  return shortDay(localDay(ms));
}
