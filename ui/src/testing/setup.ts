// Before each test: no core, no window state. happy-dom has no layout, so the sizes the virtual table asks for are given here.

import { clearMocks } from "@tauri-apps/api/mocks";
import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach } from "vitest";
import { setLanguage } from "../lib/i18n";
import { prefs } from "../lib/prefs";
import { hideToast, ui } from "../lib/ui";
import { forgetHistory } from "../record/save";
import { forgetTrail } from "../record/trail";

for (const [name, size] of [
  ["offsetWidth", 1024],
  ["offsetHeight", 640],
  ["clientHeight", 640],
] as const) {
  Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
}

configure({ asyncUtilTimeout: 8_000, getElementError: (message) => new Error((message ?? "").split("\n\n")[0]) });

beforeEach(() => {
  localStorage.clear();
  location.hash = "";
  prefs.set({ theme: "light", density: "comfortable", language: "en" });
  setLanguage("en");
  ui.set({ palette: false, shortcuts: false, newCustomer: null, connect: false, signOut: false, sync: false });
  hideToast();
  forgetHistory();
  forgetTrail();
});

afterEach(() => {
  cleanup();
  clearMocks();
});
