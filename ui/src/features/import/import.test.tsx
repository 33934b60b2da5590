import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { ImportReport } from "../../lib/types";
import { openApp, refuse } from "../../testing/core";

const report: ImportReport = {
  fileName: "people.vcf",
  cards: 5,
  taken: { customers: 2, contacts: 3 },
  merged: 0,
  already: 1,
  skipped: [{ index: 4, line: 31, name: "Acme", reason: "REQUIRED", message: "The card has no name." }],
  notes: [],
  batchId: "b1",
};

test("a file is shown first and taken second", async () => {
  const { user, core } = openApp("#/import", {
    "import.pick": () => ({ path: "/home/people.vcf" }),
    "import.vcards": () => report,
  });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(await screen.findByText("Ready to import")).toBeTruthy();
  const counts = screen.getByRole("table", { name: "Counts" });
  expect(within(counts).getByRole("row", { name: /New customers 2/ })).toBeTruthy();
  expect(screen.getByText("The card has no name.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByText("Imported")).toBeTruthy();
  expect(core.calls.filter((one) => one.name === "import.vcards").map((one) => one.args)).toEqual([
    { path: "/home/people.vcf", dryRun: true },
    { path: "/home/people.vcf", dryRun: false },
  ]);
});

test("the same file again adds nothing and says so", async () => {
  const { user } = openApp("#/import", {
    "import.vcards": () => ({ ...report, taken: { customers: 0, contacts: 0 }, already: 5, skipped: [] }),
  });
  await user.type(await screen.findByLabelText("Or paste vCards"), "BEGIN:VCARD");
  await user.click(screen.getByRole("button", { name: "Show what would happen" }));
  expect(await screen.findByText("Nothing new in here")).toBeTruthy();
  expect(screen.getByText(/importing it again adds nothing/)).toBeTruthy();
});

test("a file that cannot be read leaves the way open", async () => {
  const { user } = openApp("#/import", {
    "import.pick": () => ({ path: "/x" }),
    "import.vcards": () => refuse("UNREADABLE"),
  });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(await screen.findByText(/This file cannot be read/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Choose another file" })).toBeTruthy();
});

test("a dialog that was closed changes nothing", async () => {
  const { user, core } = openApp("#/import", { "import.pick": () => ({ path: null }) });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(screen.getByLabelText("Or paste vCards")).toBeTruthy();
  expect(core.calls.some((one) => one.name === "import.vcards")).toBe(false);
});
