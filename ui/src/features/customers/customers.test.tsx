import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Kind } from "../../gen/records";
import { openApp, refuse } from "../../testing/core";
import { customer } from "../../testing/records";
import { definitionOf, listArgs, ME, nextSort, PLAIN, type View, viewOf } from "./view";

const PER_PAGE = 100;

/** A list of `total` customers, answered page by page as the core does. */
function many(total: number) {
  const row = (index: number) => ({ ...customer, _id: `c${index}`, name: `Customer ${index}`, waiting: index === 0 });
  return {
    "records.list": ({ kind, cursor, limit = PER_PAGE }: { kind: Kind; cursor?: string; limit?: number }) => {
      if (kind !== "customers") return { items: [], next: null, total: 0 };
      const at = Number(cursor ?? 0);
      const items = Array.from({ length: Math.max(0, Math.min(limit, total - at)) }, (_, offset) => row(at + offset));
      return { items, next: at + limit < total ? String(at + limit) : null, total };
    },
    "customers.page": ({ id }: { id: string }) => ({
      customer: { record: { ...customer, _id: id, name: `Opened ${id}` }, version: 7, waiting: false, base: null },
      contacts: [],
      interactions: [],
      quotes: [],
      orders: [],
      changes: [],
      attachments: [],
      older: null,
      interactionsTotal: 1,
      value: null,
      score: null,
    }),
  };
}

async function grid() {
  const found = await screen.findByRole("grid", { name: "Customers" });
  await within(found).findByText("Customer 0");
  return found;
}

test("100,000 customers are a grid of 100,001 rows of which a screenful exists", async () => {
  const { core } = openApp("#/customers", many(100_000));
  const table = await grid();
  expect(table.getAttribute("aria-rowcount")).toBe("100001");
  expect(within(table).getAllByRole("row").length).toBeLessThan(80);
  const pages = core.calls.filter(
    (one) => one.name === "records.list" && JSON.stringify(one.args).includes('"limit":100'),
  );
  expect(pages.length).toBeLessThanOrEqual(2);
});

test("j and k move, x ticks, Enter opens and Escape comes back to the same row", async () => {
  const { user } = openApp("#/customers", many(300));
  const table = await grid();
  await user.keyboard("jjjk");
  expect(table.getAttribute("aria-activedescendant")).toBe("row-2");
  await user.keyboard("x");
  expect(screen.getByText("1 selected")).toBeTruthy();
  await user.keyboard("{Escape}");
  expect(screen.queryByText("1 selected")).toBeNull();
  await user.keyboard("{Enter}");
  expect(await screen.findByRole("heading", { name: /Opened c2/ })).toBeTruthy();
  await user.keyboard("]");
  expect(await screen.findByRole("heading", { name: /Opened c3/ })).toBeTruthy();
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.getByRole("grid").getAttribute("aria-activedescendant")).toBe("row-3"));
});

test("End goes to the last row: the pages between are passed by, not held", async () => {
  const { user, core, client } = openApp("#/customers", many(3_000));
  const table = await grid();
  await user.keyboard("{End}");
  table.scrollTop = 3_000 * 36;
  table.dispatchEvent(new Event("scroll"));
  await waitFor(() => expect(table.getAttribute("aria-activedescendant")).toBe("row-2999"));
  expect(await within(table).findByText("Customer 2999")).toBeTruthy();
  expect(core.calls.filter((one) => one.name === "records.list").length).toBeGreaterThanOrEqual(30);
  expect(client.getQueryCache().findAll({ queryKey: ["customers", "list"] }).length).toBeLessThan(8);
});

test("what is typed into Search filters, and the filter is in the address", async () => {
  const { user, core } = openApp("#/customers", many(3));
  await grid();
  await user.type(screen.getByLabelText("Search"), "kov");
  const last = () => core.calls.filter((one) => one.name === "records.list").at(-1)?.args;
  await waitFor(() => expect(last()).toMatchObject({ filter: { q: "kov", isActive: true }, sort: "name" }));
  expect(location.hash).toContain("q=kov");
});

