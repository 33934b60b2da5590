// All text comes from one catalogue per language. `t` only takes keys that exist.
import i18next from "i18next";
import { de } from "./messages.de";
import { en } from "./messages.en";
import { type Language, prefs } from "./prefs";

type Entry = keyof typeof en;
/** Plural entries ("rows_one", "rows_other") are asked for by their stem. */
export type Key = Entry extends infer E ? (E extends `${infer Stem}_one` | `${infer Stem}_other` ? Stem : E) : never;

void i18next.init({
  lng: prefs.get().language,
  fallbackLng: "en",
  resources: { en: { translation: en }, de: { translation: de } },
  keySeparator: false,
  nsSeparator: false,
  interpolation: { escapeValue: false },
  initAsync: false,
});

export function t(key: Key, values?: Record<string, string | number>): string {
  return i18next.t(key, values);
}

export function hasMessage(key: string): key is Entry {
  return Object.hasOwn(en, key);
}

export function setLanguage(language: Language): void {
  void i18next.changeLanguage(language);
}

/** The locale for dates, numbers and money: the system's, unless the user chose the other language. */
export function locale(): string {
  const { language } = prefs.get();
  const system = navigator.language;
  if (system.toLowerCase().startsWith(language)) return system;
  return language === "de" ? "de-DE" : "en-GB";
}
