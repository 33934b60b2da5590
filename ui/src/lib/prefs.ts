// What the user chose for this window on this device: theme, density, language. Kept in localStorage, applied to <html>.
import { createStore } from "./store";

export type Theme = "light" | "dark" | "system";
export type Density = "comfortable" | "compact";
export type Language = "en" | "de";

export interface Prefs {
  theme: Theme;
  density: Density;
  language: Language;
}

function stored<T extends string>(key: string, allowed: readonly T[], fallback: T): T {
  const found = allowed.find((value) => value === localStorage.getItem(`rapport.${key}`));
  return found ?? fallback;
}

function systemLanguage(): Language {
  return navigator.language.toLowerCase().startsWith("de") ? "de" : "en";
}

export const prefs = createStore<Prefs>({
  theme: stored("theme", ["light", "dark", "system"], "system"),
  density: stored("density", ["comfortable", "compact"], "comfortable"),
  language: stored("language", ["en", "de"], systemLanguage()),
});

export function setPref<K extends keyof Prefs>(key: K, value: Prefs[K]): void {
  localStorage.setItem(`rapport.${key}`, value);
  prefs.set({ [key]: value } as Pick<Prefs, K>);
  applyPrefs();
}

export function applyPrefs(): void {
  const { theme, density, language } = prefs.get();
  const dark = theme === "dark" || (theme === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
  const root = document.documentElement;
  root.dataset.theme = dark ? "dark" : "light";
  root.dataset.density = density;
  root.lang = language;
}

/** Follows the system's theme while "system" is chosen. */
export function followSystemTheme(): void {
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", applyPrefs);
}
