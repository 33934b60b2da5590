// What a report leaves out: what is nought throughout, and nothing else.
import { expect, it } from "vitest";
import type { Report } from "../../lib/types";
import { figuresOf, sectionsOf } from "./sections";

const step = { key: "prospectToLead", entered: 10, wentOn: 0, rate: 0 };
const funnel = { created: 0, converted: 0, qualified: 0, churned: 0, steps: [step] };

it("keeps a stage from which nobody went on, and drops one that nobody came to", () => {
  const of = (steps: unknown[]) => sectionsOf("leads", { funnel: { ...funnel, steps } } as unknown as Report);
  expect(of([step]).map((section) => section.id)).toEqual(["funnel"]);
  expect(of([step])[0]?.bars[0]?.text).toContain("10");
  expect(of([{ ...step, entered: 0 }])).toEqual([]);
});

it("says no half of nobody", () => {
  const figures = figuresOf("leads", { funnel, timeToQualify: { medianDays: null } } as unknown as Report);
  expect(figures.map((figure) => figure.about)).toEqual([undefined, undefined, undefined, undefined]);
});
