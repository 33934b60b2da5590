// German: the same keys.
import type { desktopEn } from "./messages.desktop.en";

export const desktopDe: Record<keyof typeof desktopEn, string> = {
  "reminders.title": "Erinnerungen",
  "reminders.on": "Erinnern",
  "reminders.onAbout": "Mitteilungen dieses Computers zum Nachfassen und zu geplanten Anrufen und Terminen.",
  "reminders.at": "Nachfassen des Tages um",
  "reminders.lead": "Geplante Anrufe und Termine",
  "reminders.lead.0": "Wenn sie beginnen",
  "reminders.lead.minutes": "{{minutes}} Minuten vorher",
  "reminders.lead.60": "1 Stunde vorher",
  "reminders.lead.120": "2 Stunden vorher",
  "reminders.lead.1440": "Einen Tag vorher",
  "reminders.running": "Sie kommen, solange Rapport läuft, mit oder ohne Fenster.",
  "reminders.refused":
    "Dieser Computer zeigt keine Mitteilungen. Nichts geht verloren: „Heute“ zeigt, was ansteht, und Rapport versucht es weiter. Erlauben Sie sie in den Einstellungen des Computers.",
  "reminders.saved": "Erinnerungen geändert.",
  "window.title": "Fenster",
  "window.tray": "Im Infobereich behalten",
  "window.trayAbout": "Das Schließen des Fensters beendet Rapport nicht; Erinnerungen und Abgleich gehen weiter.",
  "window.noTray": "Dieser Computer hat keinen Infobereich; das Schließen des Fensters beendet Rapport.",
  "window.autostart": "Mit dem Computer starten",
  "window.autostartAbout": "Mit „Im Infobereich behalten“ startet es ohne Fenster.",
  "update.line": "Rapport {{version}} ist verfügbar",
  "update.title": "Ein neueres Rapport",
  "update.about":
    "Der Server Ihrer Firma empfiehlt {{version}}; dies ist {{own}}. Heute müssen Sie nichts tun: Diese Version arbeitet weiter.",
  "update.how":
    "Holen Sie es von dort, woher Sie dieses haben, oder fragen Sie Ihre Administration, und installieren Sie es darüber. Ihre Daten und was noch zu senden ist, bleiben.",
  "update.current": "Aktuell",
  "revoked.title": "Dieses Gerät wurde abgemeldet",
  "revoked.failed":
    "Eine Administratorin hat dieses Gerät abgemeldet, oder Ihr Konto wurde geschlossen. Die Kunden Ihrer Firma und ihr Schlüssel wurden von diesem Computer entfernt.",
  "revoked.saved":
    "Was noch nicht gesendet war, wurde vorher in einer Datei gesichert, die nur der Server Ihrer Firma öffnen kann.",
  "revoked.nothing": "Alles, was Sie eingegeben haben, war vorher beim Server. Nichts ist verloren.",
  "revoked.file": "Die Datei",
  "revoked.hand": "Geben Sie sie Ihrer Administration. Sie nimmt Ihre Arbeit auf mit: rapport-server take-in DATEI",
  "revoked.copy": "Pfad kopieren",
  "revoked.copied": "Pfad kopiert.",
  "revoked.on": "Wieder anmelden",
};
