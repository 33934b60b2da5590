import { afterEach, expect, test } from "vitest";
import { DAY_MS, instantOf } from "../../lib/dates";
import type { FollowUp, Meeting } from "../../lib/types";
import { addMonths, daysOf, entriesByDay } from "./grid";

const FIFTH_OF_MAY = Date.UTC(2026, 4, 5);
const zone = process.env.TZ;

afterEach(() => {
  process.env.TZ = zone;
});

function followUp(day: number, minute: number | null = null): FollowUp {
  const rest = { customerId: "c", customerName: "Acme", type: "call", about: "Call", assignedTo: "u" };
  return { kind: "interactions", id: `f${minute ?? ""}`, day, minute, ...rest };
}

function meeting(at: number): Meeting {
  const rest = { customerId: "c", customerName: "Acme", subject: "Demo", type: "meeting", duration: 30, planned: true };
  return { id: "m", at, ...rest };
}

test.each(["America/Los_Angeles", "Europe/London", "Pacific/Auckland"])(
  "a follow-up for 5 May is on 5 May in %s",
  (tz) => {
    process.env.TZ = tz;
    const days = entriesByDay([followUp(FIFTH_OF_MAY)], []);
    expect([...days.keys()]).toEqual([FIFTH_OF_MAY]);
    expect(daysOf("month", FIFTH_OF_MAY)).toContain(FIFTH_OF_MAY);
  },
);

test.each([
  ["America/Los_Angeles", 4],
  ["Europe/London", 5],
  ["Pacific/Auckland", 5],
])("a meeting at 06:30 UTC is on the day of the wall in %s", (tz, date) => {
  process.env.TZ = tz;
  const days = entriesByDay([], [meeting(FIFTH_OF_MAY + 6.5 * 3_600_000)]);
  expect([...days.keys()]).toEqual([Date.UTC(2026, 4, date)]);
});

test.each(["America/Los_Angeles", "Europe/London", "Pacific/Auckland"])(
  "follow-ups stand in their hour in %s",
  (tz) => {
    process.env.TZ = tz;
    const nine = instantOf(FIFTH_OF_MAY, 9 * 60);
    const due = [followUp(FIFTH_OF_MAY, 14 * 60 + 30), followUp(FIFTH_OF_MAY), followUp(FIFTH_OF_MAY, 8 * 60)];
    const entries = entriesByDay(due, [meeting(nine)]).get(FIFTH_OF_MAY);
    expect(entries?.map((entry) => entry.id)).toEqual(["f", "f480", "m", "f870"]);
  },
);

test("a month is whole weeks without a gap, also when the clocks change in it", () => {
  for (const day of [Date.UTC(2026, 2, 29), Date.UTC(2026, 9, 25), Date.UTC(2026, 1, 10), FIFTH_OF_MAY]) {
    const days = daysOf("month", day);
    expect(days.length % 7).toBe(0);
    expect(days.every((own, index) => index === 0 || own - (days[index - 1] ?? 0) === DAY_MS)).toBe(true);
    expect(days).toContain(day);
  }
  expect(daysOf("week", FIFTH_OF_MAY)).toHaveLength(7);
});

test("the 31st of a month leads to the last day of a shorter one", () => {
  expect(addMonths(Date.UTC(2026, 0, 31), 1)).toBe(Date.UTC(2026, 1, 28));
  expect(addMonths(Date.UTC(2026, 0, 31), -2)).toBe(Date.UTC(2025, 10, 30));
});
