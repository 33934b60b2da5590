import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { addDays, onWall, today } from "../../lib/dates";
import type { FollowUp } from "../../lib/types";
import { ANSWERS, openApp } from "../../testing/core";
import { interaction } from "../../testing/records";
import { groupsOf } from "./groups";

const held = { record: interaction, version: 7, waiting: false, base: null };

test("what is late comes first, what has no day last", () => {
  const day = Date.UTC(2026, 4, 5);
  const one = (id: string, on: number | null) => ({ id, day: on }) as unknown as FollowUp;
  const groups = groupsOf([one("a", null), one("b", day), one("c", day - 1), one("d", addDays(day, 9))], day);
  expect(groups.map((group) => [group.name, group.items.map((item) => item.id).join()])).toEqual([
    ["overdue", "c"],
    ["today", "b"],
    ["upcoming", "d"],
    ["undated", "a"],
  ]);
});

test("a full stop ticks off the follow-up under the cursor", async () => {
  const { user, core } = openApp("#/today", { "records.get": () => held });
  await screen.findByText("Call back");
  await user.keyboard(".");
  await waitFor(() => expect(core.saves()).toHaveLength(1));
  const [edit] = core.saves()[0] as { units: { followUp: { value: { followUpDoneAt: number | null } } } }[];
  expect(edit?.units.followUp.value.followUpDoneAt).toBeTypeOf("number");
});

test("h, then w, moves it by a week", async () => {
  const { user, core } = openApp("#/today", { "records.get": () => held });
  await screen.findByText("Call back");
  await user.keyboard("h");
  await screen.findByText("When to come back to this?");
  await user.keyboard("w");
  await waitFor(() => expect(core.saves()).toHaveLength(1));
  const [edit] = core.saves()[0] as { units: { followUp: { value: { followUpDate: number } } } }[];
  expect(edit?.units.followUp.value.followUpDate).toBe(addDays(today(), 7));
});

test("what has a time keeps it on another day, and shows it", async () => {
  const page = ANSWERS["today.page"]?.({});
  const [one] = page?.followUps ?? [];
  if (!page || !one) throw new Error("no page");
  const timed = { ...one, day: page.day, minute: 14 * 60 + 30 };
  const { user, core } = openApp("#/today", {
    "records.get": () => held,
    "today.page": () => ({ ...page, followUps: [timed] }),
  });
  expect(await screen.findByText(/^(14:30|2:30.PM)$/)).toBeTruthy();
  await user.keyboard("h");
  await screen.findByText("When to come back to this?");
  await user.keyboard("1");
  await waitFor(() => expect(core.saves()).toHaveLength(1));
  const [edit] = core.saves()[0] as { units: { followUp: { value: Record<string, unknown> } } }[];
  expect(edit?.units.followUp.value).toMatchObject({
    followUpDate: onWall(addDays(today(), 1), 14 * 60 + 30),
    followUpHasTime: true,
  });
});

test("what others did while she was away is told in words", async () => {
  const page = ANSWERS["today.page"]?.({});
  if (!page) throw new Error("no page");
  const news = {
    what: "logged" as const,
    type: "visit",
    kind: "customers" as const,
    id: "c1",
    about: "Delivery moved",
    by: "u1",
    at: Date.UTC(2026, 4, 4, 9),
    customerId: "c1",
    customerName: "Acme",
  };
  openApp("#/today", { "today.page": () => ({ ...page, since: Date.UTC(2026, 4, 3, 9), news: [news] }) });
  const side = await screen.findByRole("complementary", { name: "Good to know" });
  expect(within(side).getByText("Marit Solheim: Visit, Delivery moved")).toBeTruthy();
});
