// Debian's Chromium, driven by Playwright, and when a page of the app has come to rest.
import { chromium } from "playwright-core";

const PROGRAMS = { linux: "/usr/bin/chromium", darwin: undefined, win32: undefined };

/** Nothing here reaches another machine; the flags keep Chromium from trying. */
const FLAGS = [
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--lang=en-GB",
];

export function openBrowser() {
  const asRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath: process.env.RAPPORT_CHROMIUM ?? PROGRAMS[process.platform],
    channel: process.platform === "linux" ? undefined : "chrome",
    args: asRoot ? [...FLAGS, "--no-sandbox"] : FLAGS,
  });
}

/** No answer of the core is still to come, the fonts are there, and what came is painted. */
export async function settled(page) {
  await page.waitForFunction(
    () =>
      window.bridge?.calls > 0 && window.bridge.pending === 0 && document.getElementById("root")?.childElementCount > 0,
  );
  await page.evaluate(async () => {
    await document.fonts.ready;
    const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    do {
      await frame();
      await frame();
    } while (window.bridge.pending > 0);
  });
}
