// Files beside a customer: added by a button and by a drop, kept on the laptop, sent, fetched by a colleague, and taken back.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { company, laptopOf, sits } from "./world.mjs";

const MARIT = "marit@halvorsen.example";
const OFFER = Buffer.from("The price of the confocal stage is 4,280 euros.");
const MB = 1024 * 1024;

let halvorsen;
let laptop;
let customer;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "rapport-files-"));
  halvorsen = await company(20);
  laptop = await laptopOf(halvorsen, MARIT);
  const { me } = await laptop.call("org.overview");
  customer = await laptop.create("customers", {
    name: "Nordlys Optikk",
    status: { status: "lead" },
    type: "business",
    assignedTo: me._id,
  });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const panel = (person) => person.page.getByRole("region", { name: "Files" });
const row = (person, name) => panel(person).getByRole("listitem").filter({ hasText: name });

async function adds(person, ...files) {
  await panel(person).locator("input[type=file]").setInputFiles(files);
}

async function choosesOf(person, name, item) {
  await person.page.getByRole("button", { name: `More about ${name}` }).press("Enter");
  await person.page.getByRole("menuitem", { name: item }).press("Enter");
}

test("a file that is added waits, is sent, can be saved elsewhere, deleted and brought back", async () => {
  const marit = await sits(laptop, { path: `/customers/${customer}` });
  await marit.sees("No files yet. Add one, or drop it on this page.");
  await laptop.call("sync.workOffline", { on: true });
  await adds(marit, { name: "Angebot.txt", mimeType: "text/plain", buffer: OFFER });
  await marit.sees("1 file added.");
  await marit.sees(row(marit, "Angebot.txt").getByText("On this laptop, waits to be sent"));
  await marit.findsItAccessible();
  await laptop.call("sync.workOffline", { on: false });
  await marit.sees(row(marit, "Angebot.txt").getByText("On this laptop", { exact: true }));
  const path = join(folder, "saved.txt");
  await laptop.ask("/dialog", { path });
  await choosesOf(marit, "Angebot.txt", "Save as…");
  await marit.sees("Saved to");
  assert.deepEqual(readFileSync(path), OFFER);
  await choosesOf(marit, "Angebot.txt", "Delete");
  await marit.sees("Angebot.txt moved to trash.");
  await marit.seesNo(row(marit, "Angebot.txt"));
  await marit.press("Control+z");
  await marit.sees(row(marit, "Angebot.txt"));
  marit.assertNothingWentWrong();
});

test("files are dropped on the page; what is too large or empty is refused by its name, and the others are taken", async () => {
  const marit = await sits(laptop, { path: `/customers/${customer}` });
  await marit.sees(row(marit, "Angebot.txt"));
  const transfer = await marit.page.evaluateHandle(
    (large) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(["x".repeat(2000)], "Grundriss.pdf", { type: "application/pdf" }));
      transfer.items.add(new File([new Uint8Array(large)], "Film.mov"));
      transfer.items.add(new File([], "leer.txt"));
      return transfer;
    },
    25 * MB + 1,
  );
  const main = marit.page.locator("main");
  await main.dispatchEvent("dragenter", { dataTransfer: transfer });
  await marit.sees("Drop to add beside Nordlys Optikk");
  await main.dispatchEvent("drop", { dataTransfer: transfer });
  await marit.seesNo("Drop to add beside Nordlys Optikk");
  await marit.sees(row(marit, "Grundriss.pdf"));
  await marit.sees("was not added: a file is at most 25 MB.");
  await marit.sees("was not added: it is empty.");
  await marit.findsItAccessible();
  await marit.press("Control+z");
  await marit.seesNo(row(marit, "Grundriss.pdf"));
  marit.assertNothingWentWrong();
});

test("a colleague sees it on the server, keeps a copy, and reads it without a network", async () => {
  const hers = await laptopOf(halvorsen, "ingrid@halvorsen.example");
  const ingrid = await sits(hers, { path: `/customers/${customer}` });
  await ingrid.sees(row(ingrid, "Angebot.txt").getByText("On the server"));
  await choosesOf(ingrid, "Angebot.txt", "Keep on this laptop");
  await ingrid.sees(row(ingrid, "Angebot.txt").getByText("Kept on this laptop"));
  await halvorsen.shut();
  const { items } = await hers.call("attachments.list", { customerId: customer });
  const { path } = await hers.call("attachments.open", { id: items[0]._id });
  assert.deepEqual(readFileSync(path), OFFER);
  await choosesOf(ingrid, "Angebot.txt", "Remove from this laptop");
  await ingrid.sees(row(ingrid, "Angebot.txt").getByText("On the server"));
  await row(ingrid, "Angebot.txt").getByRole("button", { name: "Angebot.txt", exact: true }).press("Enter");
  await ingrid.sees("the server cannot be reached");
  await halvorsen.open();
  ingrid.assertNothingWentWrong();
});
