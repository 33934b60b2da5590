// Keys for the whole window. A binding is "c", "g c" (one after the other), "mod+k" (Ctrl, or ⌘ on a Mac) or "mod+shift+z".
// Plain keys never fire while somebody types or while a dialog, menu or list has the focus.
// A binding is named by the key it has of old; who wants another key for it says so once, for every screen (`rebound`).
import { useEffect, useRef } from "react";
import { createStore } from "./store";

export type Bindings = Record<string, (event: KeyboardEvent) => void>;

/** Bindings that somebody gave another key: the key of old, and the one that is pressed for it now. */
export const rebound = createStore<{ keys: Readonly<Record<string, string>> }>({ keys: {} });

/** The key that is pressed for a binding. */
export function keyFor(name: string): string {
  return rebound.get().keys[name] ?? name;
}

/** For `aria-keyshortcuts`. */
export function ariaKeys(name: string): string {
  return keyFor(name)
    .replace("mod", isMac ? "Meta" : "Control")
    .replace("shift", "Shift");
}

const SEQUENCE_MS = 1200;
/** While somebody types these mean the text, not the record. */
const TEXT_CHORDS = new Set(["mod+z", "mod+shift+z", "mod+Enter"]);
const layers: { current: Bindings }[] = [];
let first: { key: string; at: number } | null = null;

export const isMac = /Mac/.test(navigator.userAgent);

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio", "button"].includes(target.type);
  return target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

function isInside(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[role="dialog"],[role="menu"],[role="listbox"]') !== null;
}

/** Where [ or ] need AltGr, Windows reports Ctrl and Alt along with it. */
function isAltGraph(event: KeyboardEvent): boolean {
  return event.getModifierState("AltGraph");
}

export function combo(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const mod = isMac ? event.metaKey : event.ctrlKey && !isAltGraph(event);
  if (!mod) return key;
  return `mod+${event.shiftKey ? "shift+" : ""}${key}`;
}

function find(name: string): ((event: KeyboardEvent) => void) | undefined {
  for (let index = layers.length - 1; index >= 0; index -= 1) {
    for (const [binding, handler] of Object.entries(layers[index]?.current ?? {})) {
      if (keyFor(binding) === name) return handler;
    }
  }
  return undefined;
}

function startsSequence(key: string): boolean {
  return layers.some((layer) => Object.keys(layer.current).some((name) => keyFor(name).startsWith(`${key} `)));
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || (event.altKey && !isAltGraph(event))) return;
  const pressed = combo(event);
  const chord = pressed.startsWith("mod+");
  if (isInside(event.target)) return;
  if (isTyping(event.target) && (!chord || TEXT_CHORDS.has(pressed))) return;
  const open = first !== null && event.timeStamp - first.at < SEQUENCE_MS ? first.key : null;
  first = null;
  const handler = (open && find(`${open} ${pressed}`)) || find(pressed);
  if (handler) {
    event.preventDefault();
    handler(event);
  }
  if (!chord && open === null && startsSequence(pressed)) first = { key: pressed, at: event.timeStamp };
}

/** Adds bindings while the component is mounted. The component mounted last wins. */
export function useKeys(bindings: Bindings, active = true): void {
  const layer = useRef(bindings);
  useEffect(() => {
    layer.current = bindings;
  });
  useEffect(() => {
    if (!active) return;
    if (layers.length === 0) window.addEventListener("keydown", onKeyDown);
    layers.push(layer);
    return () => {
      layers.splice(layers.indexOf(layer), 1);
      if (layers.length === 0) window.removeEventListener("keydown", onKeyDown);
    };
  }, [active]);
}

const NAMES: Record<string, string> = {
  Enter: "↵",
  Escape: "Esc",
  shift: "Shift",
  ArrowUp: "↑",
  ArrowDown: "↓",
  ArrowLeft: "←",
  ArrowRight: "→",
};

/** The caps to draw for a binding: "mod+Enter" is Ctrl ↵, or ⌘ ↵ on a Mac. */
export function caps(name: string): string[] {
  return keyFor(name)
    .split(/[ +]/)
    .map((part) => {
      if (part === "mod") return isMac ? "⌘" : "Ctrl";
      return NAMES[part] ?? (part.length === 1 ? part.toUpperCase() : part);
    });
}
