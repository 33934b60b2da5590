// What waits, what was decided by itself, and devices, in German.
import type { inboxEn } from "./messages.inbox.en";

export const inboxDe: Record<keyof typeof inboxEn, string> = {
  "kind.customers": "Kunde",
  "kind.contacts": "Kontakt",
  "kind.interactions": "Kontaktaufnahme",
  "kind.quotes": "Angebot",
  "kind.orders": "Auftrag",
  "kind.attachments": "Anhang",
  "inbox.parts": "Teil des Eingangs",
  "inbox.needsYou": "Braucht Sie",
  "inbox.merges": "Von selbst entschieden",
  "inbox.waiting": "Wartet auf Versand",
  "inbox.devices": "Geräte",
  "merges.empty": "Kein Wert wurde überstimmt",
  "merges.emptyAbout":
    "Wenn zwei dasselbe Feld ändern, gilt der spätere Wert. Der andere steht hier und lässt sich zurückholen.",
  "merges.about":
    "Zwei haben dasselbe Feld geändert, der spätere Wert gilt. Der andere ist hier aufbewahrt; ein Klick holt ihn zurück.",
  "merges.record": "Datensatz und Feld",
  "merges.lost": "Galt nicht",
  "merges.stands": "Gilt jetzt",
  "merges.when": "Entschieden",
  "merges.by": "von {{who}}",
  "waiting.empty": "Ihre ganze Arbeit ist auf dem Server",
  "waiting.emptyAbout": "Was Sie ändern, steht hier, bis der Server es hat.",
  "waiting.about_one": "{{count}} Datensatz ist auf diesem Gerät gespeichert und wartet auf den Versand.",
  "waiting.about_other": "{{count}} Datensätze sind auf diesem Gerät gespeichert und warten auf den Versand.",
  "waiting.alone_one":
    "{{count}} Datensatz ist nur auf diesem Gerät. Es gibt noch keinen Server, an den er gehen könnte.",
  "waiting.alone_other":
    "{{count}} Datensätze sind nur auf diesem Gerät. Es gibt noch keinen Server, an den sie gehen könnten.",
  "waiting.carry": "In Datei sichern…",
  "waiting.carried_one":
    "{{count}} Änderung in {{path}} gesichert. Die Verwaltung liest sie am Server ein; sie bleibt auch hier in der Reihe.",
  "waiting.carried_other":
    "{{count}} Änderungen in {{path}} gesichert. Die Verwaltung liest sie am Server ein; sie bleiben auch hier in der Reihe.",
  "waiting.file": "wartend.rapport-work",
  "waiting.held": "wartet auf einen anderen Datensatz",
  "waiting.gone": "Nicht mehr auf diesem Gerät",
  "waiting.more": "und {{count}} weitere",
  "devices.device": "Gerät",
  "devices.who": "Angemeldet",
  "devices.seen": "Letzter Kontakt",
  "devices.waiting": "Wartet",
  "devices.version": "Version · Schema",
  "devices.clock": "Uhr",
  "devices.thisOne": "dieses",
  "devices.since": "seit {{when}}",
  "devices.clockRight": "richtig",
  "devices.clockSlow": "geht {{minutes}} min nach",
  "devices.clockFast": "geht {{minutes}} min vor",
  "devices.signOut": "Abmelden",
  "devices.signOutNamed": "{{name}} abmelden",
  "devices.out": "abgemeldet {{when}}",
  "devices.signedOut": "{{name}} wurde abgemeldet.",
  "devices.leaving": "{{name}} abmelden?",
  "devices.leavingAbout":
    "Beim nächsten Kontakt sichert das Gerät, was wartet, in einer Datei, die die Verwaltung öffnen kann, und löscht dann alle Kunden.",
  "devices.alone": "Nur auf diesem Gerät",
  "devices.aloneAbout": "Verbinden Sie sich mit Ihrer Firma, um auf mehreren Geräten zu arbeiten.",
  "signOut.save": "In Datei sichern…",
};
