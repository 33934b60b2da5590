// The laptops that the pictures are taken of: full, empty, with names as long as they may be, and new.
import { Company, Device } from "./processes.mjs";

const LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft";
const DAY_MS = 86_400_000;
const today = () => Math.floor(Date.now() / DAY_MS) * DAY_MS;

function line(description, quantity, unitPrice, more = {}) {
  return { lineId: crypto.randomUUID(), description, quantity, unitPrice, ...more };
}

/** Everything that a screen shows of somebody is as long as it may be. */
async function withLongNames(device) {
  await device.call("session.startLocal", { name: `Hildegard-Annegret ${LONG}`, company: `${LONG} GmbH & Co. KG` });
  const { me } = await device.call("org.overview");
  await views(device, [LONG, `${LONG} und alles, was dazugehört`]);
  for (const ending of [
    "AG",
    "GmbH & Co. Kommanditgesellschaft auf Aktien",
    "mit sehr vielen Worten im Namen ".repeat(3).trim(),
  ]) {
    const name = `${LONG} ${ending}`;
    const address = { street: LONG, city: LONG, state: "", zipCode: "12345-67890", country: "DE" };
    const customerId = await device.create("customers", {
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
    await withFiles(device, customerId, [`${LONG} ${ending.slice(0, 40)}.pdf`]);
    await device.create("contacts", { customerId, firstName: LONG, lastName: LONG, title: LONG, isPrimary: true });
    for (const type of ["call", "meeting"]) {
      const told = { subject: name.slice(0, 190), description: `${name} `.repeat(10), assignedTo: me._id };
      const followUp = { requiresFollowUp: true, followUpDate: today() + (type === "call" ? -2 : 1) * DAY_MS };
      await device.create("interactions", {
        customerId,
        type,
        ...told,
        interactionDate: Date.now() - DAY_MS,
        followUp,
      });
    }
    const items = {
      items: [line(name.slice(0, 190), 1_234.5, 8_765_432.19, { sku: LONG.slice(0, 40), taxRate: 19 })],
      discountAmount: 1_234.56,
      currency: "EUR",
      subtotal: null,
      taxAmount: null,
      totalAmount: null,
    };
    await device.create("orders", { customerId, orderDate: Date.now(), items });
    const subject = name.slice(0, 190);
    await device.create("quotes", { customerId, subject, validUntil: today() + 5 * DAY_MS, items });
  }
}

const NO_SUMS = { discountAmount: null, currency: "EUR", subtotal: null, taxAmount: null, totalAmount: null };

/** Two quotes that were sent and expire in days, and one that is still written. */
async function quoted(device) {
  const { me } = await device.call("org.overview");
  const { items } = await device.call("records.list", { kind: "customers", limit: 40, sort: "-value" });
  const own = items.filter((one) => one.status === "active" && one.assignedTo === me._id);
  const reached = own.filter((one) => one.primaryContactId !== null);
  for (const [index, { _id: customerId }] of reached.slice(0, 3).entries()) {
    const lines = [
      line("Confocal stage, motorised", 2, 4_280, { sku: "HO-031", taxRate: 19 }),
      line("Calibration on site", 1, 950 + index * 400, { taxRate: 19 }),
    ];
    const validUntil = today() + (index * 3 + 2) * DAY_MS;
    const subject = ["Stages for the second line", "Renewal with calibration", "Pilot of the new stage"][index];
    const id = await device.create("quotes", { customerId, subject, validUntil, items: { items: lines, ...NO_SUMS } });
    if (index === 0) await withFiles(device, customerId, ["Grundriss Halle 2.pdf", "Preisliste 2026.xlsx"]);
    if (index < 2) await device.call("quotes.act", { id, verb: "send", with: { channel: "handed over" } });
  }
}

/** Files beside a customer: sent, and one that waits. */
async function withFiles(device, customerId, names) {
  for (const [index, name] of names.entries()) {
    const content = Buffer.alloc(40_000 * (index * 9 + 1), `${name} `).toString("base64");
    await device.call("attachments.add", { customerId, name, mime: "", content });
  }
}

/** Views that somebody keeps. */
async function views(device, names) {
  const definitions = [
    { status: ["lead"], owner: "me" },
    { status: ["active"], sort: "-value" },
    { owner: "none" },
    { status: ["prospect"], mode: "board" },
  ];
  for (const [index, name] of names.entries()) {
    await device.create("saved_views", {
      name,
      recordKind: "customers",
      definition: definitions[index],
      shared: false,
    });
  }
}

/** Changes a unit of a record from what it is now. */
async function changes(device, kind, id, unit, make) {
  const { record, version } = await device.call("records.get", { kind, id });
  const { base, value } = make(record);
  const units = { [unit]: { value, base, baseVersion: version } };
  await device.call("records.save", { changes: [{ kind, id, op: "put", units }] });
}

/** Some follow-ups are for a time of their day. */
async function timed(device) {
  const { followUps, day } = await device.call("today.page");
  const own = followUps.filter((one) => one.kind === "interactions" && one.day !== null);
  const moved = [0, 0, 0, 1, 4];
  for (const [index, one] of own.slice(2, 2 + moved.length).entries()) {
    const minute = [9 * 60 + 30, 14 * 60, 16 * 60 + 15, 10 * 60, 11 * 60 + 45][index];
    await changes(device, "interactions", one.id, "followUp", (record) => {
      const { requiresFollowUp, followUpDate, followUpHasTime, followUpNotes, followUpDoneAt } = record;
      const base = { requiresFollowUp, followUpDate, followUpHasTime, followUpNotes, followUpDoneAt };
      const date = day + moved[index] * DAY_MS + minute * 60_000;
      return { base, value: { ...base, followUpDate: date, followUpHasTime: true } };
    });
  }
}

/** What only comes of use: quotes on their way, something in the trash, and a card that needs a decision. */
async function inUse(device, company) {
  await quoted(device);
  await timed(device);
  await views(device, ["My leads", "Most valuable", "Nobody's", "Prospects"]);
  const other = await Device.open(company.link("jonas@halvorsen.example"));
  try {
    await device.call("sync.workOffline", { on: true });
    const customer = { status: { status: "lead" }, type: "business" };
    await other.create("customers", { name: "Fjordlys Optikk", ...customer });
    await other.call("sync.now");
    await device.create("customers", { name: "FJORDLYS OPTIKK", ...customer, phone: "+47 22 33 44 55" });
    await device.call("sync.workOffline", { on: false });
    await device.call("sync.now");
    for (const name of ["Blåkollen Brille AS", "Sehzentrum am Markt"]) {
      const id = await device.create("customers", { name, ...customer });
      await device.call("records.save", { changes: [{ kind: "customers", id, op: "delete", units: {} }] });
    }
    await device.call("sync.now");
  } finally {
    await other.close();
  }
}

/** All of them, and what they need; whoever opens closes. */
export async function worlds() {
  const company = await Company.found(300);
  const full = await Device.open(company.link());
  await inUse(full, company);
  const empty = await Device.open();
  await empty.call("session.startLocal", { name: "Marit Solheim", company: "Solheim" });
  const long = await Device.open();
  await withLongNames(long);
  const fresh = await Device.open();
  const rescued = "/home/marit/.local/share/rapport/rescued/rapport-K7-1777896000000.json";
  const gone = await Device.open(null, { revoked: true, rescued, lastServer: company.url });
  return { company, devices: { full, empty, long, fresh, gone } };
}
