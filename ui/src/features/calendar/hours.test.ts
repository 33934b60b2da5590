import { expect, test } from "vitest";
import { instantOf } from "../../lib/dates";
import type { Entry } from "./grid";
import { placed, span } from "./hours";

const DAY = Date.UTC(2026, 4, 5);

function meeting(id: string, minute: number, duration: number | null): Entry {
  const rest = { customerId: "c", customerName: "Acme", subject: "Demo", type: "meeting", planned: true };
  return { sort: "meeting", id, day: DAY, meeting: { id, at: instantOf(DAY, minute), duration, ...rest } };
}

test("what overlaps stands side by side, what follows takes the whole width again", () => {
  const entries = [meeting("a", 540, 90), meeting("b", 570, 30), meeting("c", 600, 30), meeting("d", 700, null)];
  const places = placed(entries).map(({ entry, lane, lanes, minutes }) => [entry.id, lane, lanes, minutes]);
  expect(places).toEqual([
    ["a", 0, 2, 90],
    ["b", 1, 2, 30],
    ["c", 1, 2, 30],
    ["d", 0, 1, 30],
  ]);
});

test("what takes the whole day stands in no hour, and a late evening makes the week longer", () => {
  const followUp = {
    kind: "interactions" as const,
    id: "f",
    customerId: "c",
    customerName: "Acme",
    day: DAY,
    minute: null,
    type: "call",
    about: "Call",
    assignedTo: null,
  };
  expect(placed([{ sort: "followUp", id: "f", day: DAY, followUp }])).toEqual([]);
  expect(span([placed([])])).toEqual({ from: 420, to: 1140 });
  expect(span([placed([meeting("late", 1400, 90)]), placed([meeting("early", 310, null)])])).toEqual({
    from: 300,
    to: 1440,
  });
});
