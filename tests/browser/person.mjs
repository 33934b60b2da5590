// A person in front of a browser window: she presses keys, types, and sees things.
import assert from "node:assert/strict";
import { settled } from "./browser.mjs";
import { accessible } from "./looks.mjs";

const WAIT_MS = 15_000;

/** Somebody in front of a laptop. */
export async function sit(
  browser,
  device,
  { path = "/", language = "en", theme = "light", width = 1280, height = 800, zoom = 1 } = {},
) {
  const viewport = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
  const locale = language === "de" ? "de-DE" : "en-GB";
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: zoom,
    locale,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const person = new Person(page, device);
  const address = new URL(device.url);
  address.searchParams.set("language", language);
  address.searchParams.set("theme", theme);
  address.hash = path;
  await page.goto(address.href);
  await settled(page);
  return person;
}

export class Person {
  /** What went wrong behind her back: scripts that failed or were refused, and windows that asked for something. */
  faults = [];
  keystrokes = 0;

  constructor(page, device) {
    this.page = page;
    this.device = device;
    page.on("pageerror", (error) => this.faults.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      this.faults.push(`a dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    page.on("console", (message) => {
      // The browser notes each answer that is an error; the screen shows those.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        this.faults.push(`console: ${message.text()}`);
      }
    });
  }

  async close() {
    await this.page.context().close();
  }

  async press(...keys) {
    for (const key of keys) {
      this.keystrokes += 1;
      await this.page.keyboard.press(key);
    }
  }

  async type(text) {
    this.keystrokes += [...text].length;
    await this.page.keyboard.type(text);
  }

  /** Puts text in as a paste does: at once, whatever it holds. */
  async paste(text) {
    this.keystrokes += 1;
    await this.page.keyboard.insertText(text);
  }

  async goes(path) {
    await this.page.evaluate((to) => {
      location.hash = to;
    }, path);
    // Some screens are fetched when they are first shown.
    await this.page.getByRole("heading", { level: 1 }).first().waitFor();
    await this.settles();
  }

  settles() {
    return settled(this.page);
  }

  heading(name, exact = true) {
    return this.page.getByRole("heading", { name, exact });
  }

  button(name) {
    return this.page.getByRole("button", { name, exact: true });
  }

  field(name) {
    return this.page.getByLabel(name, { exact: true });
  }

  text(text) {
    return this.page.getByText(text, { exact: false });
  }

  /** Waits until it can be seen. */
  async sees(what) {
    const locator = typeof what === "string" ? this.text(what) : what;
    await locator.first().waitFor({ state: "visible" });
  }

  async seesNo(what) {
    const locator = typeof what === "string" ? this.text(what) : what;
    await locator.first().waitFor({ state: "hidden" });
  }

  /** Waits until the focus is there: what keyboard users and screen readers rely on. */
  async hasFocusOn(locator) {
    const handle = await locator.first().elementHandle();
    await this.page.waitForFunction((element) => element === document.activeElement, handle);
  }

  async findsItAccessible() {
    await this.settles();
    await accessible(this.page);
  }

  assertNothingWentWrong() {
    assert.deepEqual(this.faults, []);
  }
}
