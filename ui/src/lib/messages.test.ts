import { expect, test } from "vitest";
import { AppError } from "./call";
import { codeOf, describe, WAYS, wayOn } from "./errors";
import { de } from "./messages.de";
import { en } from "./messages.en";

const CODES = Object.keys(WAYS);

test("both catalogues have the same keys and no empty text", () => {
  expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  for (const catalogue of [en, de]) {
    expect(Object.entries(catalogue).filter(([, text]) => text.trim() === "")).toEqual([]);
  }
});

test("both languages name the same values", () => {
  const values = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
  const differing = Object.entries(en).filter(
    ([key, text]) => values(text).join() !== values(de[key as keyof typeof en]).join(),
  );
  expect(differing).toEqual([]);
});

test.each(CODES)("%s says what failed and has one way on", (code) => {
  const error = new AppError(code, "x", null, { legal: ["lead"], waiting: 2 });
  expect(describe(error)).not.toMatch(/^error\./);
  expect(describe(error)).not.toContain("{{");
  expect(wayOn(error).label).not.toMatch(/^errorAction\./);
});

test("an unknown code is told as an inner error, never as its name alone", () => {
  expect(codeOf("SOMETHING_NEW")).toBe("INTERNAL");
  expect(describe(new AppError("SOMETHING_NEW", "disk on fire"))).toContain("disk on fire");
});

test("the other owner is named only when the core says who it is", () => {
  expect(describe(new AppError("NAME_TAKEN", "", "name", { ownerName: "Jonas Weber" }))).toContain("Jonas Weber");
  expect(describe(new AppError("NAME_TAKEN", "", "name"))).toContain("in your company");
});

test("words we do not use", () => {
  const wrong = Object.entries(en).filter(([, text]) => /please|oops|!/i.test(text));
  expect(wrong).toEqual([]);
});
