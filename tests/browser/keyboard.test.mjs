// A day's work without the mouse, on a laptop that is signed in to its company.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { company, laptopOf, sits } from "./world.mjs";

let halvorsen;
let laptop;
before(async () => {
  halvorsen = await company(40);
  laptop = await laptopOf(halvorsen);
});

test("a company is typed into the palette, made with a contact, called, and followed up", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  await marit.press("Control+k");
  await marit.type("Nordlys Optikk");
  await marit.sees(marit.page.getByRole("option", { name: /Create customer/ }));
  await marit.press("End", "Enter");
  await marit.hasFocusOn(marit.field("Name"));
  await tabTo(marit, "First name");
  await marit.type("Karin");
  await tabTo(marit, "Last name");
  await marit.type("Lind");
  await tabTo(marit, "Contact’s phone");
  await marit.type("+47 912 34 567");
  await marit.press("Control+Enter");
  await marit.sees("Nordlys Optikk created.");
  await marit.settles();
  await marit.press("l");
  await marit.hasFocusOn(marit.field("Subject"));
  await marit.type("Asked for frames");
  // `f` alone would plan something of its own; the follow-up of this call is reached by Tab, and 3 is in three days.
  for (let tabs = 0; !(await isWithin(marit, "Follow-up")); tabs += 1) {
    assert.ok(tabs < 8, "Tab reaches the follow-up");
    await marit.press("Tab");
  }
  // At once: who types fast waits for no screen.
  const moved = await marit.page.evaluate(async () => {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "3", bubbles: true, cancelable: true }));
    // What the key changed is drawn by then; no frame was.
    await new Promise((done) => queueMicrotask(() => queueMicrotask(done)));
    return document.activeElement.closest("form") !== null;
  });
  assert.ok(moved, "the focus is in the form before the next key is pressed");
  await marit.press("Control+Enter");
  await marit.sees("Call saved.");
  await marit.sees(marit.button("Mark done"));
  await marit.findsItAccessible();
  marit.assertNothingWentWrong();

  const [customer] = (await laptop.call("search.query", { q: "nordlys optikk", limit: 5 })).hits;
  const page = await laptop.call("customers.page", { id: customer.customerId });
  assert.equal(page.contacts[0].phone, "+47 912 34 567");
  assert.equal(page.interactions[0].subject, "Asked for frames");
  assert.equal(page.interactions[0].requiresFollowUp, true);
});

test("on Today `f` begins a follow-up of the customer under the cursor, with a day and words", async () => {
  const marit = await sits(laptop, { path: "/today" });
  const row = marit.page.locator("[data-row]").first();
  await marit.sees(row);
  const link = await row.locator('a[href*="/customers/"]').first().getAttribute("href");
  const id = link.split("/").at(-1);
  await marit.press("f");
  await marit.page.waitForFunction(
    () => document.activeElement?.closest('[role="group"]')?.getAttribute("aria-label") === "Follow-up",
  );
  await marit.press("3");
  await marit.type("Ask about the frames");
  await marit.press("Control+Enter");
  await marit.sees("Follow-up planned.");
  const page = await laptop.call("customers.page", { id });
  const planned = page.interactions.find((one) => one.subject === "Ask about the frames");
  assert.ok(planned.interactionDate > Date.now() && planned.requiresFollowUp);
  await marit.press("Escape");
  await marit.goes("/today");
  await marit.press("n");
  await marit.hasFocusOn(marit.field("Subject"));
  marit.assertNothingWentWrong();
});

test("a name is changed, undone and made again; the store agrees each time", async () => {
  const id = await laptop.create("customers", {
    name: "Undo Optik",
    status: { status: "prospect" },
    type: "individual",
  });
  const stored = async () => (await laptop.call("records.get", { kind: "customers", id })).record.name;
  const marit = await sits(laptop, { path: `/customers/${id}` });
  await marit.page.getByRole("button", { name: /Edit Name/ }).press("Enter");
  await marit.page.keyboard.press("Control+a");
  await marit.type("Redo Optik");
  await marit.press("Enter");
  await marit.sees(marit.page.getByRole("button", { name: /Edit Name: Redo Optik/ }));
  await marit.press("Control+z");
  await marit.sees(marit.page.getByRole("button", { name: /Edit Name: Undo Optik/ }));
  assert.equal(await stored(), "Undo Optik");
  await marit.press("Control+Shift+z");
  await marit.sees(marit.page.getByRole("button", { name: /Edit Name: Redo Optik/ }));
  assert.equal(await stored(), "Redo Optik");
  marit.assertNothingWentWrong();
});

