import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";
import { openApp, refuse } from "../../testing/core";
import { user as me, org } from "../../testing/records";

const choices = {
  language: "en" as const,
  keepInTray: false,
  autostart: false,
  tray: true,
  reminders: "ready" as const,
};

test("reminders are a setting of the device: on, when, and how long before", async () => {
  const { core, user } = openApp("#/settings");
  const part = await screen.findByRole("region", { name: "Reminders" });
  await user.selectOptions(within(part).getByLabelText("Planned calls and meetings"), "1 hour before");
  await screen.findByText("Reminders changed.");
  await user.click(within(part).getByLabelText("Remind me"));
  await waitFor(() => expect(core.saves()).toHaveLength(2));
  const value = (save: unknown) =>
    (save as { units: { value: { value: unknown }; scope: { value: unknown }; name: { value: unknown } } }[])[0]?.units;
  expect(value(core.saves()[0])?.value.value).toEqual({ on: true, atMinute: 540, leadMinutes: 60 });
  expect([value(core.saves()[0])?.scope.value, value(core.saves()[0])?.name.value]).toEqual(["device", "reminders"]);
});

test("a computer that shows no notifications is told of, with what is safe", async () => {
  openApp("#/settings", { "app.choices": () => ({ ...choices, reminders: "refused" }) });
  expect(await screen.findByText(/does not show notifications. Nothing is lost/)).toBeTruthy();
});

test("where nobody shows reminders and no window can be kept, nothing is offered", async () => {
  openApp("#/settings", { "app.choices": () => ({ language: "en", keepInTray: false, reminders: null }) });
  await screen.findByRole("region", { name: "Account" });
  expect(screen.queryByRole("region", { name: "Reminders" })).toBeNull();
  expect(screen.queryByRole("region", { name: "Window" })).toBeNull();
});

test("the tray and starting with the computer are chosen at the host", async () => {
  const { core, user } = openApp("#/settings");
  const part = await screen.findByRole("region", { name: "Window" });
  await user.click(within(part).getByLabelText("Keep in the tray"));
  await user.click(within(part).getByLabelText("Start with the computer"));
  const asked = core.calls.filter((one) => one.name === "app.choose").map((one) => one.args);
  expect(asked).toEqual(expect.arrayContaining([{ keepInTray: true }, { autostart: true }, { language: "en" }]));
});

test("a reminder that is pressed opens its customer, and nothing else does", async () => {
  const { emit } = await import("@tauri-apps/api/event");
  openApp("#/settings");
  await screen.findByRole("region", { name: "Account" });
  const id = "0190c0de-0000-7000-8000-000000000001";
  await emit("touched", { kinds: [], ids: [], place: "//evil.example/x" });
  expect(location.hash).toBe("#/settings");
  await emit("touched", { kinds: [], ids: [], place: `/customers/${id}` });
  await waitFor(() => expect(location.hash).toBe(`#/customers/${id}`));
});

test("one's name and the company are edited where the account is shown, each error at its field", async () => {
  const admin = { ...me, role: "admin" as const };
  const { core, user } = openApp("#/settings", {
    "org.overview": () => ({ me: admin, users: [admin], teams: [], org, counts: { customers: 1 } }),
    "org.save": (change) => (change.country === "XX" ? refuse("INVALID_VALUE", { field: "country" }) : {}),
  });
  await user.click(await screen.findByRole("button", { name: "Edit name…" }));
  const name = await screen.findByLabelText("Name");
  await user.clear(name);
  await user.type(name, "Marit Holm{Control>}{Enter}{/Control}");
  await screen.findByText("Changes saved.");
  expect(core.calls.find((one) => one.name === "profile.save")?.args).toEqual({ name: "Marit Holm" });

  await user.click(screen.getByRole("button", { name: "Edit company…" }));
  const country = await screen.findByLabelText("Country");
  await user.clear(country);
  await user.type(country, "xx");
  await user.click(screen.getByRole("button", { name: /Save changes/ }));
  await waitFor(() => expect(country.getAttribute("aria-invalid")).toBe("true"));
  expect(screen.getByRole("dialog", { name: "Company" })).toBeTruthy();
});
