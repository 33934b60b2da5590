// What people and other systems put into fields: nothing of it runs, nothing of it breaks a screen.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fits } from "./looks.mjs";
import { screensOf } from "./screens.mjs";
import { laptopAlone, sits } from "./world.mjs";

const SCRIPT = `"><img src=x onerror="window.ran=1"><script>window.ran=1</script><svg onload=window.ran=1>{{constructor}}`;
const RTL = "‮שלום بالعالم‬ Ltd";
const EMOJI = "👩‍👩‍👧‍👦 Ñandú 𝕏 ﷽ Z̸͓͛a̷͖͝l̴̪̾g̶̰̈o̵̭͝";

let laptop;
before(async () => {
  laptop = await laptopAlone();
});

async function customer(name, more = {}) {
  return laptop.create("customers", { name, status: { status: "prospect" }, type: "business", ...more });
}

test("markup and script in every field are shown as text and never run", async () => {
  const address = { street: SCRIPT, city: SCRIPT, state: "", zipCode: "1", country: "NO" };
  const id = await customer(`A ${SCRIPT}`, {
    notes: SCRIPT,
    industry: SCRIPT,
    source: SCRIPT,
    companyName: SCRIPT,
    address,
    [`tags/${SCRIPT.slice(0, 40)}`]: true,
  });
  await laptop.create("contacts", {
    customerId: id,
    firstName: SCRIPT,
    lastName: SCRIPT,
    title: SCRIPT,
    department: SCRIPT,
    notes: SCRIPT,
    isPrimary: true,
  });
  const { me } = await laptop.call("org.overview");
  await laptop.create("interactions", {
    customerId: id,
    type: "call",
    subject: SCRIPT,
    description: SCRIPT,
    outcome: SCRIPT,
    assignedTo: me._id,
    interactionDate: Date.now(),
  });
  const marit = await sits(laptop, { path: "/customers" });
  await marit.sees(`A ${SCRIPT}`);
  for (const { path, open } of await screensOf(marit)) if (!open) await marit.goes(path);
  await marit.goes(`/customers/${id}`);
  await marit.sees(SCRIPT);
  await marit.press("Control+k");
  await marit.type("onerror");
  await marit.sees(marit.page.getByRole("option").filter({ hasText: "onerror" }));
  await marit.settles();
  assert.equal(await marit.page.evaluate(() => window.ran), undefined);
  assert.equal(await marit.page.locator("img[src=x], svg[onload]").count(), 0, "markup became elements");
  marit.assertNothingWentWrong();
});

test("even a script that got into the page would not run: the policy refuses it", async () => {
  const marit = await sits(laptop, { path: "/customers" });
  const refused = await marit.page.evaluate(async () => {
    const seen = [];
    document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
    const script = document.createElement("script");
    script.textContent = "window.ran = 1";
    document.body.append(script);
    const host = document.createElement("div");
    host.innerHTML = `<img src="https://example.invalid/x.png" onerror="window.ran=1"><p style="color:red">x</p>`;
    document.body.append(host);
    await fetch("https://example.invalid/").catch(() => {});
    // Later, since what a test evaluates by itself is free of the policy.
    const evaluated = new Promise((done) => {
      setTimeout(() => {
        try {
          // biome-ignore lint/security/noGlobalEval: it is what must not work
          window.eval("window.ran = 1");
          done("ran");
        } catch {
          done("refused");
        }
      });
    });
    if ((await evaluated) === "ran") seen.push("eval ran");
    // The broken picture reports in a task of its own.
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    return { seen, ran: window.ran };
  });
  assert.equal(refused.ran, undefined, String(refused.seen));
  for (const directive of ["script-src-elem", "script-src-attr", "img-src", "style-src-attr", "connect-src"]) {
    assert.ok(refused.seen.includes(directive), `${directive} is refused: ${refused.seen}`);
  }
});

test("a name of 10,000 characters is refused in its field with a way on, and what was typed stays", async () => {
  const marit = await sits(laptop, { path: "/customers", width: 1024 });
  await marit.press("c");
  await marit.hasFocusOn(marit.field("Name"));
  await marit.paste("Ö".repeat(10_000));
  await marit.press("Control+Enter");
  await marit.sees(marit.page.locator("[aria-invalid=true]"));
  assert.equal((await marit.field("Name").inputValue()).length, 10_000);
  await fits(marit.page);
  await marit.findsItAccessible();
  marit.assertNothingWentWrong();
});

test("the longest names, emoji and right-to-left break no screen", async () => {
  const long = `Donaudampfschifffahrts${"elektrizitätenhauptbetriebswerkbau".repeat(5)}`.slice(0, 190);
  const { me } = await laptop.call("org.overview");
  const ids = [];
  for (const name of [long, `${"Very long words one after the other ".repeat(5)}`.trim(), RTL, EMOJI]) {
    const id = await customer(name, { notes: name.repeat(3), phone: "+47 912 34 567" });
    await laptop.create("contacts", {
      customerId: id,
      firstName: name.slice(0, 90),
      lastName: name.slice(0, 90),
      isPrimary: true,
    });
    await laptop.create("interactions", {
      customerId: id,
      type: "meeting",
      subject: name,
      description: `${name} `.repeat(20),
      assignedTo: me._id,
      interactionDate: Date.now(),
    });
    ids.push(id);
  }
  for (const language of ["en", "de"]) {
    const marit = await sits(laptop, { path: "/customers", width: 1024, language });
    await marit.sees("Donaudampfschiff");
    await fits(marit.page);
    for (const id of ids) {
      await marit.goes(`/customers/${id}`);
      await fits(marit.page);
      await marit.findsItAccessible();
    }
    marit.assertNothingWentWrong();
  }
});

test("a pasted address book full of rubbish names what is wrong and takes nothing", async () => {
  const marit = await sits(laptop, { path: "/import" });
  const before = (await laptop.call("records.list", { kind: "customers", limit: 1 })).total;
  for (const rubbish of [
    'name;phone\n\u0000;;;"',
    "BEGIN:VCARD\nVERSION:3.0\nFN:",
    "\u202e".repeat(2000),
    "=cmd|' /C calc'!A0\t".repeat(500),
  ]) {
    await marit.field("Or paste a table or vCards").fill(rubbish);
    await marit.button("Show what would happen").click();
    await marit.settles();
    await marit.sees(
      marit.page
        .getByText(/Rows or vCards read/)
        .or(marit.page.getByRole("alert"))
        .first(),
    );
    if (await marit.button("Choose another file").count()) await marit.button("Choose another file").click();
  }
  assert.equal((await laptop.call("records.list", { kind: "customers", limit: 1 })).total, before);
  await marit.findsItAccessible();
  marit.assertNothingWentWrong();
});
