// npm run contrast: WCAG 2 contrast of every pair the product uses; exit 1 if one fails.
import { readFileSync } from "node:fs";

const css = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
const block = (start) =>
  Object.fromEntries(
    [
      ...css
        .slice(css.indexOf(start))
        .split("\n}")[0]
        .matchAll(/(--[\w-]+):\s*([^;]+);/g),
    ].map((m) => [m[1], m[2].trim()]),
  );
const light = block(":root {"),
  dark = { ...light, ...block('[data-theme="dark"] {') };
const hex = (t, n) => {
  let v = t[`--${n}`];
  while (v?.startsWith("var(")) v = t[v.slice(4, -1)];
  return v;
};
const lum = (h) =>
  [1, 3, 5]
    .map((i) => parseInt(h.slice(i, i + 2), 16) / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((s, c, i) => s + c * [0.2126, 0.7152, 0.0722][i], 0);
const ratio = (a, b) => {
  const [x, y] = [lum(a), lum(b)].sort((p, q) => q - p);
  return (x + 0.05) / (y + 0.05);
};
const back = ["surface", "surface-app", "surface-sunken", "surface-raised", "hover", "selected", "cursor"];
const pairs = [];
for (const b of back) {
  for (const f of ["ink", "ink-2", "ink-3", "accent-ink", "danger", "warn", "ok", "info"]) pairs.push([f, b, 4.5]);
  for (const s of ["prospect", "lead", "active", "inactive"]) pairs.push([`st-${s}`, b, 4.5]);
  for (const s of ["saved", "waiting", "busy", "offline", "late", "needs-you"]) pairs.push([`sync-${s}`, b, 4.5]);
  for (const s of ["low", "medium", "high"]) pairs.push([`risk-${s}`, b, 4.5]);
  pairs.push(["line-strong", b, 3], ["focus", b, 3]);
}
for (const s of ["prospect", "lead", "active", "inactive"]) pairs.push([`st-${s}`, `st-${s}-soft`, 4.5]);
for (const s of ["draft", "sent", "viewed", "accepted", "rejected", "expired"])
  pairs.push([`q-${s}`, `q-${s}-soft`, 4.5], [`q-${s}`, "surface", 4.5]);
for (const s of ["danger", "warn", "ok", "info"])
  pairs.push([s, `${s}-soft`, 4.5], ["ink", `${s}-soft`, 4.5], ["ink-2", `${s}-soft`, 4.5]);
pairs.push(["line-field", "surface", 3], ["line-field", "surface-raised", 3]);
pairs.push(
  ["toast-ink", "toast", 4.5],
  ["ink-on-accent", "accent", 4.5],
  ["ink-on-accent", "accent-hover", 4.5],
  ["accent-ink", "accent-soft", 4.5],
  ["ink-2", "pressed", 4.5],
  ["chart-1", "surface", 3],
  ["chart-3", "surface", 3],
  ["chart-axis", "surface", 4.5],
);
let bad = 0;
for (const [name, t] of [
  ["light", light],
  ["dark", dark],
]) {
  let low = [99, ""];
  for (const [f, b, min] of pairs) {
    const r = ratio(hex(t, f), hex(t, b));
    if (min === 4.5 && r < low[0]) low = [r, `${f} on ${b}`];
    if (r < min) {
      bad++;
      console.log(`FAIL ${name}: ${f} on ${b} ${r.toFixed(2)} < ${min}`);
    }
  }
  console.log(`${name}: ${pairs.length} pairs, lowest text ${low[0].toFixed(2)} (${low[1]})`);
}
process.exit(bad ? 1 : 0);
