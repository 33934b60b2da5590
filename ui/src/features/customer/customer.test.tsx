import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Interaction } from "../../gen/records";
import { addDays, instantOf, onWall, today } from "../../lib/dates";
import type { ChangeEntry, Edit, Listed } from "../../lib/types";
import { openApp, refuse } from "../../testing/core";
import { contact, customer, interaction } from "../../testing/records";
import { type Filter, gather, groups, nextOpen } from "./timeline";

const held = (record: unknown, version = 7) => ({ record, version, waiting: false, base: null });

async function open(answers: Parameters<typeof openApp>[1] = {}) {
  const app = openApp("#/customers/c1", answers);
  await screen.findByRole("heading", { name: /Kovács/ });
  return app;
}

test("a field edited in place sends its base and version as seen when it opened", async () => {
  let version = 7;
  let phone = "+36 1 234";
  const { user, core } = await open({
    "customers.page": () => ({
      customer: { ...held({ ...customer, phone }, version), record: { ...customer, phone } } as never,
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
  });
  await user.click(screen.getByRole("button", { name: "Edit Phone: +36 1 234" }));
  // Somebody else's edit arrives while the field is open.
  version = 8;
  phone = "+36 1 999";
  await core.touch("customers");
  await waitFor(() => expect(core.calls.filter((one) => one.name === "customers.page").length).toBeGreaterThan(1));
  const input = screen.getByLabelText("Phone");
  await user.clear(input);
  await user.type(input, "+36 1 555{Enter}");
  await waitFor(() => expect(core.saves().length).toBe(1));
  expect(core.saves()[0]).toEqual([
    {
      kind: "customers",
      id: "c1",
      op: "put",
      units: { phone: { value: "+36 1 555", base: "+36 1 234", baseVersion: 7 } },
    },
  ]);
});

test("Escape leaves a field as it was and saves nothing", async () => {
  const { user, core } = await open();
  await user.click(screen.getByRole("button", { name: /Edit Phone/ }));
  await user.type(screen.getByLabelText("Phone"), "123{Escape}");
  expect(screen.getByRole("button", { name: "Edit Phone: +36 1 234" })).toBeTruthy();
  expect(core.saves()).toEqual([]);
});

test("a refused field stays open with what was typed and says why", async () => {
  const { user } = await open({ "records.save": () => refuse("INVALID_VALUE", { field: "email" }) });
  await user.click(screen.getByRole("button", { name: "Add: E-mail" }));
  await user.type(screen.getByLabelText("E-mail"), "nonsense{Enter}");
  expect(await screen.findByText("This is not in the expected form.")).toBeTruthy();
  expect((screen.getByLabelText("E-mail") as HTMLInputElement).value).toBe("nonsense");
});

test("l, subject, 3: a call with a follow-up in three days, with the primary contact", async () => {
  const { user, core } = await open();
  await user.keyboard("l");
  const subject = screen.getByLabelText("Subject");
  expect(document.activeElement).toBe(subject);
  await user.type(subject, "Wants an offer");
  await user.click(screen.getByRole("button", { name: "3 days" }));
  await user.click(screen.getByRole("button", { name: "Save call" }));
  await waitFor(() => expect(core.saves().length).toBe(1));
  const [edit] = core.saves()[0] as Edit[];
  expect(edit).toMatchObject({ kind: "interactions", id: "new-1", op: "put" });
  expect(edit?.units).toMatchObject({
    customerId: { value: "c1", base: null, baseVersion: 0 },
    contactId: { value: "p1" },
    type: { value: "call" },
    subject: { value: "Wants an offer" },
    followUp: {
      value: { requiresFollowUp: true, followUpDate: addDays(today(), 3), followUpHasTime: false },
      base: null,
      baseVersion: 0,
    },
  });
  expect(await screen.findByText("Call saved.")).toBeTruthy();
  expect((screen.getByLabelText("Subject") as HTMLInputElement).value).toBe("");
});

test("f 3: a planned call with subject and date", async () => {
  const { user, core } = await open();
  await user.keyboard("f3");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Subject")));
  await user.keyboard("Send the offer{Control>}{Enter}{/Control}");
  await waitFor(() => expect(core.saves().length).toBe(1));
  const day = addDays(today(), 3);
  const [edit] = core.saves()[0] as Edit[];
  expect(edit?.units.subject?.value).toBe("Send the offer");
  expect(edit?.units.followUp?.value).toMatchObject({ requiresFollowUp: true, followUpDate: day });
  expect(edit?.units.interactionDate?.value).toBeGreaterThan(Date.now());
});

test("f d: a planned call at a day and a time", async () => {
  const { user, core } = await open();
  await user.keyboard("fd");
  const day = await screen.findByLabelText("Follow-up on");
  await waitFor(() => expect(document.activeElement).toBe(day));
  await user.keyboard("3d 14:30");
  const date = addDays(today(), 3);
  expect(screen.getByText(/, 14:30$|, 2:30.PM$/)).toBeTruthy();
  await user.keyboard("{Enter}");
  await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText("Subject")));
  await user.keyboard("Send the offer{Control>}{Enter}{/Control}");
  await waitFor(() => expect(core.saves().length).toBe(1));
  const [edit] = core.saves()[0] as Edit[];
  const wall = onWall(date, 14 * 60 + 30);
  expect(edit?.units.followUp?.value).toMatchObject({ followUpDate: wall, followUpHasTime: true });
  expect(edit?.units.interactionDate?.value).toBe(instantOf(date, 14 * 60 + 30));
});

