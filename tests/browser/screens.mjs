// Which screens there are: what the rail leads to, what it does not name, and what opens on top of them.

/** What is one address, beside what the rail leads to: its name and where it is. */
const SHAPES = [
  ["customers-board", "/customers?mode=board"],
  ["customers-split", "/customers?mode=split"],
  ["duplicates", "/customers/duplicates"],
  ["quotes-list", "/quotes?as=list"],
  ["order-new", "/orders/new"],
  ["inbox-merges", "/inbox?part=merges"],
  ["inbox-waiting", "/inbox?part=waiting"],
  ["inbox-devices", "/inbox?part=devices"],
  ["reports-leads", "/reports?what=leads"],
  ["reports-interactions", "/reports?what=interactions"],
  ["reports-activity", "/reports?what=activity"],
];

const CARDS = `BEGIN:VCARD
VERSION:3.0
FN:Karin Lind
ORG:Nordlys Optikk AS
TEL:+47 912 34 567
END:VCARD
BEGIN:VCARD
VERSION:3.0
TITLE:Nobody
END:VCARD
`;

const button = (it, name) => it.page.getByRole("button", { name }).first();

async function importPreview(it) {
  await it.page.locator("textarea").fill(CARDS);
  await button(it, /^(Show what would|Zeigen, was)/).click();
  await it.page.getByRole("heading", { name: /^(Ready to import|Bereit zum Import)/ }).waitFor();
}

async function finds(it, typed) {
  await it.press("Control+k");
  await it.type(typed);
  await it.settles();
}

/** What opens on top of a screen: its name, the screen, how, and what is there then if it is nothing that floats. */
const OPENED = [
  ["palette", "/today", (it) => it.press("Control+k")],
  ["shortcuts", "/today", (it) => it.press("?")],
  ["new-customer", "/customers", (it) => it.press("c")],
  ["sync", "/today", (it) => it.page.locator("footer button").first().click()],
  ["sign-out", "/settings", (it) => button(it, /Sign out|Abmelden/).click()],
  ["name", "/settings", (it) => button(it, /^(Edit name|Namen ändern)/).click()],
  ["company", "/settings", (it) => button(it, /^(Edit company|Firma ändern)/).click()],
  ["licences", "/settings", (it) => button(it, /^(Licences|Lizenzen)/).click()],
  ["diagnostics", "/settings", (it) => button(it, /^(Copy diagnostics|Diagnose)/).click()],
  ["calendar-week", "/calendar", (it) => it.page.getByText(/^(Week|Woche)$/).click(), "h1"],
  ["import-preview", "/import", importPreview, "h1"],
];

/** What opens on top of a screen that has something on it. */
const OPENED_FULL = [
  ["customers-ticked", "/customers", (it) => it.press("x", "j", "x")],
  ["customers-bulk", "/customers", (it) => it.press("x", "j", "x", "s")],
  ["customers-filter", "/customers", (it) => button(it, /^Status$/).click(), '[role="menu"], [role="dialog"]'],
  ["palette-found", "/today", (it) => finds(it, "krause")],
  ["history", ":customer", (it) => it.press("y")],
  ["value", ":customer", (it) => button(it, /^(Value|Wert)/).click()],
  ["next-step", ":customer", (it) => button(it, /^(Next step|Nächster Schritt)/).click()],
  ["add-contact", ":customer", (it) => button(it, /^(Add contact|Kontakt hinzu)/).click()],
  ["inactive", ":customer", (it) => button(it, /^(Inactive|Inaktiv)$/).click()],
  [
    "files",
    ":customer",
    async (it) => {
      await it.page.getByRole("region", { name: /^(Files|Dateien)$/ }).scrollIntoViewIfNeeded();
      await button(it, /^(More about|Mehr zu) .*\.(pdf|xlsx)$/).press("Enter");
    },
    '[role="menu"]',
  ],
  ["quote-verbs", "/quotes?as=list", (it) => button(it, /^(More about|Mehr zu)/).click(), '[role="menu"]'],
];

const FLOATS = '[role="dialog"], [role="listbox"], .shadow-pop';

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
    const { interactionsTotal, quotes, orders, contacts, attachments } = await device.call("customers.page", { id });
    const weight =
      attachments.length * 9 +
      quotes.length * 3 +
      orders.length * 2 +
      Math.min(contacts.length, 3) +
      Math.min(interactionsTotal, 9);
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
  const railed = await person.page.$$eval("nav a[aria-keyshortcuts]", (links) =>
    links.map((link) => link.getAttribute("href").slice(1)),
  );
  const customer = await richest(person.device);
  const records = [
    customer && `/customers/${customer}`,
    ...(await Promise.all(["quotes", "orders"].map((kind) => longest(person.device, kind)))),
  ];
  const paths = [...railed, ...records.filter(Boolean)];
  const { me } = await person.device.call("org.overview");
  const offered = ([name]) => name !== "company" || me.role === "admin";
  const opened = [...OPENED.filter(offered), ...(customer ? OPENED_FULL : [])];
  return [
    ...paths.map((path) => ({ name: screenName(path), path })),
    ...SHAPES.map(([name, path]) => ({ name, path })),
    ...opened.map(([name, path, open, there = FLOATS]) => ({
      name,
      path: path.replace(":customer", `/customers/${customer}`),
      open,
      there,
    })),
  ];
}

/** Goes to a screen and opens what there is to be opened. */
export async function shows(person, { path, open, there }) {
  await person.goes(path);
  if (!open) return;
  await open(person);
  await person.page.locator(there).first().waitFor();
  await person.settles();
}

/** Closes what was opened, so that the next screen begins without it. */
export async function closes(person, { open }) {
  if (!open) return;
  for (let tries = 0; tries < 3; tries += 1) await person.page.keyboard.press("Escape");
  await person.page.mouse.move(0, 0);
}
