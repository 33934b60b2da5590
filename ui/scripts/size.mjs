// Fails the build when what the window loads grows over the budget.
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 350;
const assets = new URL("../dist/assets/", import.meta.url);
const files = readdirSync(assets).filter((name) => /\.(js|css)$/.test(name));
const bytes = files.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(name, assets))).length, 0);
const kb = bytes / 1000;
console.log(`ui: ${kb.toFixed(1)} kB gzip of ${BUDGET_KB} kB`);
if (kb > BUDGET_KB) process.exit(1);
