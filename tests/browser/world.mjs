// What a story needs, closed at the end of its file: a company, laptops, and people in front of them.
import { after } from "node:test";
import { openBrowser } from "./browser.mjs";
import { sit } from "./person.mjs";
import { Company, Device } from "./processes.mjs";

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
export const sits = async (device, how = {}) => closes(await sit(await theBrowser(), device, how));
