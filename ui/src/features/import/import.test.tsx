import { act, screen, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { setLanguage } from "../../lib/i18n";
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
    "import.read": () => report,
    "import.take": () => report,
  });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(await screen.findByText("Ready to import")).toBeTruthy();
  const counts = screen.getByRole("table", { name: "Counts" });
  expect(within(counts).getByRole("row", { name: /New customers 2/ })).toBeTruthy();
  expect(screen.getByText("The card has no name.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Import" }));
  expect(await screen.findByText("Imported")).toBeTruthy();
  expect(core.calls.filter((one) => /^import.(read|take)$/.test(one.name))).toEqual([
    { name: "import.read", args: { path: "/home/people.vcf" } },
    { name: "import.take", args: { path: "/home/people.vcf" } },
  ]);
});

test("what is to be known of an import is told in the reader's language", async () => {
  const notes: ImportReport["notes"] = [
    { code: "titles", data: { count: 1 }, card: null, message: "1 row, in English" },
    {
      code: "embedded",
      data: { what: "Photo", mime: "image/png", bytes: 3000 },
      card: { index: 2, label: "Jane Doe" },
      message: "in English",
    },
    { code: "madeUp", card: null, message: "of a newer core" },
  ];
  const { user } = openApp("#/import", {
    "import.pick": () => ({ path: "/x" }),
    "import.read": () => ({ ...report, notes }),
  });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(await screen.findByText("of a newer core")).toBeTruthy();
  act(() => setLanguage("de"));
  await user.click(screen.getByRole("button", { name: /Andere Datei|Choose another/ }));
  await user.click(await screen.findByRole("button", { name: "Datei wählen…" }));
  expect(await screen.findByText("1 Zeile über den Namen der Spalten blieb weg.")).toBeTruthy();
  expect(screen.getByText(/^Karte 2 \(Jane Doe\): Photo \(image\/png, .* ist vermerkt/)).toBeTruthy();
  act(() => setLanguage("en"));
});

test("the same file again adds nothing and says so", async () => {
  const { user } = openApp("#/import", {
    "import.read": () => ({ ...report, taken: { customers: 0, contacts: 0 }, already: 5, skipped: [] }),
  });
  await user.type(await screen.findByLabelText("Or paste a table or vCards"), "BEGIN:VCARD");
  await user.click(screen.getByRole("button", { name: "Show what would happen" }));
  expect(await screen.findByText("Nothing new in here")).toBeTruthy();
  expect(screen.getByText(/importing it again adds nothing/)).toBeTruthy();
});

test("a shopping list is not said to be there already", async () => {
  const { user } = openApp("#/import", {
    "import.read": () => ({ ...report, cards: 2, taken: { customers: 0, contacts: 0 }, merged: 0, already: 0 }),
  });
  await user.type(await screen.findByLabelText("Or paste a table or vCards"), "milk");
  await user.click(screen.getByRole("button", { name: "Show what would happen" }));
  expect(await screen.findByText("Nothing to import in here")).toBeTruthy();
  expect(screen.queryByText(/already there/)).toBeNull();
});

test("a file that cannot be read leaves the way open", async () => {
  const { user } = openApp("#/import", {
    "import.pick": () => ({ path: "/x" }),
    "import.read": () => refuse("UNREADABLE"),
  });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(await screen.findByText(/This file cannot be read/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Choose another file" })).toBeTruthy();
});

test("a dialog that was closed changes nothing", async () => {
  const { user, core } = openApp("#/import", { "import.pick": () => ({ path: null }) });
  await user.click(await screen.findByRole("button", { name: "Choose file…" }));
  expect(screen.getByLabelText("Or paste a table or vCards")).toBeTruthy();
  expect(core.calls.some((one) => one.name === "import.read")).toBe(false);
});

const table: ImportReport = {
  ...report,
  fileName: "people.csv",
  format: "csv",
  columns: [
    { header: "Firm", target: "line", samples: ["Acme"], filled: 5, blank: 0, zero: 0, refused: 0 },
    { header: "Wert", target: "valueEstimate", samples: ["12"], filled: 4, blank: 1, zero: 2, refused: 1 },
  ],
  targets: [
    { name: "name", label: "Name" },
    { name: "valueEstimate", label: "Estimated value" },
  ],
};

test("columns say where they go, are mapped anew, and are taken as they were seen", async () => {
  const { user, core } = openApp("#/import", {
    "import.read": ({ mapping }) => ({
      ...table,
      columns: (table.columns ?? []).map((column) => ({
        ...column,
        target: mapping?.[column.header] ?? column.target,
      })),
    }),
    "import.take": () => table,
    "import.revert": () => ({ reverted: 2, kept: { count: 1, names: ["Beta"] } }),
    "export.pick": () => ({ path: "/home/refused.csv" }),
    "import.saveRefused": ({ path }) => ({ path }),
  });
  await user.type(await screen.findByLabelText("Or paste a table or vCards"), "Firm;Wert");
  await user.click(screen.getByRole("button", { name: "Show what would happen" }));
  expect(await screen.findByText("2 of 0 or less, left empty")).toBeTruthy();
  await user.selectOptions(screen.getByLabelText("Firm goes to"), "Name");
  await user.click(await screen.findByRole("button", { name: "Import" }));
  const mapping = { Firm: "name", Wert: "valueEstimate" };
  expect(await screen.findByText("Imported")).toBeTruthy();
  expect(core.calls.find((one) => one.name === "import.take")?.args).toEqual({ text: "Firm;Wert", mapping });
  await user.click(screen.getByRole("button", { name: "Save these rows…" }));
  expect(await screen.findByText("Saved to /home/refused.csv.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Take this import back" }));
  expect(await screen.findByText("2 customers taken back.")).toBeTruthy();
  expect(screen.getByText(/they stay: Beta/)).toBeTruthy();
});

test("an import that runs says how far it is and can be stopped", async () => {
  let done = (_: ImportReport) => {};
  const { user, core } = openApp("#/import", {
    "import.read": () => report,
    "import.take": () => new Promise<ImportReport>((resolve) => (done = resolve)) as never,
    "import.status": () => ({ running: { batchId: "b1", done: 50, total: 200, cancelled: false }, undoable: [] }),
    "import.cancel": () => ({}),
  });
  await user.type(await screen.findByLabelText("Or paste a table or vCards"), "BEGIN:VCARD");
  await user.click(screen.getByRole("button", { name: "Show what would happen" }));
  await user.click(await screen.findByRole("button", { name: "Import" }));
  expect(await screen.findByText("50 of 200")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Stop here" }));
  expect(core.calls.some((one) => one.name === "import.cancel")).toBe(true);
  done(report);
  expect(await screen.findByText("Imported")).toBeTruthy();
});

test("all customers go out to a file", async () => {
  const { user, core } = openApp("#/import", {
    "export.pick": () => ({ path: "/home/customers.csv" }),
    "export.write": ({ path }) => ({ path, rows: 12, bytes: 3000 }),
  });
  await user.click(await screen.findByRole("button", { name: "Table (.csv)…" }));
  expect(await screen.findByText("12 customers written to /home/customers.csv.")).toBeTruthy();
  const asked = core.calls.find((one) => one.name === "export.write")?.args;
  expect(asked).toMatchObject({ kind: "customers", format: "csv", filter: { includeInactive: true } });
});
