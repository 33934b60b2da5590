// A long life with a customer: little is drawn at first, and the rest as somebody scrolls to it.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { laptopAlone, sits } from "./world.mjs";

const CALLS = 520;

let laptop;
let id;

before(async () => {
  laptop = await laptopAlone();
  id = await laptop.create("customers", { name: "Nordlys Optikk AS", status: { status: "lead" }, type: "business" });
  for (let at = 0; at < CALLS; at += 1) {
    const told = { type: "call", subject: `Call ${at}`, interactionDate: Date.now() - at * 86_400_000 };
    await laptop.create("interactions", { customerId: id, ...told });
  }
});

test("older entries are drawn as their end comes near, down to the first one", async () => {
  const marit = await sits(laptop, { path: `/customers/${id}` });
  const entries = marit.page.getByRole("region", { name: "History" }).getByRole("article");
  await marit.sees("Call 0");
  const first = await entries.count();
  assert.ok(first >= 20 && first <= 40, `${first} entries are drawn before anybody scrolls`);
  await marit.seesNo(`Call ${CALLS - 1}`);
  for (let pages = 0; pages < 60 && (await entries.count()) < CALLS; pages += 1) {
    await entries.last().scrollIntoViewIfNeeded();
    await marit.page.waitForTimeout(100);
  }
  await marit.sees(`Call ${CALLS - 1}`);
  assert.equal(await entries.count(), CALLS);
  await marit.seesNo("older");
  await marit.findsItAccessible();
  marit.assertNothingWentWrong();
});
