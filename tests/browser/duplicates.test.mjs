// One company that was typed in twice becomes one customer, and two again: by keys alone, on the real core.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { laptopAlone, sits } from "./world.mjs";

let laptop;
const ids = {};

async function customer(name, more, person, call) {
  const id = await laptop.create("customers", { name, status: { status: "lead" }, type: "business", ...more });
  await laptop.create("contacts", { customerId: id, firstName: "", lastName: person, isPrimary: true });
  if (call) {
    const told = { type: "call", subject: call, interactionDate: Date.now() };
    await laptop.create("interactions", { customerId: id, ...told });
  }
  return id;
}

before(async () => {
  laptop = await laptopAlone();
  ids.old = await customer("Nordlys Optikk AS", { phone: "+47 912 34 567" }, "Lind", "Asked for frames");
  ids.twin = await customer("Nordlys Optik", { phone: "91234567", website: "https://nordlys.example" }, "Berg");
  await customer("Bäckerei Huber", {}, "Huber");
});

const page = (id) => laptop.call("customers.page", { id });

test("who types a customer that is there already is told, and goes to it", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  await marit.press("c");
  await marit.type("Nordlis Optikk GmbH");
  await marit.sees("Looks like a customer that is there already:");
  await marit.sees(marit.button("Nordlys Optikk AS"));
  await marit.findsItAccessible();
  await marit.page.keyboard.press("Control+a");
  await marit.type("Zumtobel");
  await marit.seesNo("Looks like a customer that is there already:");
  marit.assertNothingWentWrong();
});

test("two are merged field by field, everything comes along, and Ctrl Z parts them", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  await marit.press("v", "d");
  await marit.sees(marit.heading("Duplicates"));
  await marit.sees("These may be one customer: similar name, same phone.");
  await marit.findsItAccessible();
  await marit.page.getByRole("radio", { name: "Nordlys Optik", exact: true }).check();
  await marit.press("Control+Enter");
  await marit.sees("Nordlys Optik merged into Nordlys Optikk AS.");
  await marit.sees("No duplicates");
  let merged = await page(ids.old);
  assert.equal(merged.customer.record.name, "Nordlys Optik");
  assert.equal(merged.customer.record.website, "https://nordlys.example");
  assert.deepEqual(merged.contacts.map((one) => [one.lastName, one.isPrimary]).sort(), [
    ["Berg", false],
    ["Lind", true],
  ]);
  await marit.press("Control+z");
  await marit.sees("These may be one customer");
  merged = await page(ids.old);
  assert.deepEqual([merged.customer.record.name, merged.contacts.length], ["Nordlys Optikk AS", 1]);
  await marit.press("2", "Control+Enter");
  await marit.sees("Nordlys Optikk AS merged into Nordlys Optik.");
  assert.equal((await page(ids.twin)).interactions[0].subject, "Asked for frames");
  marit.assertNothingWentWrong();
});

test("a merged customer is parted again from the history of the other, and from the trash", async () => {
  const marit = await sits(laptop, { path: `/customers/${ids.twin}` });
  await marit.press("y");
  await marit.sees("Merged into this one");
  await marit.findsItAccessible();
  await marit.page.getByRole("button", { name: "Part again: Nordlys Optikk AS" }).press("Enter");
  await marit.sees("Nordlys Optikk AS is a customer of its own again.");
  assert.equal((await page(ids.old)).interactions.length, 1);
  await laptop.call("customers.merge", { into: ids.old, from: ids.twin });
  await marit.goes("/trash");
  await marit.sees("Merged into Nordlys Optikk AS");
  await marit.page.getByRole("button", { name: "Restore Nordlys Optik" }).press("Enter");
  await marit.sees("Nordlys Optik restored.");
  assert.equal((await page(ids.twin)).contacts[0].lastName, "Berg");
  marit.assertNothingWentWrong();
});

test("two that are said to be two are not shown again", async () => {
  const marit = await sits(laptop, { path: "/customers/duplicates" });
  await marit.sees("These may be one customer");
  await marit.press("d");
  await marit.sees("Kept as two customers.");
  await marit.sees("No duplicates");
  await marit.press("Control+z");
  await marit.sees("These may be one customer");
  marit.assertNothingWentWrong();
});
