import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Card } from "../../gen/records";
import { openApp } from "../../testing/core";
import { customer } from "../../testing/records";
import { compare } from "./compare";

const card = {
  _id: "k1",
  userId: "u1",
  kind: "conflict",
  recordId: "c1",
  recordKind: "customers",
  unit: "phone",
  code: "",
  message: "",
  mine: "1",
  theirs: "2",
  original: "0",
  byUser: "u1",
  at: Date.UTC(2026, 4, 5, 10),
  resolvedAt: null,
} as unknown as Card;

test("a card shows the three sides and takes one decision", async () => {
  let items = [card];
  const { user, core } = openApp("#/inbox", {
    "cards.list": () => ({ items }),
    "cards.resolve": () => {
      items = [];
      return {};
    },
  });
  const article = await screen.findByRole("article", { name: "Decision about Kovács Labor Kft." });
  const phone = within(article).getByRole("row", { name: /Phone/ });
  expect(
    within(phone)
      .getAllByRole("cell")
      .map((cell) => cell.textContent),
  ).toEqual(["1", "2", "0"]);
  await user.click(within(article).getByRole("button", { name: "Take theirs" }));
  await waitFor(() => expect(screen.queryByRole("article")).toBeNull());
  expect(core.calls.find((one) => one.name === "cards.resolve")?.args).toEqual({ id: "k1", choice: "theirs" });
  expect(await screen.findByText("Nothing needs you")).toBeTruthy();
});

test("a refused change shows each of its units against what stands, and can be tried again", async () => {
  const mine = {
    kind: "customers",
    id: "c1",
    op: "put",
    units: {
      phone: { value: "9", base: "8", baseVersion: 3 },
      status: { value: { status: "active" }, base: { status: "prospect" }, baseVersion: 3 },
      "tags/optics": { value: null, base: true, baseVersion: 3 },
    },
  };
  const refused = { ...card, kind: "refused", unit: "", code: "PRIMARY_CONTACT_REQUIRED", mine, theirs: null } as Card;
  expect(compare(refused, customer as unknown as Record<string, unknown>)).toMatchObject([
    { field: "Phone", mine: "9", theirs: "+36 1 234", original: "8" },
    { field: "Status", mine: "Active", theirs: "Lead", original: "Prospect" },
    { field: "Tags", mine: "–", theirs: "yes", original: "yes" },
  ]);
  openApp("#/inbox", { "cards.list": () => ({ items: [refused] }) });
  expect(await screen.findByText(/An active customer needs a primary contact/)).toBeTruthy();
  expect(screen.getByRole("button", { name: "Try mine again" })).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Take theirs" })).toBeNull();
});

test("a possible duplicate leads to the other customer", async () => {
  const duplicate = { ...card, kind: "duplicate", unit: "name", mine: "Acme", theirs: "c2", original: null } as Card;
  openApp("#/inbox", { "cards.list": () => ({ items: [duplicate] }) });
  const link = await screen.findByRole("link", { name: "Open the other customer" });
  expect(link.getAttribute("href")).toBe("#/customers/c2");
});

test("a record deleted and changed at once", () => {
  const restored = { ...card, kind: "restored", unit: "deletedAt", mine: 5, theirs: null, original: null } as Card;
  expect(compare(restored, null)).toEqual([
    { field: "Trash", mine: "in the trash", theirs: "kept", original: "kept", differs: true },
  ]);
});

test("a record that cannot be read here says what is safe and offers nothing to choose", async () => {
  const unreadable = { ...card, kind: "unreadable", unit: "", mine: null, theirs: null, original: null } as Card;
  openApp("#/inbox", { "cards.list": () => ({ items: [unreadable] }) });
  expect(await screen.findByText(/What this device had of it stays/)).toBeTruthy();
  expect(screen.queryByRole("button", { name: "Keep mine" })).toBeNull();
  expect(screen.getByRole("button", { name: "Dismiss" })).toBeTruthy();
});

test("whose clock was ahead is told what it said and when the change counts from", async () => {
  const ahead = {
    ...card,
    kind: "clock",
    unit: "phone",
    mine: Date.UTC(2100, 0, 5, 9),
    theirs: Date.UTC(2026, 4, 12, 10),
  };
  openApp("#/inbox", { "cards.list": () => ({ items: [ahead as unknown as Card] }) });
  const told = await screen.findByText(/had its clock ahead/);
  expect(told.textContent).toMatch(/2100.*12/);
  expect(screen.queryByRole("button", { name: "Keep mine" })).toBeNull();
});
