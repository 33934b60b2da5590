import { screen } from "@testing-library/react";
import { expect, test } from "vitest";
import type { SessionStatus } from "../../lib/types";
import { openApp, refuse } from "../../testing/core";
import { user as me, org } from "../../testing/records";

const none: SessionStatus = { state: "none" };
const ready: SessionStatus = { state: "ready", user: me, org, server: "https://crm.example" };

test("connecting opens the app", async () => {
  const { user, core } = openApp("", { "session.status": () => none, "session.connect": () => ready });
  await user.type(await screen.findByLabelText("Server"), "crm.example");
  await user.type(screen.getByLabelText("E-mail"), "marit@example.com");
  await user.type(screen.getByLabelText("Password"), "secret");
  await user.click(screen.getByRole("button", { name: "Connect" }));
  expect(await screen.findByText("Call back")).toBeTruthy();
  expect(core.calls.find((one) => one.name === "session.connect")?.args).toEqual({
    server: "crm.example",
    email: "marit@example.com",
    password: "secret",
  });
});

test("an enrolment link pasted as the server needs no password", async () => {
  const { user, core } = openApp("", { "session.status": () => none, "session.enrol": () => ready });
  await user.type(await screen.findByLabelText("Server"), "rapport://enrol?s=crm.example&t=abc");
  expect(screen.queryByLabelText("Password")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Connect" }));
  await screen.findByText("Call back");
  expect(core.calls.find((one) => one.name === "session.enrol")?.args).toEqual({
    link: "rapport://enrol?s=crm.example&t=abc",
  });
});

test("a wrong password is said at the password, offline at the form with a way on", async () => {
  let code = "INVALID_CREDENTIALS";
  const { user, core } = openApp("", {
    "session.status": () => ({ ...none, lastServer: "https://crm.example", lastEmail: "marit@example.com" }),
    "session.connect": () => refuse(code),
  });
  await user.type(await screen.findByLabelText("Password"), "wrong{Enter}");
  expect(await screen.findByText("E-mail and password do not match. Nothing on this device was changed.")).toBeTruthy();
  code = "OFFLINE";
  await user.click(screen.getByRole("button", { name: "Connect" }));
  expect(await screen.findByText(/https:\/\/crm.example does not answer/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Try now" }));
  expect(core.calls.filter((one) => one.name === "session.connect").length).toBe(3);
});

test("what is missing is asked for where it belongs", async () => {
  const { user, core } = openApp("", { "session.status": () => none });
  await user.click(await screen.findByRole("button", { name: "Start empty" }));
  expect(await screen.findByText("This is needed.")).toBeTruthy();
  expect(document.activeElement).toBe(screen.getByLabelText("Name"));
  expect(core.calls.some((one) => one.name === "session.startLocal")).toBe(false);
});

test("starting empty opens Today, an address book opens the import", async () => {
  for (const [button, heading] of [
    ["Start empty", /\d{4}$/],
    ["Import an address book…", "Import / Export"],
  ] as const) {
    const { user, unmount } = openApp("", {
      "session.status": () => none,
      "session.startLocal": () => ({ ...ready, server: null }),
    });
    await user.type(await screen.findByLabelText("Name"), "Marit");
    await user.type(screen.getByLabelText("Company"), "Halvorsen");
    await user.click(screen.getByRole("button", { name: button }));
    expect(await screen.findByRole("heading", { level: 1, name: heading })).toBeTruthy();
    unmount();
  }
});

test("without a keyring a passphrase is set first and goes along", async () => {
  const { user, core } = openApp("", {
    "session.status": () => ({ state: "noKeyring" }),
    "session.startLocal": () => ready,
  });
  expect(await screen.findByText(/Nothing is lost/)).toBeTruthy();
  await user.type(screen.getByLabelText("New passphrase"), "four words go here");
  await user.type(screen.getByLabelText("Repeat the passphrase"), "four words go here");
  await user.click(screen.getByRole("button", { name: "Use this passphrase" }));
  await user.type(await screen.findByLabelText("Name"), "Marit");
  await user.type(screen.getByLabelText("Company"), "Halvorsen");
  await user.click(screen.getByRole("button", { name: "Start empty" }));
  await screen.findByText("Call back");
  expect(core.calls.find((one) => one.name === "session.startLocal")?.args).toMatchObject({
    passphrase: "four words go here",
  });
});

test("a keyring that is missing only later: what was typed is still there after the passphrase", async () => {
  const { user } = openApp("", {
    "session.status": () => none,
    "session.startLocal": ({ passphrase }) => (passphrase ? ready : refuse("NO_KEYRING")),
  });
  await user.type(await screen.findByLabelText("Name"), "Marit");
  await user.type(screen.getByLabelText("Company"), "Halvorsen");
  await user.click(screen.getByRole("button", { name: "Start empty" }));
  await user.click(await screen.findByRole("button", { name: "Set a passphrase" }));
  await user.type(await screen.findByLabelText("New passphrase"), "four words go here");
  await user.type(screen.getByLabelText("Repeat the passphrase"), "four words go here");
  await user.click(screen.getByRole("button", { name: "Use this passphrase" }));
  expect((screen.getByLabelText("Company") as HTMLInputElement).value).toBe("Halvorsen");
  await user.click(screen.getByRole("button", { name: "Start empty" }));
  expect(await screen.findByText("Call back")).toBeTruthy();
});

test("a wrong passphrase says the data is untouched", async () => {
  const { user } = openApp("", {
    "session.status": () => ({ state: "locked" }),
    "session.unlock": () => refuse("WRONG_PASSPHRASE"),
  });
  await user.type(await screen.findByLabelText("Passphrase"), "nope{Enter}");
  expect(await screen.findByText(/Your data is untouched/)).toBeTruthy();
});

test.each(["WRONG_KEY", "STORE_DAMAGED", "STORE_NEWER", "STORE_IN_USE"])(
  "%s names what failed and one way on",
  async (reason) => {
    let status: SessionStatus = { state: "broken", reason };
    const { user } = openApp("", { "session.status": () => status, "session.unlock": () => status });
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(screen.queryByText("The store on this device did not open.")).toBeNull();
    expect(await screen.findByText("/data/rapport")).toBeTruthy();
    status = ready;
    await user.click(await screen.findByRole("button", { name: "Try again" }));
    expect(await screen.findByText("Call back")).toBeTruthy();
  },
);

test("an expired sign-in is a banner; work goes on", async () => {
  const { user } = openApp("#/customers", { "session.status": () => ({ ...ready, signedOut: true }) });
  expect(await screen.findByText(/You can go on working/)).toBeTruthy();
  expect(await screen.findByText("Kovács Labor Kft.")).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  expect(((await screen.findByLabelText("Server")) as HTMLInputElement).value).toBe("https://crm.example");
});

test("signing out with waiting work says what would be lost", async () => {
  const { user, core } = openApp("#/settings", {
    "sync.status": () => ({
      phase: "offline",
      waiting: 3,
      done: 0,
      total: 0,
      cards: 0,
      lastSuccess: null,
      offlineSince: Date.now(),
      workOffline: false,
    }),
    "session.signOut": () => none,
  });
  await user.click(await screen.findByRole("button", { name: "Sign out…" }));
  expect(await screen.findByText(/3 records were changed and not sent yet/)).toBeTruthy();
  expect(core.calls.some((one) => one.name === "session.signOut")).toBe(false);
  await user.click(screen.getByRole("button", { name: "Sign out and lose it" }));
  expect(await screen.findByRole("button", { name: "Connect" })).toBeTruthy();
  expect(core.calls.find((one) => one.name === "session.signOut")?.args).toEqual({ discardWaiting: true });
});

test("a device that was signed out says what happened, where the work is, and leads on", async () => {
  const rescued = "/data/rescued/rapport-K7-1.json";
  const { user } = openApp("", {
    "session.status": () => ({ state: "none", lastServer: "https://crm.example", revoked: { rescued } }),
  });
  await screen.findByRole("heading", { name: "This device was signed out" });
  expect(screen.getByText(/What you had not sent yet was saved first/)).toBeTruthy();
  await user.click(screen.getByRole("button", { name: "Copy path" }));
  await screen.findByText("Path copied.");
  expect(await navigator.clipboard.readText()).toBe(rescued);
  await user.click(screen.getByRole("button", { name: "Sign in again" }));
  expect(await screen.findByDisplayValue("https://crm.example")).toBeTruthy();
});

test("without work that waited, nothing is said to be in a file", async () => {
  openApp("", { "session.status": () => ({ state: "none", revoked: { rescued: null } }) });
  await screen.findByText(/had reached the server before/);
  expect(screen.queryByRole("button", { name: "Copy path" })).toBeNull();
});

test("a newer version is a quiet line that says what to do", async () => {
  const { user } = openApp("#/today", {
    "session.status": () => ({ state: "ready", user: me, org, server: "https://crm.example", newerApp: "0.2.0" }),
  });
  await user.click(await screen.findByRole("button", { name: "Rapport 0.2.0 is available" }));
  expect(await screen.findByText(/recommends 0.2.0; this is 0.1.0/)).toBeTruthy();
});
