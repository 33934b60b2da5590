// The first minute, with nothing but the keyboard, in both languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fits } from "./looks.mjs";
import { newLaptop, sits } from "./world.mjs";

const WORDS = {
  en: {
    how: "How do you want to start?",
    name: "Name",
    company: "Company",
    start: "Start empty",
    none: "No customers yet",
  },
  de: {
    how: "Wie möchten Sie beginnen?",
    name: "Name",
    company: "Firma",
    start: "Leer beginnen",
    none: "Noch keine Kunden",
  },
};

for (const [language, words] of Object.entries(WORDS)) {
  test(`somebody new starts on this device alone, by keyboard, in ${language}`, async () => {
    const marit = await sits(await newLaptop(), { language, width: 1024 });
    await marit.sees(marit.heading(words.how));
    await marit.findsItAccessible();
    await fits(marit.page);
    for (let tabs = 0; !(await isOn(marit, words.name)); tabs += 1) {
      assert.ok(tabs < 20, "Tab reaches the name");
      await marit.press("Tab");
    }
    await marit.type("Marit Solheim");
    await marit.press("Tab");
    await marit.type("Solheim");
    await marit.press("Enter");
    // The app opens on Today, which says how to begin.
    await marit.sees(marit.heading(words.none));
    await marit.findsItAccessible();
    await fits(marit.page);
    marit.assertNothingWentWrong();
  });
}

test("what is missing is named in its field, and the hand is led there", async () => {
  const marit = await sits(await newLaptop());
  await marit.field("Name").focus();
  await marit.press("Enter");
  await marit.hasFocusOn(marit.field("Name"));
  assert.equal(await marit.field("Name").getAttribute("aria-invalid"), "true");
  marit.assertNothingWentWrong();
});

test("a server that cannot be reached leads on, and what was typed is still there", async () => {
  const marit = await sits(await newLaptop());
  await marit.field("Server").fill("127.0.0.1:9");
  await marit.field("E-mail").fill("marit@halvorsen.example");
  await marit.field("Password").fill("whatever it is");
  await marit.press("Enter");
  await marit.sees(marit.page.getByRole("alert"));
  assert.equal(await marit.field("Server").inputValue(), "127.0.0.1:9");
  assert.equal(await marit.field("E-mail").inputValue(), "marit@halvorsen.example");
  await marit.findsItAccessible();
  marit.assertNothingWentWrong();
});

function isOn(person, name) {
  return person.page.evaluate((label) => document.activeElement?.labels?.[0]?.textContent === label, name);
}

test("somebody looks around in a made-up company by one key, and leaves it by one press", async () => {
  const device = await newLaptop();
  const marit = await sits(device);
  await marit.hasFocusOn(marit.button("Look around"));
  await marit.press("Enter");
  await marit.sees("This company is made up.");
  await marit.findsItAccessible();
  assert.equal((await device.call("session.status")).sample, true);
  await marit.goes("/inbox");
  await marit.sees("Keep mine");
  await marit.press("g", "c");
  await marit.sees(marit.page.getByRole("grid").first());
  await fits(marit.page);
  await marit.button("Leave and start for real").click();
  await marit.sees(marit.heading("How do you want to start?"));
  assert.equal((await device.call("session.status")).state, "none");
  marit.assertNothingWentWrong();
});
