import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import type { Card } from "../../gen/records";
import { openApp } from "../../testing/core";
import { compare } from "./compare";

const card = {
  _id: "k1",
  userId: "u1",
  kind: "conflict",
  recordId: "c1",
  recordKind: "customers",
  code: null,
  mine: { phone: "1", notes: "same" },
  theirs: { phone: "2", notes: "same" },
  original: { phone: "0", notes: null },
  by: "u1",
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

test("sides that are no objects are compared as one value", () => {
  expect(compare("a", "b", null)).toEqual([{ field: "Value", mine: "a", theirs: "b", original: "–", differs: true }]);
});
