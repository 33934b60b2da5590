// The measures themselves: a page that is wrong on purpose is found wrong.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFinds, sticksOut } from "./looks.mjs";
import { laptopAlone, sits } from "./world.mjs";

test("what sticks out, is cut off or is too pale is found; what scrolls or ends in dots is not", async () => {
  const marit = await sits(await laptopAlone(), { path: "/customers" });
  assert.deepEqual(await sticksOut(marit.page), []);
  const add = (text, style, parent = {}) =>
    marit.page.evaluate(
      ([words, own, around]) => {
        const box = Object.assign(document.createElement("div"), { className: "made-wrong" });
        const inner = Object.assign(document.createElement("p"), { textContent: words });
        Object.assign(box.style, { position: "fixed", top: "0", left: "0", width: "100px" }, around);
        Object.assign(inner.style, { width: "3000px" }, own);
        box.append(inner);
        document.body.append(box);
      },
      [text, style, parent],
    );
  const clear = () => marit.page.evaluate(() => document.querySelector(".made-wrong").remove());
  for (const [parent, wanted] of [
    [{}, "beyond the edge"],
    [{ overflow: "hidden" }, "cut off"],
    [{ overflow: "auto" }, "scrolls sideways"],
    [{ overflow: "visible", boxShadow: "0 0 1px black" }, "out of what is drawn around it"],
  ]) {
    await add("a long line", {}, parent);
    const found = await sticksOut(marit.page);
    assert.ok(
      found.some((problem) => problem.startsWith(wanted)),
      found.join("\n"),
    );
    await clear();
  }
  await add("words that are wider than their box and run into the next", { width: "40px", whiteSpace: "nowrap" });
  const ran = await sticksOut(marit.page);
  assert.ok(
    ran.some((problem) => problem.startsWith("runs out of its box")),
    ran.join("\n"),
  );
  await clear();
  // A box that says that it scrolls sideways, and a line that ends in dots.
  await add("a long line", { width: "80px", overflow: "hidden", textOverflow: "ellipsis", whiteSpace: "nowrap" });
  assert.deepEqual(await sticksOut(marit.page), []);
  await clear();
  await add("pale", { color: "#ddd", background: "#fff", width: "90px" });
  const found = await axeFinds(marit.page);
  assert.ok(
    found.some((problem) => problem.startsWith("color-contrast")),
    found.join("\n"),
  );
});