test("n writes a dated line at the top of the notes", async () => {
  const { user, core } = await open();
  await user.keyboard("n");
  await user.keyboard("Prefers mornings{Control>}{Enter}{/Control}");
  await waitFor(() => expect(core.saves().length).toBe(1));
  const [edit] = core.saves()[0] as Edit[];
  expect(edit).toMatchObject({ kind: "customers", id: "c1" });
  expect(edit?.units.notes?.value).toMatch(/^[^\n]*\d{4}: Prefers mornings(\n|$)/);
});

test("what was written survives a refusal", async () => {
  const { user } = await open({ "records.save": () => refuse("CUSTOMER_DELETED") });
  await user.type(screen.getByLabelText("Subject"), "Long story");
  await user.keyboard("{Control>}{Enter}{/Control}");
  expect(await screen.findByText(/in the trash/)).toBeTruthy();
  expect((screen.getByLabelText("Subject") as HTMLInputElement).value).toBe("Long story");
});

test("inactive asks for a reason before anything is saved", async () => {
  const { user, core } = await open();
  await user.click(screen.getByRole("button", { name: "Inactive" }));
  const reason = await screen.findByLabelText("Why Inactive?");
  expect(core.saves()).toEqual([]);
  await user.type(reason, "Closed down");
  await user.click(screen.getByRole("button", { name: "Set to Inactive" }));
  await waitFor(() => expect(core.saves().length).toBe(1));
  expect(core.saves()[0]).toEqual([
    {
      kind: "customers",
      id: "c1",
      op: "put",
      units: {
        status: {
          value: { status: "inactive", statusReason: "Closed down" },
          base: { status: "lead", statusReason: null },
          baseVersion: 7,
        },
      },
    },
  ]);
});

test("active without an order is confirmed on purpose, and that travels with the step", async () => {
  let asked = 0;
  const { user, core } = await open({
    "records.save": () =>
      asked++ === 0 ? refuse("CONFIRMATION_REQUIRED", { field: "activeConfirmed" }) : { saved: [], undo: [] },
  });
  await user.click(screen.getByRole("button", { name: "Active" }));
  expect(await screen.findByText("There is no order and no accepted quote yet.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Make active all the same" }));
  await waitFor(() => expect(core.saves().length).toBe(2));
  expect(core.saves()[1]).toMatchObject([
    { units: { status: { value: { status: "active", activeConfirmed: true } } } },
  ]);
});

