import { screen, waitFor, within } from "@testing-library/react";
import axe from "axe-core";
import { describe, expect, test } from "vitest";
// Loaded when they are asked for; here before the clock runs.
import "../features/calendar/CalendarScreen";
import "../features/reports/ReportsScreen";
import type { Answers } from "../testing/core";
import { openApp } from "../testing/core";
import { customer } from "../testing/records";

const SCREENS: [string, string, Answers, string][] = [
  ["first run", "", { "session.status": () => ({ state: "none" }) }, "How do you want to start?"],
  ["no keyring", "", { "session.status": () => ({ state: "noKeyring" }) }, "A passphrase is needed"],
  ["locked", "", { "session.status": () => ({ state: "locked" }) }, "Rapport is locked"],
  ["broken", "", { "session.status": () => ({ state: "broken", reason: "WRONG_KEY" }) }, "Your data cannot be opened"],
  ["customers", "#/customers", {}, "Kovács Labor Kft."],
  ["no customers", "#/customers", { "records.list": () => ({ items: [], next: null, total: 0 }) }, "No customers yet"],
  ["customer", "#/customers/c1", {}, "Asked for an offer"],
  ["the app, opened", "", {}, "Call back"],
  ["today", "#/today", {}, "Call back"],
  ["quote board", "#/quotes", {}, "Two stages"],
  ["quote list", "#/quotes?as=list", {}, "Two stages"],
  ["quote", "#/quotes/q1", {}, "Two stages"],
  ["orders", "#/orders", {}, "O26-K7-0007"],
  ["order", "#/orders/o7", {}, "Stage"],
  ["new order", "#/orders/new", {}, "Create order"],
  ["calendar", "#/calendar", {}, "Save as .ics"],
  ["reports", "#/reports", {}, "Ordered per month"],
  ["trash", "#/trash", {}, "Customer, with 2 records"],
  ["import", "#/import", {}, "Choose file…"],
  ["inbox", "#/inbox", {}, "Nothing needs you"],
  ["settings", "#/settings", {}, "/data/rapport"],
];

async function violations(): Promise<string[]> {
  // Colour contrast is checked on the tokens (npm run contrast): there is no layout here.
  const found = await axe.run(document.body, { rules: { "color-contrast": { enabled: false } } });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}

describe("axe finds nothing to mend", () => {
  test.each(SCREENS)("%s", async (_name, address, answers, text) => {
    openApp(address, answers);
    await screen.findByText(text);
    expect(await violations()).toEqual([]);
  });

  test.each([
    ["palette", "{Control>}k{/Control}", "Actions"],
    ["shortcuts", "?", "Keyboard shortcuts"],
    ["new customer", "c", "Primary contact"],
  ])("%s", async (_name, keys, text) => {
    const { user } = openApp("#/customers");
    await screen.findByText("Kovács Labor Kft.");
    await user.keyboard(keys);
    await screen.findByText(text);
    expect(await violations()).toEqual([]);
  });
});

test("Ctrl K finds a customer, and what is not there can be created", async () => {
  const { user, core } = openApp("#/import", {
    "search.query": ({ q }) => ({
      hits: q.startsWith("kov")
        ? [{ kind: "customers", id: "c1", customerId: "c1", title: customer.name, subtitle: "Budapest" }]
        : [],
    }),
  });
  await screen.findByRole("heading", { name: "Import / Export" });
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("kov");
  await screen.findByText("Budapest");
  const options = screen.getAllByRole("option");
  expect(options.at(-1)?.textContent).toBe("Create customer “kov”");
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: /Kovács/ })).toBeTruthy();
  expect(core.calls.some((one) => one.name === "search.query")).toBe(true);
  await user.keyboard("{Control>}k{/Control}");
  await user.keyboard("acme");
  await user.click(await screen.findByRole("option", { name: "Create customer “acme”" }));
  expect(((await screen.findByLabelText("Name")) as HTMLInputElement).value).toBe("acme");
});

test("the palette gives the focus back", async () => {
  const { user } = openApp("#/import");
  const button = await screen.findByRole("button", { name: "Choose file…" });
  button.focus();
  await user.keyboard("{Control>}k{/Control}");
  await screen.findByRole("combobox");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(document.activeElement).toBe(button));
});

test("g and a letter go to a screen of the rail", async () => {
  const { user } = openApp("#/customers");
  const rail = await screen.findByRole("navigation", { name: "Main" });
  expect(within(rail).getByRole("link", { name: /Inbox/ }).getAttribute("aria-keyshortcuts")).toBe("g i");
  await user.keyboard("gs");
  expect(await screen.findByRole("heading", { name: "Settings" })).toBeTruthy();
});

test("a key is changed on the sheet: one that is taken is named, a free one is kept as a choice of the user", async () => {
  const { user, core } = openApp("#/inbox", { "records.list": () => ({ items: [], next: null, total: 0 }) });
  await screen.findByText("Nothing needs you");
  await user.keyboard("?");
  await user.click(await screen.findByRole("button", { name: "Change keys…" }));
  await user.click(screen.getByRole("button", { name: "Change the key of: Log a call" }));
  await user.keyboard("m");
  expect(await screen.findByText("Taken by: Write down a meeting")).toBeTruthy();
  expect(core.saves()).toEqual([]);
  await user.keyboard("b");
  await waitFor(() => expect(core.saves().length).toBe(1));
  const fresh = (value: unknown) => ({ value, base: null, baseVersion: 0 });
  expect(core.saves()[0]).toEqual([
    {
      kind: "settings",
      id: "new-1",
      op: "put",
      units: {
        scope: fresh("user"),
        ownerId: fresh("u1"),
        name: fresh("keys"),
        value: fresh({ l: "b" }),
      },
    },
  ]);
});

test("a choice of keys is followed everywhere: the key, and the cap that is drawn", async () => {
  const meta = { createdAt: 1, updatedAt: 1, createdBy: "u1", deletedAt: null, version: 3, waiting: false };
  const setting = { ...meta, _id: "s1", scope: "user", ownerId: "u1", name: "keys", value: { c: "b" } };
  const { user } = openApp("#/inbox", {
    "records.list": ({ kind }) => ({ items: kind === "settings" ? [setting] : [], next: null, total: 1 }),
  });
  await screen.findByText("Nothing needs you");
  await user.keyboard("c");
  expect(screen.queryByText("Primary contact")).toBeNull();
  await waitFor(async () => {
    await user.keyboard("b");
    expect(screen.getByText("Primary contact")).toBeTruthy();
  });
});

test("German is one press away and the window follows", async () => {
  const { user } = openApp("#/settings");
  await user.click(await screen.findByRole("radio", { name: "Deutsch" }));
  expect(await screen.findByRole("heading", { name: "Einstellungen" })).toBeTruthy();
  expect(document.documentElement.lang).toBe("de");
});

test("theme and density are set on the document and kept", async () => {
  const { user } = openApp("#/settings");
  await user.click(await screen.findByRole("radio", { name: "Dark" }));
  await user.click(screen.getByRole("radio", { name: "Compact" }));
  expect(document.documentElement.dataset).toMatchObject({ theme: "dark", density: "compact" });
  expect(localStorage.getItem("rapport.theme")).toBe("dark");
});
