import { expect, test } from "vitest";
import type { ChangeEntry, Held } from "../lib/types";
import { customer } from "../testing/records";
import { restoring, valuesBefore, versions } from "./history";

function line(unit: string, before: unknown, after: unknown, at: number): ChangeEntry {
  return { id: `${unit}${at}`, recordId: "c1", unit, before, after, by: "u1", at, overridden: false, lostBy: null };
}

const lines = [
  line("phone", "2", "3", 30),
  line("tags/fair", null, true, 20),
  line("phone", "1", "2", 20),
  line("name", "Old", customer.name, 10),
];

test("a whole version is what each field had before the first change since", () => {
  expect(valuesBefore(lines, 20)).toEqual({ phone: "1", "tags/fair": null });
  expect(valuesBefore(lines, 30)).toEqual({ phone: "2" });
});

test("what is brought back stands on what is there now, and what is so already is left alone", () => {
  const seen: Held<typeof customer> = {
    record: { ...customer, phone: "3", tags: ["fair"] },
    version: 9,
    waiting: false,
    base: null,
  };
  expect(restoring("customers", seen, valuesBefore(lines, 20))?.units).toEqual({
    phone: { value: "1", base: "3", baseVersion: 9 },
    "tags/fair": { value: null, base: true, baseVersion: 9 },
  });
  expect(restoring("customers", seen, { phone: "3" })).toBeNull();
  const status = { status: "prospect", statusReason: null };
  expect(restoring("customers", seen, { status })?.units.status).toEqual({
    value: status,
    base: { status: customer.status, statusReason: customer.statusReason },
    baseVersion: 9,
  });
});

test("what one person did in one moment is one version", () => {
  const history = { lines, merged: [], madeAt: 1, madeBy: "u1", version: 9 };
  expect(versions(history).map((one) => one.lines.length)).toEqual([1, 2, 1]);
});