test("a step that is not allowed says which are", async () => {
  const { user } = await open({
    "records.save": () => refuse("ILLEGAL_TRANSITION", { details: { legal: ["prospect", "inactive"] } }),
  });
  await user.click(screen.getByRole("button", { name: "Active" }));
  expect(await screen.findByText(/Possible: Prospect, Inactive/)).toBeTruthy();
});

test("an active customer without contact: the way on adds one", async () => {
  const { user } = await open({ "records.save": () => refuse("PRIMARY_CONTACT_REQUIRED") });
  await user.click(screen.getByRole("button", { name: "Active" }));
  const popover = await screen.findByRole("dialog");
  await user.click(within(popover).getByRole("button", { name: "Add contact" }));
  expect(await screen.findByLabelText("First name")).toBeTruthy();
});

test("each tag is a unit of its own", async () => {
  const { user, core } = await open();
  await user.type(screen.getByLabelText("Add tag"), "vip{Enter}");
  await user.click(screen.getByRole("button", { name: "Remove tag optics" }));
  await waitFor(() => expect(core.saves().length).toBe(2));
  const units = core.saves().map((changes) => (changes as Edit[])[0]?.units);
  expect(units).toEqual([
    { "tags/vip": { value: true, base: null, baseVersion: 7 } },
    { "tags/optics": { value: null, base: true, baseVersion: 7 } },
  ]);
});

test("editing a contact sends only what changed, against the version it opened with", async () => {
  const { user, core } = await open({ "records.get": () => held(contact, 3) });
  await user.click(screen.getByRole("button", { name: "More about Petra Hoffmann" }));
  await user.click(await screen.findByRole("menuitem", { name: "Edit…" }));
  const position = await screen.findByLabelText("Position");
  await user.clear(position);
  await user.type(position, "CEO");
  await user.click(screen.getByRole("button", { name: "Save contact" }));
  await waitFor(() => expect(core.saves().length).toBe(1));
  expect((core.saves()[0] as Edit[])[0]).toEqual({
    kind: "contacts",
    id: "p1",
    op: "put",
    units: { title: { value: "CEO", base: "Head of purchasing", baseVersion: 3 } },
  });
});

test("a follow-up is marked done as one unit", async () => {
  const { user, core } = await open({ "records.get": () => held(interaction, 4) });
  await user.click(screen.getByRole("button", { name: "Mark done" }));
  await waitFor(() => expect(core.saves().length).toBe(1));
  const unit = (core.saves()[0] as Edit[])[0]?.units.followUp;
  expect(unit?.baseVersion).toBe(4);
  expect(unit?.base).toMatchObject({ requiresFollowUp: true, followUpDoneAt: null });
  expect(unit?.value).toMatchObject({ requiresFollowUp: true, followUpDoneAt: expect.any(Number) });
});

test("deleting goes back to the list and offers Undo", async () => {
  const undo = [{ kind: "customers" as const, id: "c1", op: "restore" as const, units: {} }];
  const { user, core } = await open({ "records.save": () => ({ saved: [], undo }) });
  await user.click(screen.getByRole("button", { name: "More about this customer" }));
  await user.click(await screen.findByRole("menuitem", { name: "Move to trash" }));
  expect(await screen.findByRole("grid")).toBeTruthy();
  expect(core.saves()[0]).toEqual([{ kind: "customers", id: "c1", op: "delete", units: {} }]);
  await user.click(screen.getByRole("button", { name: "Undo" }));
  await waitFor(() => expect(core.saves()[1]).toEqual(undo));
});

