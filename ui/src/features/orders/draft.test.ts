import { expect, test } from "vitest";
import { parseDecimal, typedDecimal } from "../../lib/money";
import { prefs } from "../../lib/prefs";
import { blankLine, linesOf, placeOf } from "./draft";

function inGerman(): void {
  prefs.set({ language: "de" });
}

test("numbers mean what they mean in the user's own writing", () => {
  expect(["1.5", "1,5", "1,234", "1,234.5", "12.345", "-3", "", "abc"].map(parseDecimal)).toEqual([
    1.5,
    1.5,
    1234,
    1234.5,
    12.345,
    -3,
    null,
    null,
  ]);
  inGerman();
  expect(["1,5", "1.5", "1.234", "1.234,5", "12,345"].map(parseDecimal)).toEqual([1.5, 1.5, 1234, 1234.5, 12.345]);
});

test.each(["en", "de"] as const)("what a draft shows is read back the same (%s)", (language) => {
  prefs.set({ language });
  for (const value of [0.125, 12.345, 1234, 1234.5, 1_000_000]) expect(parseDecimal(typedDecimal(value))).toBe(value);
});

test("blank lines are not sent, and an error leads to the line that was", () => {
  const lines = [blankLine(), { ...blankLine("19"), description: "Stage", unitPrice: "50" }];
  expect(linesOf(lines)).toEqual([
    { lineId: "", sku: "", description: "Stage", quantity: 1, unitPrice: 50, taxRate: 19 },
  ]);
  expect(placeOf("items[3].quantity")).toEqual({ line: 3, column: "quantity" });
  expect(placeOf("currency")).toBeNull();
});
