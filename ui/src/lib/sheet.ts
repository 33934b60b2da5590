// Every key of the app, by where it works. What is bound in a screen and missing here is a mistake: a test compares the two.
import type { Key } from "./i18n";
import { keyFor } from "./keymap";
import { PLACES } from "./places";

export interface SheetLine {
  keys: string;
  label: Key;
  /** For "Go to …": the screen. */
  place?: Key;
  /** Keys that mean the same in every program stay as they are. */
  fixed?: true;
}

export const SHEET: readonly { title: Key; lines: readonly SheetLine[] }[] = [
  {
    title: "keys.everywhere",
    lines: [
      { keys: "mod+k", label: "keys.palette" },
      { keys: "/", label: "keys.search" },
      { keys: "c", label: "keys.newCustomer" },
      { keys: "mod+z", label: "keys.undo" },
      { keys: "mod+shift+z", label: "keys.redo" },
      { keys: "mod+shift+s", label: "keys.sync" },
      { keys: "?", label: "keys.sheet" },
    ],
  },
  {
    title: "keys.places",
    lines: PLACES.map(({ go, label }) => ({ keys: `g ${go}`, label: "keys.go", place: label })),
  },
  {
    title: "keys.list",
    lines: [
      { keys: "j", label: "keys.down" },
      { keys: "k", label: "keys.up" },
      { keys: "Enter", label: "keys.open", fixed: true },
      { keys: "x", label: "keys.select" },
      { keys: "mod+a", label: "keys.selectAll" },
      { keys: "Escape", label: "keys.clear", fixed: true },
      { keys: "v 1", label: "keys.table" },
      { keys: "v 2", label: "keys.board" },
      { keys: "v 3", label: "keys.split" },
      { keys: "v d", label: "duplicates.find" },
    ],
  },
  {
    title: "duplicates.title",
    lines: [
      { keys: "1", label: "keys.keepFirst" },
      { keys: "2", label: "keys.keepSecond" },
      { keys: "d", label: "duplicates.apart" },
    ],
  },
  {
    title: "keys.customer",
    lines: [
      { keys: "l", label: "keys.call" },
      { keys: "m", label: "keys.meeting" },
      { keys: "e", label: "keys.email" },
      { keys: "v", label: "keys.visit" },
      { keys: "n", label: "keys.notes" },
      { keys: "f", label: "keys.followUp" },
      { keys: "f 1", label: "followUp.tomorrow" },
      { keys: "f 3", label: "followUp.threeDays" },
      { keys: "f w", label: "followUp.week" },
      { keys: "f d", label: "followUp.date" },
      { keys: ".", label: "keys.done" },
      { keys: "h", label: "keys.snooze" },
      { keys: "s", label: "keys.status" },
      { keys: "a", label: "keys.assign" },
      { keys: "t", label: "keys.tags" },
      { keys: "[", label: "keys.previous" },
      { keys: "]", label: "keys.next" },
      { keys: "y", label: "keys.history" },
      { keys: "mod+Enter", label: "keys.save", fixed: true },
    ],
  },
];

const LINES = SHEET.flatMap((group) => group.lines);

/** The line whose key gets in the way of `pressed` for the binding `name`: the same one, or one that begins the other. */
export function conflictOf(name: string, pressed: string): SheetLine | null {
  const begins = (a: string, b: string) => b.startsWith(`${a} `);
  for (const line of LINES) {
    if (line.keys === name) continue;
    const other = keyFor(line.keys);
    // "f" and "f 1" belong together from the start; a sequence that somebody makes does not get in the way of a plain key.
    const related = begins(line.keys, name) || begins(name, line.keys);
    if (other === pressed || (!related && (begins(other, pressed) || begins(pressed, other)))) return line;
  }
  return null;
}
