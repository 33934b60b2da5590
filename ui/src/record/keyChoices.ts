// Which keys somebody chose: a setting record per scope. A device may have its own, for a keyboard of its own.
import { useEffect } from "react";
import type { Setting } from "../gen/records";
import { keyFor, rebound } from "../lib/keymap";
import { type Scope, settingOf, useSettings } from "./settings";

export const KEYS_SETTING = "keys";

function read(setting: Setting | null): Record<string, string> {
  if (typeof setting?.value !== "object" || setting.value === null) return {};
  const pairs = Object.entries(setting.value).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return Object.fromEntries(pairs);
}

export function choicesOf(settings: readonly Setting[], scope: Scope): Record<string, string> {
  return read(settingOf(settings, KEYS_SETTING, scope));
}

/** Lets the whole window follow the choices. */
export function useKeyChoices(): void {
  const { data } = useSettings();
  useEffect(() => {
    if (!data) return;
    rebound.set({ keys: { ...choicesOf(data, "user"), ...choicesOf(data, "device") } });
  }, [data]);
}

/** The choices with one more: a key of old is no choice. */
export function withChoice(choices: Record<string, string>, name: string, pressed: string): Record<string, string> {
  const { [name]: _, ...others } = choices;
  return pressed === name ? others : { ...others, [name]: pressed };
}

export function isChosen(name: string): boolean {
  return keyFor(name) !== name;
}
