import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { rebound, useKeys } from "./keymap";
import { conflictOf, SHEET } from "./sheet";

const pressed = vi.fn();

function Keys() {
  useKeys({
    c: () => pressed("c"),
    "g c": () => pressed("g c"),
    "mod+k": () => pressed("mod+k"),
    "mod+z": () => pressed("mod+z"),
    "[": () => pressed("["),
  });
  return (
    <>
      <input aria-label="text" />
      <div role="dialog" aria-label="d">
        <button type="button">inside</button>
      </div>
    </>
  );
}

beforeEach(() => {
  rebound.set({ keys: {} });
  pressed.mockClear();
  render(<Keys />);
});

test("one key, and one key after another", async () => {
  await userEvent.keyboard("c");
  await userEvent.keyboard("gc");
  await userEvent.keyboard("[[");
  expect(pressed.mock.calls.flat()).toEqual(["c", "g c", "["]);
});

test("plain keys and undo stay with the text somebody types; the palette opens from anywhere", async () => {
  await userEvent.type(screen.getByLabelText("text"), "c");
  await userEvent.keyboard("{Control>}z{/Control}");
  expect(pressed).not.toHaveBeenCalled();
  await userEvent.keyboard("{Control>}k{/Control}");
  expect(pressed.mock.calls.flat()).toEqual(["mod+k"]);
});

test("nothing fires behind a dialog", async () => {
  screen.getByText("inside").focus();
  await userEvent.keyboard("c{Control>}z{/Control}");
  expect(pressed).not.toHaveBeenCalled();
});

test("the sheet lists each key once", () => {
  const keys = SHEET.flatMap((group) => group.lines.map((line) => line.keys));
  expect(new Set(keys).size).toBe(keys.length);
});

test("another key takes over and the one of old is silent", async () => {
  rebound.set({ keys: { c: "b", "g c": "g b" } });
  await userEvent.keyboard("c");
  expect(pressed).not.toHaveBeenCalled();
  await userEvent.keyboard("b");
  await userEvent.keyboard("gb");
  expect(pressed.mock.calls.flat()).toEqual(["c", "g c"]);
});

test("a key that means something already is named", () => {
  expect(conflictOf("l", "m")?.label).toBe("keys.meeting");
  expect(conflictOf("l", "g c")?.label).toBe("keys.go");
  expect(conflictOf("l", "g")?.label).toBe("keys.go");
  expect(conflictOf("l", "b")).toBeNull();
  expect(conflictOf("f 1", "f 2")).toBeNull();
});

/** Every key that a source file binds, read from the text: the first argument of useKeys, useActions and their like. */
const sources = import.meta.glob<string>("../**/*.{ts,tsx}", { query: "?raw", import: "default", eager: true });

test("every plain key that a screen binds is on the sheet", () => {
  const known = new Set(SHEET.flatMap((group) => group.lines.map((line) => line.keys)));
  const unlisted: string[] = [];
  for (const [path, text] of Object.entries(sources)) {
    if (path.includes(".test.")) continue;
    for (const [, block = ""] of text.matchAll(/use(?:Keys|Actions)\(([\s\S]*?)\n {2}[\])}]/g)) {
      for (const [, quoted, plain] of block.matchAll(/^\s+(?:"([^"]+)"|([a-z.]))(?:: )/gm)) {
        const key = quoted ?? plain ?? "";
        if (!known.has(key) && !/^(Arrow|Page|Home|End)/.test(key)) unlisted.push(`${path}: ${key}`);
      }
      for (const [, key = ""] of block.matchAll(/keys: "([^"]+)"/g)) {
        if (!known.has(key)) unlisted.push(`${path}: ${key}`);
      }
    }
  }
  expect(unlisted).toEqual([]);
});
