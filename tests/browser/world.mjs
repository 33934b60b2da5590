// What a story needs: a company, a laptop, a browser window, and a person who presses keys and sees things.
import assert from "node:assert/strict";
import { after } from "node:test";
import { openBrowser, settled } from "./browser.mjs";
import { accessible } from "./looks.mjs";
import { Company, Device } from "./processes.mjs";

const WAIT_MS = 15_000;

/** What was opened in this file, oldest first; closed at its end, however it ends. */
const opened = [];
after(async () => {
  for (const it of opened.reverse()) await it.close();
});

function closes(it) {
  opened.push(it);
  return it;
}

let browser = null;
async function theBrowser() {
  browser ??= closes(await openBrowser());
  return browser;
}

/** A company with so many customers. */
export const company = async (customers) => closes(await Company.found(customers));

/** A laptop that nobody has used yet. */
export const newLaptop = async () => closes(await Device.open());

/** A laptop that is signed in to the company and has its customers. */
export const laptopOf = async (it, email) => closes(await Device.open(it.link(email)));

/** A laptop that somebody works on alone, without a company's server. */
export async function laptopAlone(name = "Marit Solheim", company = "Solheim") {
  const device = await newLaptop();
  await device.call("session.startLocal", { name, company });
  return device;
}

/** Somebody in front of a laptop. */
export async function sits(
  device,
  { path = "/", language = "en", theme = "light", width = 1280, height = 800, zoom = 1 } = {},
) {
  const viewport = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
  const locale = language === "de" ? "de-DE" : "en-GB";
  const context = await (await theBrowser()).newContext({
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
  return closes(person);
}

class Person {
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
