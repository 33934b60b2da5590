// What can be done right now, each with its key: a screen binds a key and tells the palette about it in one breath.
import type { LucideIcon } from "lucide-react";
import { useEffect, useRef } from "react";
import type { Key } from "./i18n";
import { type Bindings, useKeys } from "./keymap";

export interface Action {
  /** The key of old, as in the list of keys. */
  keys: string;
  label: Key;
  icon: LucideIcon;
  run: (event?: KeyboardEvent) => void;
}

const offered: { current: readonly Action[] }[] = [];

/** Binds actions to their keys while the component is mounted, and offers them in the palette. */
export function useActions(actions: readonly Action[]): void {
  const bindings: Bindings = Object.fromEntries(actions.map((action) => [action.keys, action.run]));
  useKeys(bindings);
  const held = useRef(actions);
  useEffect(() => {
    held.current = actions;
  });
  useEffect(() => {
    offered.push(held);
    return () => {
      offered.splice(offered.indexOf(held), 1);
    };
  }, []);
}

/** Every action that is offered now; of two with the same key the one mounted last. */
export function actionsNow(): Action[] {
  const found = new Map<string, Action>();
  for (let index = offered.length - 1; index >= 0; index -= 1) {
    for (const action of offered[index]?.current ?? []) {
      if (!found.has(action.keys)) found.set(action.keys, action);
    }
  }
  return [...found.values()];
}
