import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SyncStatus } from "../../lib/types";
import { openApp } from "../../testing/core";
import { pillOf } from "./pill";

const NOW = Date.UTC(2026, 4, 5, 12);
const DAY = 86_400_000;
const idle: SyncStatus = {
  phase: "idle",
  waiting: 0,
  done: 0,
  total: 0,
  cards: 0,
  lastSuccess: NOW,
  offlineSince: null,
  workOffline: false,
};
const text = (part: Partial<SyncStatus>) => pillOf({ ...idle, ...part }, NOW).text;
const tone = (part: Partial<SyncStatus>) => pillOf({ ...idle, ...part }, NOW).tone;

test("the pill says the most pressing state in words", () => {
  expect(text({})).toBe("All saved");
  expect(text({ waiting: 3 })).toBe("3 waiting");
  expect(text({ phase: "syncing", done: 12, total: 40 })).toBe("Syncing 12 of 40");
  expect(text({ waiting: 3, cards: 2 })).toBe("Needs you: 2");
  expect(text({ phase: "localOnly" })).toBe("On this device");
  expect(text({ phase: "signInNeeded" })).toBe("Sign in again");
});

test("amber after a day, red after a week, and only with waiting work", () => {
  expect(tone({ waiting: 1, lastSuccess: NOW - 2 * DAY })).toContain("late");
  expect(tone({ waiting: 1, lastSuccess: NOW - 8 * DAY })).toContain("needs-you");
  expect(tone({ waiting: 0, lastSuccess: NOW - 8 * DAY })).toContain("saved");
});

test("the popover shows what waits, why, and syncs at once", async () => {
  const status = {
    ...idle,
    phase: "offline" as const,
    waiting: 3,
    error: { code: "OFFLINE", message: "", traceId: "t" },
  };
  const { user, core } = openApp("#/customers", {
    "sync.status": () => status,
    "sync.now": () => idle,
    "sync.workOffline": ({ on }) => ({ ...idle, workOffline: on }),
  });
  const pill = await screen.findByRole("button", { name: "Offline" });
  expect(pill.closest('[role="status"]')).toBeTruthy();
  await user.click(pill);
  expect(await screen.findByText(/The server cannot be reached/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Sync now" }));
  expect(await screen.findByRole("button", { name: "All saved" })).toBeTruthy();
  await user.click(screen.getByRole("switch", { name: "Work offline" }));
  expect(core.calls.find((one) => one.name === "sync.workOffline")?.args).toEqual({ on: true });
  expect(await screen.findByRole("button", { name: "Working offline" })).toBeTruthy();
});
