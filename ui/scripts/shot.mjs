// node ui/scripts/shot.mjs PATH out.png [--theme light|dark] [--lang en|de] [--width N] [--height N] [--zoom N]
//   [--press KEYS]... [--type TEXT]... [--url URL]
// A picture of a screen, such as "/customers". It needs a running `cargo xtask bridge`, whose address it finds by itself.
// --press and --type happen in the order given before the picture: --press Control+k --type acme
import { mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { openBrowser, settled } from "../../tests/browser/browser.mjs";

const [path, file, ...rest] = process.argv.slice(2);
if (!path || !file || rest.length % 2) {
  console.error(
    "usage: node ui/scripts/shot.mjs PATH out.png [--theme dark] [--lang de] [--width 1024] [--press Control+k] [--type text]",
  );
  process.exit(2);
}
const options = { theme: "light", lang: "en", width: "1280", height: "800", zoom: "1", url: null };
const acts = [];
for (let at = 0; at < rest.length; at += 2) {
  const [name, value] = [rest[at].slice(2), rest[at + 1]];
  if (name === "press" || name === "type") acts.push([name, value]);
  else if (name in options) options[name] = value;
  else throw new Error(`Unknown option ${rest[at]}`);
}
const url = options.url ?? readFileSync(new URL("../../target/bridge/url", import.meta.url), "utf8").trim();

const browser = await openBrowser();
try {
  const zoom = Number(options.zoom);
  const viewport = {
    width: Math.round(Number(options.width) / zoom),
    height: Math.round(Number(options.height) / zoom),
  };
  const page = await browser.newPage({ viewport, deviceScaleFactor: zoom });
  page.on("pageerror", (error) => console.error(`page: ${error}`));
  const address = new URL(url);
  address.searchParams.set("language", options.lang);
  address.searchParams.set("theme", options.theme);
  address.hash = path;
  await page.goto(address.href);
  await settled(page);
  for (const [name, value] of acts) {
    await (name === "press" ? page.keyboard.press(value) : page.keyboard.type(value));
    await settled(page);
  }
  mkdirSync(dirname(file), { recursive: true });
  await page.screenshot({ path: file, animations: "disabled" });
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (wide > 0) console.error(`The page is ${wide} px wider than the window.`);
} finally {
  await browser.close();
}
