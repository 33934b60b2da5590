// The row j/k stands on, and the rows that are ticked. Ticks go by id, so that they survive sorting.
import { useState } from "react";

export interface Ticks {
  ids: ReadonlySet<string>;
  last: number | null;
}

export interface CursorArgs {
  total: number;
  start: number;
  /** Rows one page down. */
  page: number;
  idAt: (index: number) => string | undefined;
  onOpen: (index: number) => void;
  show: (index: number) => void;
}

export function useCursor({ total, start, page, idAt, onOpen, show }: CursorArgs) {
  const [cursor, setCursor] = useState(start);
  const [ticks, setTicks] = useState<Ticks>({ ids: new Set(), last: null });
  const at = Math.min(cursor, Math.max(0, total - 1));

  const go = (index: number) => {
    const next = Math.max(0, Math.min(index, total - 1));
    setCursor(next);
    show(next);
  };
  const tick = (index: number, range: boolean) => {
    const ids = new Set(ticks.ids);
    const from = range && ticks.last !== null ? ticks.last : index;
    const on = !ids.has(idAt(index) ?? "");
    for (let row = Math.min(from, index); row <= Math.max(from, index); row += 1) {
      const id = idAt(row);
      if (id && on) ids.add(id);
      else if (id) ids.delete(id);
    }
    setTicks({ ids, last: index });
    setCursor(index);
  };
  const tickAll = (ids: readonly string[]) => setTicks({ ids: new Set(ids), last: null });
  const clear = () => setTicks({ ids: new Set(), last: null });
  const open = () => {
    if (total > 0) onOpen(at);
  };

  const keys: Record<string, (event: { shiftKey: boolean }) => void> = {
    j: () => go(at + 1),
    k: () => go(at - 1),
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    PageDown: () => go(at + page),
    PageUp: () => go(at - page),
    Home: () => go(0),
    End: () => go(total - 1),
    Enter: open,
    x: (event) => tick(at, event.shiftKey),
  };
  return { cursor: at, ticks: ticks.ids, setCursor, tick, tickAll, clear, keys };
}
