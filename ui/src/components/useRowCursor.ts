// The row that j and k stand on, in a list that is drawn whole.
import { useEffect, useState } from "react";
import { useKeys } from "../lib/keymap";

/** Rows carry `data-row` with their index, so that the one under the cursor can be brought into sight. */
export function useRowCursor(total: number, onOpen: (index: number) => void) {
  const [cursor, setCursor] = useState(0);
  const at = Math.max(0, Math.min(cursor, total - 1));
  const [moved, setMoved] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only after a key moved it
  useEffect(() => {
    if (moved > 0) document.querySelector(`[data-row="${at}"]`)?.scrollIntoView?.({ block: "nearest" });
  }, [moved]);
  const go = (index: number) => {
    setCursor(Math.max(0, Math.min(index, total - 1)));
    setMoved((count) => count + 1);
  };
  useKeys(
    {
      j: () => go(at + 1),
      k: () => go(at - 1),
      ArrowDown: () => go(at + 1),
      ArrowUp: () => go(at - 1),
      Home: () => go(0),
      End: () => go(total - 1),
      Enter: (event) => {
        // A button that has the focus is what Enter means.
        if (event.target instanceof HTMLButtonElement || event.target instanceof HTMLAnchorElement)
          event.target.click();
        else if (total > 0) onOpen(at);
      },
    },
    total > 0,
  );
  return { at, setCursor };
}