test("a header sorts, a second press turns it round", async () => {
  const { user } = openApp("#/customers", many(3));
  await grid();
  await user.click(screen.getByRole("button", { name: "Value" }));
  expect(screen.getByRole("columnheader", { name: "Value" }).getAttribute("aria-sort")).toBe("descending");
  await user.click(screen.getByRole("button", { name: "Value" }));
  expect(screen.getByRole("columnheader", { name: "Value" }).getAttribute("aria-sort")).toBe("ascending");
});

test("rows not sent yet carry the dot", async () => {
  openApp("#/customers", many(3));
  const table = await grid();
  expect(within(table).getAllByRole("img", { name: "Waits to be sent" }).length).toBe(1);
});

test("the core is asked for what the filters say", () => {
  const view: View = { ...PLAIN, q: " kov ", owner: "u1" };
  expect(listArgs(view)).toEqual({ filter: { q: "kov", assignedTo: "u1", isActive: true }, sort: "name" });
  expect(listArgs({ ...view, q: "", owner: null, inactive: true })).toEqual({
    filter: { includeInactive: true },
    sort: "name",
  });
  expect(listArgs({ ...view, q: "", owner: null, status: ["inactive"] }).filter).toEqual({
    status: "inactive",
    includeInactive: true,
  });
  expect(nextSort("name", "value")).toBe("-value");
  expect(nextSort("-value", "value")).toBe("value");
});

test("no customers yet: two ways to begin", async () => {
  openApp("#/customers", many(0));
  expect(await screen.findByText("No customers yet")).toBeTruthy();
  expect(screen.getByRole("button", { name: "Import an address book…" })).toBeTruthy();
});

test("c opens the form; a customer and a contact are created from nothing, at version 0", async () => {
  const { user, core } = openApp("#/customers", many(3));
  await grid();
  await user.keyboard("c");
  await user.type(await screen.findByLabelText("Name"), "Acme");
  await user.type(screen.getByLabelText("Phone"), "+49 30 1");
  await user.type(screen.getByLabelText("First name"), "Ada");
  await user.keyboard("{Control>}{Enter}{/Control}");
  await waitFor(() => expect(core.saves().length).toBe(1));
  const fresh = (value: unknown) => ({ value, base: null, baseVersion: 0 });
  expect(core.saves()[0]).toEqual([
    {
      kind: "customers",
      id: "new-1",
      op: "put",
      units: {
        name: fresh("Acme"),
        status: fresh({ status: "prospect" }),
        type: fresh("business"),
        phone: fresh("+49 30 1"),
        assignedTo: fresh("u1"),
      },
    },
    {
      kind: "contacts",
      id: "new-2",
      op: "put",
      units: { customerId: fresh("new-1"), firstName: fresh("Ada"), isPrimary: fresh(true) },
    },
  ]);
  expect(await screen.findByRole("heading", { name: /Opened new-1/ })).toBeTruthy();
});

test("a name that is taken: the entries stay, the other customer is one press away", async () => {
  const { user } = openApp("#/customers", {
    ...many(3),
    "records.save": () =>
      refuse("NAME_TAKEN", { field: "name", details: { existingId: "c2", ownerName: "Jonas Weber" } }),
  });
  await grid();
  await user.click(screen.getByRole("button", { name: "New customer" }));
  const name = await screen.findByLabelText("Name");
  await user.type(name, "Acme");
  await user.click(screen.getByRole("button", { name: "Create customer" }));
  expect(await screen.findByText(/owned by Jonas Weber/)).toBeTruthy();
  await waitFor(() => expect(document.activeElement).toBe(name));
  expect((name as HTMLInputElement).value).toBe("Acme");
  await user.click(screen.getByRole("button", { name: "Open that customer" }));
  expect(await screen.findByRole("heading", { name: /Opened c2/ })).toBeTruthy();
});

