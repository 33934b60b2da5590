// Imports only go one way: gen <- lib <- components <- record <- features <- app. A feature does not import another.
import { expect, test } from "vitest";

const LAYERS = ["gen", "lib", "components", "record", "features", "app"];
const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });
const files = Object.entries(sources)
  .map(([path, text]) => [path.replace("../", ""), text] as const)
  .filter(([path]) => !path.includes(".test.") && LAYERS.includes(path.split("/")[0] ?? ""));

function resolve(from: string, to: string): string[] {
  const parts = from.split("/").slice(0, -1);
  for (const step of to.split("/")) {
    if (step === "..") parts.pop();
    else if (step !== ".") parts.push(step);
  }
  return parts;
}

test("imports follow the layers", () => {
  const wrong: string[] = [];
  for (const [path, text] of files) {
    for (const [, to = ""] of text.matchAll(/from "(\.[^"]+)"/g)) {
      const [layer = "", feature] = resolve(path, to);
      const [ownLayer = "", ownFeature] = path.split("/");
      const backward = LAYERS.indexOf(layer) > LAYERS.indexOf(ownLayer);
      const across = layer === "features" && ownLayer === "features" && feature !== ownFeature;
      if (backward || across) wrong.push(`${path} -> ${to}`);
    }
  }
  expect(wrong).toEqual([]);
});

test("only lib/call.ts knows Tauri", () => {
  const wrong = files
    .filter(([path, text]) => path !== "lib/call.ts" && text.includes("@tauri-apps"))
    .map(([path]) => path);
  expect(wrong).toEqual([]);
});

test("no file is longer than 500 lines", () => {
  const long = files.filter(([, text]) => text.split("\n").length > 501).map(([path]) => path);
  expect(long).toEqual([]);
});

test("no text is written in a component", () => {
  const wrong: string[] = [];
  for (const [path, text] of files) {
    if (!path.endsWith(".tsx")) continue;
    for (const [, words] of text.matchAll(/(?:aria-label|title|placeholder|alt)="([A-Za-z][^"]+)"/g)) {
      wrong.push(`${path}: ${words}`);
    }
  }
  expect(wrong.filter((one) => !one.includes("crm.example.com"))).toEqual([]);
});