test("a customer in the trash says so and can be restored", async () => {
  const { user, core } = await open({
    "customers.page": () => ({
      customer: { record: { ...customer, deletedAt: 1 }, version: 7, waiting: false, base: null },
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
  });
  await user.click(screen.getByRole("button", { name: "Restore" }));
  await waitFor(() => expect(core.saves()[0]).toEqual([{ kind: "customers", id: "c1", op: "restore", units: {} }]));
});

test("a customer that is gone says so and leads back", async () => {
  openApp("#/customers/c1", { "customers.page": () => refuse("NOT_FOUND") });
  expect(await screen.findByText(/no longer there/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Back to customers" })).toBeTruthy();
});

const at = (id: string, interactionDate: number, more: Partial<Interaction> = {}) =>
  ({ ...interaction, _id: id, interactionDate, ...more, waiting: false }) as Listed<Interaction>;

test("the history is told from what is planned back through time", () => {
  const now = Date.now();
  const told = groups(
    {
      interactions: [at("old", now - 400 * 86_400_000), at("soon", now + 3_600_000), at("now", now)],
      changes: [],
      quotes: [],
      orders: [],
    },
    "all",
    now,
  );
  expect(told.map((group) => group.happenings.map((one) => one.id))).toEqual([["soon"], ["now"], ["old"]]);
  expect(told[0]?.title).toBe("Planned");
  expect(told[1]?.title).toBe("Today");
});

test("a step of the status stands by itself, among sales and among changes but not among interactions", () => {
  const now = Date.now();
  const step = {
    id: "s",
    recordId: "c1",
    unit: "status",
    before: { status: "lead" },
    after: { status: "active" },
    by: "u1",
    at: now - 1000,
    overridden: false,
    lostBy: null,
  };
  const told = { interactions: [at("call", now)], changes: [step], quotes: [], orders: [] };
  const kinds = (filter: Filter) =>
    groups(told, filter, now).flatMap((group) => group.happenings.map((one) => one.kind));
  expect(kinds("all")).toEqual(["interaction", "status"]);
  expect(kinds("sales")).toEqual(["status"]);
  expect(kinds("edits")).toEqual(["status"]);
  expect(kinds("interactions")).toEqual(["interaction"]);
});

test("a figure that is not computed yet says so and why; one that is shows what it is made of", async () => {
  const { user } = await open();
  await user.click(screen.getByRole("button", { name: "Score –" }));
  expect(await screen.findByText(/Not yet computed/)).toBeTruthy();
});

test("y shows who changed what, and one field is brought back on top of what stands", async () => {
  const line = { id: "l", recordId: "c1", unit: "phone", before: "+1", after: customer.phone, by: "u1", at: 5 };
  const { user, core } = await open({
    "records.history": () => ({
      lines: [{ ...line, overridden: false, lostBy: null }],
      merged: [],
      madeAt: 1,
      madeBy: "u1",
      version: 7,
    }),
  });
  await user.keyboard("y");
  await user.click(await screen.findByRole("button", { name: "Bring back Phone: +1" }));
  await waitFor(() => expect(core.saves().length).toBe(1));
  expect(core.saves()[0]).toEqual([
    {
      kind: "customers",
      id: "c1",
      op: "put",
      units: { phone: { value: "+1", base: customer.phone, baseVersion: 7 } },
    },
  ]);
});

test("edits by one person within a minute are one event", () => {
  const entry = (id: string, by: string, when: number) =>
    ({ id, recordId: "c1", unit: "phone", before: null, after: "1", by, at: when, overridden: false }) as ChangeEntry;
  const gathered = gather([entry("a", "u1", 100_000), entry("b", "u1", 130_000), entry("c", "u2", 140_000)]);
  expect(gathered.map((edits) => edits.entries.map((one) => one.id))).toEqual([["c"], ["b", "a"]]);
});

test("the next open follow-up is the one due first that is not done", () => {
  const open = nextOpen([
    at("late", 1, { followUpDate: 50 }),
    at("done", 1, { followUpDate: 10, followUpDoneAt: 5 }),
    at("first", 1, { followUpDate: 20 }),
  ]);
  expect(open?._id).toBe("first");
});
