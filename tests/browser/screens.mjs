// Which screens there are: what the rail leads to, what it does not name, and what opens on top of them.

/** What is one address, beside what the rail leads to: its name and where it is. */
const SHAPES = [
  ["customers-board", "/customers?mode=board"],
  ["customers-split", "/customers?mode=split"],
  ["quotes-list", "/quotes?as=list"],
  ["order-new", "/orders/new"],
  ["reports-leads", "/reports?what=leads"],
  ["reports-interactions", "/reports?what=interactions"],
  ["reports-activity", "/reports?what=activity"],
];

/** What opens on top of a screen: its name, the screen, and how. */
const OPENED = [
  ["palette", "/today", (it) => it.press("Control+k")],
  ["shortcuts", "/today", (it) => it.press("?")],
  ["new-customer", "/customers", (it) => it.press("c")],
  ["sync", "/today", (it) => it.page.locator("footer button").first().click()],
  ["sign-out", "/settings", (it) => it.page.getByRole("button", { name: /Sign out|Abmelden/ }).click()],
];

/** What opens on top of a screen that has something on it. */
const OPENED_FULL = [
  ["customers-ticked", "/customers", (it) => it.press("x", "j", "x")],
  ["history", ":customer", (it) => it.press("y")],
  ["value", ":customer", (it) => it.page.getByRole("button", { name: /^(Value|Wert)/ }).click()],
  ["add-contact", ":customer", (it) => it.page.getByRole("button", { name: /^(Add contact|Kontakt hinzu)/ }).click()],
];

/** A name for a file: the first word of the address, `customer` for the page of one. */
export function screenName(path) {
  const [first, rest] = path.split("/").filter(Boolean);
  return rest ? first.replace(/s$/, "") : first;
}

/** The customer with the most to show: quotes first, then what was talked about. */
async function richest(device) {
  const { items } = await device.call("records.list", { kind: "customers", limit: 60, sort: "-value" });
  let best = null;
  for (const { _id: id } of items) {
    const { interactionsTotal, quotes, orders, contacts } = await device.call("customers.page", { id });
    const weight =
      quotes.length * 3 + orders.length * 2 + Math.min(contacts.length, 3) + Math.min(interactionsTotal, 9);
    if (!best || weight > best.weight) best = { id, weight };
  }
  return best?.id ?? null;
}

/** The one with the most lines. */
async function longest(device, kind) {
  const { items } = await device.call("sales.list", { kind });
  const [most] = items.toSorted((a, b) => b.items.length - a.items.length);
  return most ? `/${kind}/${most._id}` : null;
}

/** All screens as this window offers them, each with its name, its address and what is done there. */
export async function screensOf(person) {
  await person.goes("/customers");
  const railed = await person.page.$$eval('nav a[href^="#/"]', (links) =>
    links.map((link) => link.getAttribute("href").slice(1)),
  );
  const customer = await richest(person.device);
  const records = [
    customer && `/customers/${customer}`,
    ...(await Promise.all(["quotes", "orders"].map((kind) => longest(person.device, kind)))),
  ];
  const paths = [...railed, ...records.filter(Boolean)];
  const opened = [...OPENED, ...(customer ? OPENED_FULL : [])];
  return [
    ...paths.map((path) => ({ name: screenName(path), path })),
    ...SHAPES.map(([name, path]) => ({ name, path })),
    ...opened.map(([name, path, open]) => ({ name, path: path.replace(":customer", `/customers/${customer}`), open })),
  ];
}

/** Goes to a screen and opens what there is to be opened. */
export async function shows(person, { path, open }) {
  await person.goes(path);
  if (!open) return;
  await open(person);
  await person.page.locator('[role="dialog"], [role="listbox"], .shadow-pop').first().waitFor();
  await person.settles();
}

/** Closes what was opened, so that the next screen begins without it. */
export async function closes(person, { open }) {
  if (!open) return;
  for (let tries = 0; tries < 3; tries += 1) await person.page.keyboard.press("Escape");
}
