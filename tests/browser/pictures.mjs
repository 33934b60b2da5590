// node tests/browser/pictures.mjs FOLDER [ONLY]
// A picture of each screen × {light, dark} × {en, de} × {1024, 1440} × {empty, full, long names}, and what a machine finds
// wrong with it; ONLY takes those whose name holds it. It ends with 1 if anything was found.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowser } from "./browser.mjs";
import { axeFinds, sticksOut } from "./looks.mjs";
import { sit } from "./person.mjs";
import { Company, Device } from "./processes.mjs";
import { screenName, screensOf } from "./screens.mjs";

const [folder, only = ""] = process.argv.slice(2);
if (!folder) throw new Error("usage: node tests/browser/pictures.mjs FOLDER [ONLY]");
const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";

/** Everything that a screen shows of somebody is as long as it may be. */
async function withLongNames(device) {
  await device.call("session.startLocal", { name: `Hildegard-Annegret ${LONG}`, company: `${LONG} GmbH & Co. KG` });
  const { me } = await device.call("org.overview");
  for (const ending of [
    "AG",
    "GmbH & Co. Kommanditgesellschaft auf Aktien",
    "mit sehr vielen Worten im Namen ".repeat(3).trim(),
  ]) {
    const name = `${LONG} ${ending}`;
    const address = { street: LONG, city: LONG, state: "", zipCode: "12345-67890", country: "DE" };
    const id = await device.create("customers", {
      name,
      status: { status: "lead" },
      type: "enterprise",
      address,
      email: `${"lang".repeat(14)}@${"domaene".repeat(8)}.example`,
      phone: "+49 (0) 30 123456789012345",
      notes: `${LONG} `.repeat(20),
      assignedTo: me._id,
      [`tags/${LONG.slice(0, 40)}`]: true,
    });
    await device.create("contacts", { customerId: id, firstName: LONG, lastName: LONG, title: LONG, isPrimary: true });
    for (const type of ["call", "meeting"]) {
      const told = { subject: name.slice(0, 190), description: `${name} `.repeat(10), assignedTo: me._id };
      await device.create("interactions", { customerId: id, type, ...told, interactionDate: Date.now() - 86_400_000 });
    }
  }
}

async function worlds() {
  const company = await Company.found(300);
  const full = await Device.open(company.link());
  const empty = await Device.open();
  await empty.call("session.startLocal", { name: "Marit Solheim", company: "Solheim" });
  const long = await Device.open();
  await withLongNames(long);
  const fresh = await Device.open();
  return { company, devices: { full, empty, long, fresh } };
}

function* ways() {
  for (const theme of ["light", "dark"]) {
    for (const language of ["en", "de"]) {
      for (const width of [1024, 1440]) yield { theme, language, width, height: width === 1024 ? 768 : 900 };
    }
  }
}

async function picture(person, name, found) {
  await person.settles();
  await person.page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled" });
  const problems = [...(await axeFinds(person.page)), ...(await sticksOut(person.page))];
  found.push(...problems.map((problem) => `${name}: ${problem}`));
}

async function pictures(person, suffix, found) {
  const screens = suffix.startsWith("fresh")
    ? [["first-run", null]]
    : (await screensOf(person)).map((path) => [screenName(path), path]);
  let count = 0;
  for (const [screen, path] of screens) {
    const name = `${screen}-${suffix}`;
    if (!name.includes(only)) continue;
    if (path) await person.goes(path);
    await picture(person, name, found);
    count += 1;
  }
  const faults = person.faults.map((fault) => `${suffix}: ${fault}`);
  found.push(...faults);
  return count;
}

mkdirSync(folder, { recursive: true });
const browser = await openBrowser();
const { company, devices } = await worlds();
const found = [];
let count = 0;
try {
  for (const [filled, device] of Object.entries(devices)) {
    for (const way of ways()) {
      const person = await sit(browser, device, way);
      count += await pictures(person, `${filled}-${way.theme}-${way.language}-${way.width}`, found);
      await person.close();
    }
  }
} finally {
  await browser.close();
  for (const it of [...Object.values(devices), company]) await it.close();
}
writeFileSync(join(folder, "found.txt"), found.map((line) => `${line}\n`).join(""));
for (const line of found) console.log(line);
console.log(`${count} pictures in ${folder}, ${found.length} findings`);
process.exitCode = found.length === 0 ? 0 : 1;