test("in the list j and k move, Enter opens, Escape comes back to the same row", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  await marit.press("j", "j");
  await marit.press("Enter");
  await marit.sees(marit.button("Log call"));
  const opened = await marit.page.getByRole("button", { name: /Edit Name/ }).getAttribute("aria-label");
  await marit.press("Escape");
  await marit.sees(marit.heading("Customers"));
  await marit.settles();
  await marit.press("Enter");
  await marit.sees(marit.page.getByRole("button", { name: opened, exact: true }));
  marit.assertNothingWentWrong();
});

test("a quote in the history of a customer leads to its page, and Escape comes back to the customer", async () => {
  const { items } = await laptop.call("sales.list", { kind: "quotes" });
  const quote = items[0];
  const marit = await sits(laptop, { path: "/today" });
  await marit.goes(`/customers/${quote.customerId}`);
  await marit.page
    .getByRole("link", { name: new RegExp(`^Quote ${quote.quoteNumber}`) })
    .first()
    .press("Enter");
  await marit.sees(marit.heading(quote.quoteNumber));
  await marit.press("Escape");
  await marit.sees(marit.button("Log call"));
  // Where the window opened on the quote itself, Escape goes to the list.
  const jonas = await sits(laptop, { path: `/quotes/${quote._id}` });
  await jonas.sees(jonas.heading(quote.quoteNumber));
  await jonas.press("Escape");
  await jonas.sees(jonas.heading("Quotes"));
  marit.assertNothingWentWrong();
  jonas.assertNothingWentWrong();
});

test("keys do nothing while somebody types, and the sheet lists them", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  await marit.press("Control+k");
  await marit.type("g s c l ?");
  await marit.sees(marit.page.getByRole("combobox"));
  assert.equal(await marit.page.getByRole("combobox").inputValue(), "g s c l ?");
  await marit.press("Escape");
  await marit.press("?");
  await marit.sees(marit.heading("Keyboard shortcuts"));
  await marit.findsItAccessible();
  await marit.press("Escape");
  await marit.seesNo(marit.heading("Keyboard shortcuts"));
  marit.assertNothingWentWrong();
});

test("without a network the work is kept, is said to wait, and reaches the colleague", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  await halvorsen.shut();
  await marit.press("c");
  await marit.hasFocusOn(marit.field("Name"));
  await marit.type("Fjord Syn");
  await marit.press("Control+Enter");
  await marit.sees("Fjord Syn created.");
  await marit.press("Control+Shift+s");
  await marit.sees(marit.page.getByRole("status").filter({ hasText: "Offline" }));
  await halvorsen.open();
  await marit.press("Control+Shift+s");
  await marit.sees(marit.page.getByRole("status").filter({ hasText: "All saved" }));

  const jonas = await sits(await laptopOf(halvorsen, "ingrid@halvorsen.example"), {
    path: "/customers",
    language: "de",
  });
  await jonas.press("Control+k");
  await jonas.type("fjord syn");
  await jonas.sees(jonas.page.getByRole("option", { name: /Fjord Syn/ }));
  marit.assertNothingWentWrong();
  jonas.assertNothingWentWrong();
});

function isWithin(person, group) {
  return person.page.evaluate(
    (name) => document.activeElement?.closest('[role="group"]')?.getAttribute("aria-label") === name,
    group,
  );
}

/** Tab, until the focus is in the field of this name. */
async function tabTo(person, label) {
  const isThere = () =>
    person.page.evaluate((name) => document.activeElement?.labels?.[0]?.textContent === name, label);
  for (let tabs = 0; !(await isThere()); tabs += 1) {
    assert.ok(tabs < 25, `Tab reaches ${label}`);
    await person.press("Tab");
  }
}
