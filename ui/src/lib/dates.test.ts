import { afterEach, describe, expect, test, vi } from "vitest";
import {
  addDays,
  dayOf,
  instantOf,
  localDay,
  moveTo,
  onWall,
  parseDay,
  parseDayAndTime,
  parseTime,
  today,
  wallNow,
} from "./dates";
import { ago, isLate, longDay, money, relativeDay, roundMoney, shortDay, wallShort, weekDay } from "./format";
import { setLanguage } from "./i18n";
import { prefs } from "./prefs";

const FIFTH_OF_MAY = Date.UTC(2026, 4, 5);

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

describe.each(["America/Los_Angeles", "Europe/Berlin", "Pacific/Kiritimati"])("in %s", (zone) => {
  test("a date-only value stays its day", () => {
    vi.stubEnv("TZ", zone);
    vi.useFakeTimers({ now: new Date(2026, 5, 1, 12) });
    expect(new Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone);
    expect(shortDay(FIFTH_OF_MAY)).toMatch(/^(5 May|May 5)$/);
    expect(longDay(FIFTH_OF_MAY)).toContain("Tuesday");
    expect(dayOf(FIFTH_OF_MAY)).toBe(FIFTH_OF_MAY);
  });

  test("a follow-up tomorrow is tomorrow on the wall, early and late in the day", () => {
    vi.stubEnv("TZ", zone);
    for (const hour of [0, 23]) {
      vi.useFakeTimers({ now: new Date(2026, 4, 4, hour, 30) });
      expect(today()).toBe(Date.UTC(2026, 4, 4));
      expect(relativeDay(addDays(today(), 1))).toBe("tomorrow");
      expect(relativeDay(FIFTH_OF_MAY)).toBe("tomorrow");
      vi.useRealTimers();
    }
  });

  test("an instant keeps its clock", () => {
    vi.stubEnv("TZ", zone);
    const at = instantOf(FIFTH_OF_MAY, 9 * 60 + 30);
    expect(new Date(at).getHours()).toBe(9);
    expect(localDay(at)).toBe(FIFTH_OF_MAY);
  });
});

test.each(["America/Los_Angeles", "Europe/Berlin", "Pacific/Kiritimati"])(
  "a follow-up at half past two is at half past two in %s, and late from then on",
  (zone) => {
    vi.stubEnv("TZ", zone);
    vi.useFakeTimers({ now: new Date(2026, 4, 5, 14, 29) });
    const wall = onWall(FIFTH_OF_MAY, 14 * 60 + 30);
    expect(wallShort(wall)).toMatch(/^Tue,? (5 May|May 5), (14:30|2:30 PM)$/);
    expect([isLate(wall), isLate(FIFTH_OF_MAY)]).toEqual([false, false]);
    vi.setSystemTime(new Date(2026, 4, 5, 14, 31));
    expect([wallNow() > wall, isLate(wall), isLate(FIFTH_OF_MAY)]).toEqual([true, true, false]);
  },
);

test("a day is understood with its time", () => {
  const now = FIFTH_OF_MAY;
  const at = (days: number, hour: number, minute = 0) => onWall(addDays(now, days), hour * 60 + minute);
  expect(parseDayAndTime("fri 14:30", now)).toBe(at(3, 14, 30));
  expect(parseDayAndTime("tomorrow 9", now)).toBe(at(1, 9));
  expect(parseDayAndTime("tomorrow at 2 pm", now)).toBe(at(1, 14));
  expect(parseDayAndTime("14 may, 9:30", now)).toBe(at(9, 9, 30));
  expect(parseDayAndTime("2026-05-14 930", now)).toBe(at(9, 9, 30));
  expect(parseDayAndTime("14:30", now)).toBe(at(0, 14, 30));
  expect(parseDayAndTime("14 may", now)).toBe(Date.UTC(2026, 4, 14));
  expect(parseDayAndTime("may 14", now)).toBe(Date.UTC(2026, 4, 14));
  for (const typed of ["fri 25:00", "soon 9", "fri at", "", "fri 9 may"])
    expect(parseDayAndTime(typed, now)).toBeNull();
  prefs.set({ language: "de" });
  setLanguage("de");
  expect(parseDayAndTime("morgen um 9:00", now)).toBe(at(1, 9));
  expect(parseDayAndTime("14.5. 9 Uhr", now)).toBe(at(9, 9));
  prefs.set({ language: "en" });
  setLanguage("en");
});

