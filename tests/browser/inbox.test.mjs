// What was decided without her, what waits, and where people are signed in.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { company, laptopOf, sits } from "./world.mjs";

const INGRID = "ingrid@halvorsen.example";

let halvorsen;
let hers;
let his;
before(async () => {
  halvorsen = await company(20);
  hers = await laptopOf(halvorsen, INGRID);
  his = await laptopOf(halvorsen, INGRID);
});

const change = async (device, id, phone) => {
  const { record, version } = await device.call("records.get", { kind: "customers", id });
  const units = { phone: { value: phone, base: record.phone, baseVersion: version } };
  await device.call("records.save", { changes: [{ kind: "customers", id, op: "put", units }] });
};

const synced = async (device) => {
  await device.call("sync.now");
  for (let tries = 0; tries < 100; tries += 1) {
    const { waiting, phase } = await device.call("sync.status");
    if (waiting === 0 && phase === "idle") return;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.fail("it does not come to rest");
};

/** A save, or a round of sync, takes a moment. */
const shows = async (device, id, phone) => {
  let shown = null;
  for (let tries = 0; tries < 100 && shown !== phone; tries += 1) {
    shown = (await device.call("records.get", { kind: "customers", id })).record.phone;
    await new Promise((done) => setTimeout(done, 100));
  }
  assert.equal(shown, phone);
};

test("a value that did not stand is told, and one press takes it back", async () => {
  await synced(hers);
  await synced(his);
  const { items } = await hers.call("records.list", { kind: "customers", limit: 1 });
  const { _id: id, name } = items[0];
  for (const device of [hers, his]) await device.call("sync.workOffline", { on: true });
  await change(hers, id, "+47 111");
  await new Promise((done) => setTimeout(done, 3_000));
  await change(his, id, "+47 222");
  const waits = await hers.call("sync.waiting");
  assert.equal(waits.items[0].name, name);
  const ingrid = await sits(hers, { path: "/inbox?part=waiting" });
  await ingrid.sees(name);
  await ingrid.findsItAccessible();
  await his.call("sync.workOffline", { on: false });
  await synced(his);
  await hers.call("sync.workOffline", { on: false });
  await synced(hers);
  await ingrid.sees("All your work is on the server");
  await ingrid.page.getByRole("button", { name: "Decided automatically" }).click();
  await ingrid.sees("+47 111");
  await ingrid.sees("+47 222");
  await ingrid.findsItAccessible();
  // Which of the two is the later one is decided by clocks that are measured over the wire; here it is the way back that counts.
  const [{ lost }] = (await hers.call("sync.merges")).items;
  await ingrid.page
    .getByRole("button", { name: /Bring back/ })
    .first()
    .click();
  await shows(hers, id, lost);
  await synced(hers);
  await his.call("sync.now");
  await shows(his, id, lost);
  ingrid.assertNothingWentWrong();
});

test("an administrator sees everybody's devices and signs one out", async () => {
  const ingrid = await sits(hers, { path: "/inbox?part=devices" });
  await ingrid.sees("this one");
  const rows = ingrid.page.getByRole("row");
  await ingrid.sees(rows.nth(2));
  assert.equal(await rows.count(), 3);
  await ingrid.findsItAccessible();
  await ingrid.page
    .getByRole("button", { name: /^Sign out / })
    .first()
    .click();
  await ingrid.sees("Sign out");
  await ingrid.page.getByRole("dialog").getByRole("button", { name: "Sign out", exact: true }).click();
  await ingrid.sees("was signed out.");
  await ingrid.sees(ingrid.page.getByText(/^signed out/));
  ingrid.assertNothingWentWrong();
});
