// From a customer's page to the phone, the mail program and the map, and back to what is written down about it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { laptopAlone, sits } from "./world.mjs";

test("who rings somebody up is offered to log the call with that person", async () => {
  const laptop = await laptopAlone();
  const address = { street: "Strandgaten 4", city: "Bergen", state: "", zipCode: "5013", country: "NO" };
  const customerId = await laptop.create("customers", {
    name: "Nordlys Optikk",
    status: { status: "lead" },
    type: "business",
    email: "post@nordlys.example",
    address,
  });
  await laptop.create("contacts", { customerId, firstName: "Karin", lastName: "Lind", isPrimary: true });
  const told = { customerId, firstName: "Ola", lastName: "Berg", phone: "+47 912 34 567", isPrimary: false };
  const ola = await laptop.create("contacts", told);
  const marit = await sits(laptop, { path: `/customers/${customerId}` });
  const link = (name) => marit.page.getByRole("link", { name, exact: true });
  await marit.sees(link("Call +47 912 34 567"));
  assert.equal(await link("Call +47 912 34 567").getAttribute("href"), "tel:+4791234567");
  assert.equal(await link("Write to post@nordlys.example").getAttribute("href"), "mailto:post@nordlys.example");
  const route = link("Show Strandgaten 4, 5013 Bergen, NO on the map");
  assert.match(await route.getAttribute("href"), /^https:\/\/www\.openstreetmap\.org\/search\?query=Strandgaten/);
  await marit.findsItAccessible();
  // The window hands the link over and stays; an ordinary browser would have to have a phone.
  await marit.page.evaluate(() => addEventListener("click", (event) => event.preventDefault()));
  await link("Call +47 912 34 567").press("Enter");
  await marit.hasFocusOn(marit.field("Subject"));
  await marit.type("Frames");
  await marit.press("Control+Enter");
  await marit.sees("Call saved.");
  const page = await laptop.call("customers.page", { id: customerId });
  assert.deepEqual([page.interactions[0].type, page.interactions[0].contactId], ["call", ola]);
  marit.assertNothingWentWrong();
});
