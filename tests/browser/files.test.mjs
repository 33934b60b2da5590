// Files come in by a drop and go out as a workbook that comes in again.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { laptopAlone, sits } from "./world.mjs";

let folder;
let laptop;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "rapport-files-"));
  laptop = await laptopAlone();
});
after(() => rmSync(folder, { recursive: true, force: true }));

/** Drops a file of this content on the screen. */
async function drops(person, name, bytes) {
  const transfer = await person.page.evaluateHandle(
    ([called, base64]) => {
      const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
      const transfer = new DataTransfer();
      transfer.items.add(new File([bytes], called));
      return transfer;
    },
    [name, bytes.toString("base64")],
  );
  const main = person.page.locator("main");
  await main.dispatchEvent("dragenter", { dataTransfer: transfer });
  await person.sees("Drop to see what would be imported");
  await main.dispatchEvent("drop", { dataTransfer: transfer });
}

const TABLE = `Name,Phone,Estimated value
Nordlys Optikk,0047 912,1200
"=HYPERLINK(""x"")",+47 1,
Fjord Syn,22 33,viel
`;

test("a dropped table shows what would happen, is imported, and goes out as a workbook that adds nothing again", async () => {
  const marit = await sits(laptop, { path: "/import" });
  await drops(marit, "kunden.csv", Buffer.from(TABLE));
  await marit.sees(marit.heading("Ready to import"));
  await marit.sees("1 was skipped");
  await marit.findsItAccessible();
  await marit.button("Import").press("Enter");
  await marit.sees(marit.heading("Imported"));
  await marit.button("Choose another file").press("Enter");
  const path = join(folder, "kunden.xlsx");
  await laptop.ask("/dialog", { path });
  await marit.button("Excel workbook (.xlsx)…").press("Enter");
  await marit.sees("2 customers written to");
  const workbook = readFileSync(path);
  assert.equal(workbook.subarray(0, 2).toString(), "PK");
  await drops(marit, "kunden.xlsx", workbook);
  await marit.sees(marit.heading("Nothing new in here"));
  await marit.button("Choose another file").press("Enter");
  await drops(marit, "bild.zip", Buffer.from("PK\u0003\u0004 and no workbook"));
  await marit.sees(marit.page.getByRole("alert"));
  marit.assertNothingWentWrong();
});

test("a whole import is taken back with one press", async () => {
  const marit = await sits(laptop, { path: "/import" });
  await drops(marit, "mehr.csv", Buffer.from("Name\nAalto Lasit\nBerg Optik\n"));
  await marit.sees(marit.heading("Ready to import"));
  await marit.button("Import").press("Enter");
  await marit.sees(marit.heading("Imported"));
  await marit.button("Take this import back").press("Enter");
  await marit.sees("2 customers taken back.");
  const { hits } = await laptop.call("search.query", { q: "aalto lasit", limit: 5 });
  assert.deepEqual(hits, []);
  marit.assertNothingWentWrong();
});
