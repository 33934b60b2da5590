import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp } from "../../testing/core";
import { user as me, org } from "../../testing/records";
import { diagnostics } from "./diagnostics";

const NOTICES = `Rapport contains the packages below.\n\n- serde 1.0.0 (MIT)\n\n${"=".repeat(80)}\nserde 1.0.0\n\nPermission is hereby granted\n`;

test("diagnostics tell how the app stands and name nobody", () => {
  const text = diagnostics({
    info: { version: "0.1.0", os: "linux", dataFolder: "/home/marit/rapport" },
    session: { state: "ready", user: me, org, server: "https://crm.halvorsen.example", deviceCode: "K7" },
    sync: {
      phase: "offline",
      waiting: 3,
      done: 0,
      total: 0,
      cards: 1,
      lastSuccess: Date.UTC(2026, 4, 4),
      offlineSince: null,
      workOffline: false,
      error: { code: "NETWORK", message: "crm.halvorsen.example does not answer", traceId: "t1" },
    },
    customers: 40,
    language: "de",
    theme: "dark",
    density: "compact",
    window: { width: 1440, height: 900, scale: 1, agent: "WebKit" },
    now: Date.UTC(2026, 4, 5),
  });
  expect(text).toContain("Rapport: 0.1.0 on linux");
  expect(text).toContain("Waiting, needing a decision: 3, 1");
  expect(text).toContain("Last synced: 2026-05-04T00:00:00.000Z");
  expect(text).toContain("Sync error: NETWORK, trace t1");
  expect(text).not.toMatch(/halvorsen|marit/i);
  for (const secret of [me.name, me.email, org.name]) expect(text).not.toContain(secret);
});

test("what is copied is what was shown; where copying is refused, the text stays and is selected", async () => {
  const { user } = openApp("#/settings");
  await user.click(await screen.findByRole("button", { name: "Copy diagnostics…" }));
  const shown = screen.getByRole<HTMLTextAreaElement>("textbox", { name: "Diagnostics" }).value;
  await user.click(screen.getByRole("button", { name: "Copy text" }));
  await screen.findByText("Diagnostics copied.");
  expect(await navigator.clipboard.readText()).toBe(shown);

  Object.defineProperty(navigator, "clipboard", {
    configurable: true,
    value: { writeText: () => Promise.reject(new Error("no")) },
  });
  await user.click(screen.getByRole("button", { name: "Copy diagnostics…" }));
  await user.click(screen.getByRole("button", { name: "Copy text" }));
  expect(await screen.findByText(/copy it by hand/)).toBeTruthy();
});

test("the licences are there to be read, each text with those who use it", async () => {
  const { user } = openApp("#/settings", { "app.notices": () => ({ text: NOTICES }) });
  await user.click(await screen.findByRole("button", { name: "Licences" }));
  const dialog = await screen.findByRole("dialog", { name: "What Rapport is made of" });
  await within(dialog).findByText(/Permission is hereby granted/);
  await user.keyboard("{Escape}");
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("settings show the account, what waits and the keys, and each button leads somewhere", async () => {
  const { user } = openApp("#/settings");
  const work = await screen.findByRole("region", { name: "Saving and sending" });
  await within(work).findByText("Records waiting to be sent");
  expect(within(screen.getByRole("region", { name: "Account" })).getByText(me.name)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: /Keyboard shortcuts/ }));
  await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
});
