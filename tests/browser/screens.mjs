// Which screens there are: what the rail leads to, and what it does not name.
const BESIDE_THE_RAIL = ["/import", "/inbox", "/settings"];

/** The addresses of all screens, as this window offers them; one customer's page among them. */
export async function screensOf(person) {
  await person.goes("/customers");
  const railed = await person.page.$$eval('nav a[href^="#/"]', (links) =>
    links.map((link) => link.getAttribute("href").slice(1)),
  );
  const { items } = await person.device.call("records.list", { kind: "customers", limit: 1 });
  const customer = items.length > 0 ? [`/customers/${items[0]._id}`] : [];
  return [...new Set([...railed, ...BESIDE_THE_RAIL, ...customer])];
}

/** A name for a file: the first word of the address, `customer` for the page of one. */
export function screenName(path) {
  const [first, rest] = path.split("/").filter(Boolean);
  return rest ? first.replace(/s$/, "") : first;
}
