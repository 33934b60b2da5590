import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp, refuse } from "../../testing/core";
import { customer } from "../../testing/records";
import { listArgs, nextSort } from "./view";

const PER_PAGE = 100;

/** A list of `total` customers, answered page by page as the core does. */
function many(total: number) {
  const row = (index: number) => ({ ...customer, _id: `c${index}`, name: `Customer ${index}`, waiting: index === 0 });
  return {
    "records.list": ({ cursor, limit = PER_PAGE }: { cursor?: string; limit?: number }) => {
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
  expect(core.calls.filter((one) => one.name === "records.list").length).toBeLessThanOrEqual(2);
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
  const view = { q: " kov ", status: null, owner: "u1", inactive: false, sort: "name" };
  expect(listArgs(view)).toEqual({ filter: { q: "kov", assignedTo: "u1", isActive: true }, sort: "name" });
  expect(listArgs({ ...view, q: "", owner: null, inactive: true })).toEqual({
    filter: { includeInactive: true },
    sort: "name",
  });
  expect(listArgs({ ...view, q: "", owner: null, status: "inactive" }).filter).toEqual({
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

test("ticked customers are moved to trash together and come back with one undo", async () => {
  const undo = [{ kind: "customers" as const, id: "c0", op: "restore" as const, units: {} }];
  const { user, core } = openApp("#/customers", { ...many(3), "records.save": () => ({ saved: [], undo }) });
  await grid();
  await user.keyboard("xjx");
  await user.click(screen.getByRole("button", { name: "Move to trash" }));
  expect(await screen.findByText("2 customers moved to trash.")).toBeTruthy();
  await user.keyboard("{Control>}z{/Control}");
  await waitFor(() => expect(core.saves()[1]).toEqual(undo));
});