test("ticked customers are moved to trash together: first what would change, then one press, and one undo", async () => {
  const undo = [{ kind: "customers" as const, id: "c0", op: "restore" as const, units: {} }];
  const { user, core } = openApp("#/customers", {
    ...many(3),
    "records.bulk": ({ ids, dryRun }) =>
      dryRun
        ? {
            fits: ids.slice(0, 1),
            unchanged: 0,
            shown: [{ id: "c0", name: "Customer 0", units: [{ unit: "deletedAt", before: null, after: 5 }] }],
            refused: [{ id: "c1", name: "Customer 1", error: { code: "HAS_HISTORY", message: "x", traceId: "" } }],
          }
        : { changed: ids.length, undo },
  });
  await grid();
  await user.keyboard("xjx");
  await user.click(screen.getByRole("button", { name: "More for the selected" }));
  await user.click(await screen.findByRole("menuitem", { name: "Move to trash" }));
  expect(await screen.findByText("1 cannot be changed")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Change 1 customer" }));
  expect(await screen.findByText("1 customer changed.")).toBeTruthy();
  const bulks = core.calls.filter((one) => one.name === "records.bulk").map((one) => one.args);
  expect(bulks.find((args) => !(args as { dryRun?: boolean }).dryRun)).toEqual({
    kind: "customers",
    ids: ["c0"],
    delete: true,
  });
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(core.saves()[0]).toEqual(undo));
});

test("Ctrl A ticks every customer of the view, also those that were never in sight", async () => {
  const { user, core } = openApp("#/customers?status=lead", {
    ...many(300),
    "records.ids": () => ({ ids: Array.from({ length: 300 }, (_, index) => `c${index}`), total: 300 }),
  });
  await grid();
  await user.keyboard("{Control>}a{/Control}");
  expect(await screen.findByText("300 selected")).toBeTruthy();
  expect(core.calls.find((one) => one.name === "records.ids")?.args).toMatchObject({ filter: { status: "lead" } });
});

test("a saved view is a record, and reads back as it was", () => {
  const view: View = { ...PLAIN, status: ["lead", "active"], owner: ME, columns: ["name", "value"], mode: "board" };
  expect(viewOf("v1", definitionOf(view))).toEqual({ ...view, saved: "v1" });
  expect(listArgs(view, "u7").filter).toMatchObject({ status: ["lead", "active"], assignedTo: "u7" });
  expect(viewOf("v1", { status: "nonsense", sort: 7 })).toEqual({ ...PLAIN, saved: "v1" });
});

/** A lane with one customer, and the move of its card as the core is asked for it. */
function board() {
  return openApp("#/customers?mode=board", {
    "records.list": ({ filter }) => {
      const here = filter?.status === "lead";
      return { items: here ? [{ ...customer, waiting: false }] : [], next: null, total: here ? 1 : 0 };
    },
    "customers.lanes": () => ({ lanes: [{ status: "lead", count: 1, value: 41900 }] }),
  });
}

test("on the board a card is carried by Shift and arrow; a move that is fine is saved and spoken", async () => {
  const { user, core } = board();
  const card = await screen.findByRole("button", { name: /Kovács/ });
  card.focus();
  await user.keyboard("{Shift>}{ArrowRight}{/Shift}");
  await waitFor(() => expect(core.saves().length).toBe(1));
  expect(core.saves()[0]).toMatchObject([{ id: "c1", units: { status: { value: { status: "active" } } } }]);
  await waitFor(() =>
    expect(screen.getAllByRole("status").some((one) => /is now Active/.test(one.textContent ?? ""))).toBe(true),
  );
});

test("a move that needs a reason asks first; Escape leaves the card where it was and saves nothing", async () => {
  const { user, core } = board();
  const card = await screen.findByRole("button", { name: /Kovács/ });
  card.focus();
  await user.keyboard("{Shift>}{ArrowLeft}{/Shift}");
  await screen.findByLabelText("Why Prospect?");
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByLabelText("Why Prospect?")).toBeNull());
  expect(core.saves()).toEqual([]);
  expect(within(screen.getByRole("region", { name: "Lead" })).getByText(/Kovács/)).toBeTruthy();
});
