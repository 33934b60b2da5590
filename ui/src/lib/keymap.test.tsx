import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, test, vi } from "vitest";
import { SHEET } from "../features/shortcuts/ShortcutSheet";
import { useKeys } from "./keymap";

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
  const keys = SHEET.flatMap((group) => group.keys.map(([key]) => key));
  expect(new Set(keys).size).toBe(keys.length);
});
