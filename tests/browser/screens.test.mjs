// Every screen, in both languages, light and dark, narrow and at twice the size: readable, reachable, nothing sticks out.
import assert from "node:assert/strict";
import { before, test } from "node:test";
import { axeFinds, sticksOut } from "./looks.mjs";
import { screensOf, shows } from "./screens.mjs";
import { company, laptopAlone, laptopOf, sits } from "./world.mjs";

const WAYS = [
  { language: "en", theme: "light", width: 1024 },
  { language: "de", theme: "dark", width: 1024 },
  { language: "de", theme: "light", width: 1440 },
  // 200 %: a window of 2048 pixels shows what fits into 1024.
  { language: "de", theme: "light", width: 2048, height: 1600, zoom: 2 },
];

let full;
let empty;
before(async () => {
  full = await laptopOf(await company(60));
  empty = await laptopAlone();
});

for (const way of WAYS) {
  for (const filled of [true, false]) {
    test(`all screens, ${filled ? "with customers" : "empty"}: ${JSON.stringify(way)}`, async () => {
      const marit = await sits(filled ? full : empty, { ...way, path: "/customers" });
      // What opens on top of them is in the pictures.
      const screens = (await screensOf(marit)).filter((screen) => !screen.open);
      assert.ok(screens.length >= 15, `the rail leads somewhere: ${screens.map(({ path }) => path)}`);
      const found = [];
      for (const screen of screens) {
        const { path } = screen;
        await shows(marit, screen);
        const heading = await marit.page.getByRole("heading", { level: 1 }).count();
        if (heading !== 1) found.push(`${path}: ${heading} headings of the first level`);
        const problems = [...(await axeFinds(marit.page)), ...(await sticksOut(marit.page))];
        found.push(...problems.map((problem) => `${path}: ${problem}`));
      }
      assert.equal(found.length, 0, found.join("\n"));
      marit.assertNothingWentWrong();
    });
  }
}