test("what is moved to another day keeps its time, unless another one is chosen", () => {
  const before = onWall(FIFTH_OF_MAY, 14 * 60 + 30);
  expect(moveTo(addDays(FIFTH_OF_MAY, 7), before)).toBe(addDays(before, 7));
  expect(moveTo(onWall(FIFTH_OF_MAY, 540), before)).toBe(onWall(FIFTH_OF_MAY, 540));
  expect(moveTo(FIFTH_OF_MAY, null)).toBe(FIFTH_OF_MAY);
});

test("days near today are named, days ahead have their weekday, days long past their date", () => {
  vi.useFakeTimers({ now: new Date(2026, 4, 5, 10) });
  const day = (offset: number) => relativeDay(addDays(today(), offset));
  expect([day(-2), day(-1), day(0), day(1)]).toEqual(["2 days ago", "yesterday", "today", "tomorrow"]);
  expect(day(3)).toBe(weekDay(addDays(today(), 3)));
  expect(day(-30)).toBe(shortDay(addDays(today(), -30)));
});

test("days are understood the way people write them", () => {
  const now = Date.UTC(2026, 4, 5); // a Tuesday
  expect(parseDay("tomorrow", now)).toBe(Date.UTC(2026, 4, 6));
  expect(parseDay("3d", now)).toBe(Date.UTC(2026, 4, 8));
  expect(parseDay("2w", now)).toBe(Date.UTC(2026, 4, 19));
  expect(parseDay("fri", now)).toBe(Date.UTC(2026, 4, 8));
  expect(parseDay("14 may", now)).toBe(Date.UTC(2026, 4, 14));
  expect(parseDay("May 14, 2027", now)).toBe(Date.UTC(2027, 4, 14));
  expect(parseDay("2026-12-24", now)).toBe(Date.UTC(2026, 11, 24));
  expect(parseDay("31 february", now)).toBeNull();
  expect(parseDay("soon", now)).toBeNull();
});

test("a day without a year is the next one for a plan and the nearest one for what has happened", () => {
  const now = Date.UTC(2026, 4, 5);
  expect(parseDay("1 may", now, "ahead")).toBe(Date.UTC(2027, 4, 1));
  expect(parseDay("1 may", now, "near")).toBe(Date.UTC(2026, 4, 1));
});

test("German days", () => {
  prefs.set({ language: "de" });
  setLanguage("de");
  const now = Date.UTC(2026, 4, 5);
  expect(parseDay("morgen", now)).toBe(Date.UTC(2026, 4, 6));
  expect(parseDay("14.5.", now)).toBe(Date.UTC(2026, 4, 14));
  expect(parseDay("fr", now)).toBe(Date.UTC(2026, 4, 8));
});

test("times", () => {
  expect([parseTime("9"), parseTime("9:30"), parseTime("0930"), parseTime("2 pm"), parseTime("12 am")]).toEqual([
    540, 570, 570, 840, 0,
  ]);
  expect(parseTime("25:00")).toBeNull();
});

test("money has the currency's exponent and a true minus; nothing is a dash", () => {
  expect(money(1234, "EUR")).toBe("€1,234.00");
  expect(money(1234, "JPY")).toBe("¥1,234");
  expect(roundMoney(1234.5, "EUR")).toBe("€1,235");
  expect(money(1234.5, "EUR")).toBe("€1,234.50");
  expect(money(-5, "EUR")).toBe("−€5.00");
  expect(money(null, "EUR")).toBe("–");
});

test("how long ago", () => {
  const now = Date.now();
  expect(ago(now - 3 * 60_000, now)).toBe("3 minutes ago");
  expect(ago(now - 2 * 3_600_000, now)).toBe("2 hours ago");
});
