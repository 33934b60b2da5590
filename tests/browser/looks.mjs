// What a machine can say about the looks of a page: axe, and whether something sticks out.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
/** WCAG 2.2, levels A and AA, and axe's own best practice. Contrast is one of them. */
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds, one line each. */
export async function axeFinds(page) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (runOnly) => {
    // A colour on its way to another is neither.
    const still = document
      .getAnimations()
      .filter((one) => one.effect.getComputedTiming().endTime !== Number.POSITIVE_INFINITY);
    await Promise.allSettled(still.map((one) => one.finished));
    const { violations } = await window.axe.run(document, { runOnly, resultTypes: ["violations"] });
    // A menu stands beside all landmarks while it is open; it belongs to its button.
    const floats = ({ target }) =>
      document.querySelector(String(target[0]))?.closest("[data-radix-popper-content-wrapper]") != null;
    return violations.map((one) => ({
      ...one,
      nodes: one.nodes.filter((node) => one.id !== "region" || !floats(node)),
    }));
  }, TAGS);
  const told = violations.filter(({ nodes }) => nodes.length > 0);
  return told.map(({ id, help, nodes }) => {
    const places = nodes.map(({ html, any }) => `\n    ${html.slice(0, 160)} ${any[0]?.message ?? ""}`);
    return `${id}: ${help}${places.join("")}`;
  });
}

export async function accessible(page) {
  const found = await axeFinds(page);
  assert.equal(found.length, 0, `axe found:\n${found.join("\n")}`);
}

/** What is wider than the window or its own box, or is cut off without an ellipsis or a scroll bar to reach the rest. */
export function sticksOut(page) {
  return page.evaluate(() => {
    const found = [];
    const named = (element) =>
      `<${element.tagName.toLowerCase()} class="${element.getAttribute("class") ?? ""}"> ${element.textContent.trim().slice(0, 60)}`;
    const root = document.documentElement;
    if (root.scrollWidth > innerWidth)
      found.push(`the page is ${root.scrollWidth - innerWidth} px wider than the window`);
    const reachable = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const { overflowX, textOverflow, position, clipPath } = getComputedStyle(at);
        if (overflowX === "auto" || overflowX === "scroll" || textOverflow === "ellipsis") return true;
        // Text for screen readers only.
        if (position === "absolute" && clipPath !== "none") return true;
        if (at.getAttribute("aria-hidden") === "true") return true;
      }
      return false;
    };
    // Words that run out of their own box run into what stands beside it. What is centred spreads to both sides by intent.
    const spills = (element) => {
      const { overflowX, display, textAlign, whiteSpace } = getComputedStyle(element);
      // Blanks at the end of a line hang over; such lines break anywhere.
      if (whiteSpace === "pre-wrap") return false;
      if (overflowX !== "visible" || textAlign === "center" || ["inline", "contents"].includes(display)) return false;
      const { right } = element.getBoundingClientRect();
      return [...element.childNodes].some((node) => {
        if (node.nodeType !== Node.TEXT_NODE) return false;
        const words = document.createRange();
        words.selectNodeContents(node);
        return [...words.getClientRects()].some((rect) => rect.right > right + 1.5);
      });
    };
    // The nearest box around it that can be seen as one: what floats, a card, a chip, a button.
    const drawnAround = (element) => {
      for (let at = element; at && at !== document.body; at = at.parentElement) {
        const { position, boxShadow, overflowX } = getComputedStyle(at);
        if (overflowX !== "visible") return null;
        if (at !== element && boxShadow !== "none") return at;
        if (position === "absolute" || position === "fixed") return null;
      }
      return null;
    };
    for (const element of document.querySelectorAll("body *")) {
      if (!element.checkVisibility() || element.closest("svg")) continue;
      const { overflowX } = getComputedStyle(element);
      const scrolls = overflowX === "auto" || overflowX === "scroll";
      // What is meant to scroll sideways says so; a list that only scrolls down must not.
      if (scrolls && !element.matches(".overflow-x-auto, textarea") && element.scrollWidth > element.clientWidth + 1) {
        found.push(`scrolls sideways by ${element.scrollWidth - element.clientWidth} px: ${named(element)}`);
      }
      const own = [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim() !== "");
      if (!own && !element.matches("button, input, select, textarea")) continue;
      const box = element.getBoundingClientRect();
      if (own && box.width > 1 && spills(element)) found.push(`runs out of its box: ${named(element)}`);
      const around = box.width > 1 ? drawnAround(element) : null;
      if (around && box.right > around.getBoundingClientRect().right + 1) {
        found.push(`out of what is drawn around it: ${named(element)}`);
      }
      if (box.width === 0 || reachable(element)) continue;
      if (box.right > innerWidth + 1 || box.left < -1) found.push(`beyond the edge: ${named(element)}`);
      for (let at = element.parentElement; at; at = at.parentElement) {
        const { overflowX } = getComputedStyle(at);
        if (overflowX !== "hidden" && overflowX !== "clip") continue;
        if (box.right > at.getBoundingClientRect().right + 1) found.push(`cut off: ${named(element)}`);
        break;
      }
    }
    return found;
  });
}

export async function fits(page) {
  const found = await sticksOut(page);
  assert.equal(found.length, 0, `what does not fit:\n${found.join("\n")}`);
}
