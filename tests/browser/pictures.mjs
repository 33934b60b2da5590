// node tests/browser/pictures.mjs FOLDER [WORD]...
// A picture of each screen × {light, dark} × {en, de} × {1024, 1440} × {empty, full, long names}, and what a machine finds
// wrong with it; WORDs take those whose name holds them all. It ends with 1 if anything was found.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "./browser.mjs";
import { axeFinds, sticksOut } from "./looks.mjs";
import { sit } from "./person.mjs";
import { closes, screensOf, shows } from "./screens.mjs";
import { worlds } from "./worlds.mjs";

/** How many windows are open at once. */
const WINDOWS_MAX = 2;

const [folder, ...only] = process.argv.slice(2);
if (!folder) throw new Error("usage: node tests/browser/pictures.mjs FOLDER [WORD]...");
const wanted = (name) => only.every((word) => name.includes(word));

function* ways() {
  for (const theme of ["light", "dark"]) {
    for (const language of ["en", "de"]) {
      for (const width of [1024, 1440]) yield { theme, language, width, height: width === 1024 ? 768 : 900 };
    }
  }
}

/** The first run has screens of its own: its three choices, and the question for a server. */
const FIRST_RUN = [{ name: "first-run" }];
/** A device that was signed out by somebody else. */
const SIGNED_OUT = [{ name: "signed-out" }];

async function screensFor(person, suffix) {
  if (suffix.startsWith("fresh")) return FIRST_RUN;
  return suffix.startsWith("gone") ? SIGNED_OUT : await screensOf(person);
}

async function picture(person, name, found) {
  await person.settles();
  await person.page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  const problems = [...(await axeFinds(person.page)), ...(await sticksOut(person.page))];
  found.push(...problems.map((problem) => `${name}: ${problem}`));
}

/** All pictures of one window; what cannot be shown is found wrong and holds up no other. */
async function pictures(person, suffix, found) {
  const screens = await screensFor(person, suffix);
  let count = 0;
  for (const screen of screens) {
    const name = `${screen.name}-${suffix}`;
    if (!wanted(name)) continue;
    try {
      if (screen.path) await shows(person, screen);
      await picture(person, name, found);
      count += 1;
    } catch (error) {
      found.push(`${name}: ${error.message}`);
    }
    await closes(person, screen);
  }
  found.push(...person.faults.map((fault) => `${suffix}: ${fault}`));
  return count;
}

async function windows(browser, devices, found) {
  const todo = Object.entries(devices).flatMap(([filled, device]) =>
    [...ways()].map((way) => ({ device, way, suffix: `${filled}-${way.theme}-${way.language}-${way.width}` })),
  );
  let count = 0;
  const work = async () => {
    for (let next = todo.shift(); next; next = todo.shift()) {
      // Words that can only be part of a screen's name say nothing about the window.
      if (
        only.some(
          (word) =>
            /^(full|empty|long|fresh|gone|light|dark|en|de|1024|1440)$/.test(word) &&
            !next.suffix.split("-").includes(word),
        )
      )
        continue;
      const person = await sit(browser, next.device, next.way);
      // Added after the wait: both windows count.
      const made = await pictures(person, next.suffix, found);
      count += made;
      await person.close();
    }
  };
  await Promise.all(Array.from({ length: WINDOWS_MAX }, work));
  return count;
}

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
const { company, devices } = await worlds();
const found = [];
let count = 0;
try {
  count = await windows(browser, devices, found);
} finally {
  await browser.close();
  for (const it of [...Object.values(devices), company]) await it.close();
}
writeFileSync(join(folder, "found.txt"), found.map((line) => `${line}\n`).join(""));
for (const line of found) console.log(line);
console.log(`${count} pictures in ${folder}, ${found.length} findings`);
process.exitCode = found.length === 0 ? 0 : 1;
