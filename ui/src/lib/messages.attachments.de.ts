import type { attachmentsEn } from "./messages.attachments.en";

export const attachmentsDe: Record<keyof typeof attachmentsEn, string> = {
  "files.title": "Dateien",
  "files.add": "Dateien hinzufügen…",
  "files.adding": "{{done}} von {{total}} wird hinzugefügt…",
  "files.added_one": "{{count}} Datei hinzugefügt.",
  "files.added_other": "{{count}} Dateien hinzugefügt.",
  "files.drag": "Loslassen, um sie bei {{name}} abzulegen",
  "files.empty": "Noch keine Dateien. Fügen Sie eine hinzu, oder ziehen Sie sie auf diese Seite.",
  "files.none": "Noch keine Dateien.",
  "files.more": "Mehr zu {{name}}",
  "files.open": "Öffnen",
  "files.saveAs": "Speichern unter…",
  "files.saved": "Gespeichert unter {{path}}.",
  "files.keep": "Auf diesem Laptop behalten",
  "files.drop": "Von diesem Laptop entfernen",
  "files.deleted": "{{name}} liegt im Papierkorb.",
  "files.busy": "Einen Moment…",
  "files.kept": "Auf diesem Laptop, bleibt hier",
  "files.here": "Auf diesem Laptop",
  "files.coming": "Kommt mit dem nächsten Abgleich",
  "files.away": "Auf dem Server",
  "files.unsent": "Auf diesem Laptop, noch nicht gesendet",
  "files.notSent": "Auf diesem Laptop, vom Server noch nicht angenommen",
  "files.notFetched": "Auf dem Server, noch nicht abzuholen",
  "files.room": "Kopien auf diesem Laptop: {{used}}",
  "files.roomUpTo": "Kopien bis {{size}} behalten",
  "files.roomNone": "Nur behalten, was ich auswähle",
  "files.error.TOO_LARGE": "wurde nicht hinzugefügt: Eine Datei hat höchstens 25 MB.",
  "files.error.INVALID_VALUE": "wurde nicht hinzugefügt: Sie ist leer. Packen Sie einen Ordner zuerst in eine Datei.",
  "files.error.UNREADABLE":
    "wurde nicht hinzugefügt: Sie lässt sich nicht lesen. Packen Sie einen Ordner zuerst in eine Datei.",
  "files.error.FORBIDDEN":
    "Dateien dieser Art könnten als Programm laufen. Speichern Sie sie, und öffnen Sie sie von dort.",
  "files.error.OFFLINE":
    "Auf diesem Laptop liegt keine Kopie, und der Server ist nicht erreichbar. Wählen Sie „Auf diesem Laptop behalten“, dann kommt sie mit dem nächsten Abgleich.",
  "files.error.NOT_FOUND":
    "Der Inhalt ist noch nicht auf dem Server. Er kommt von dem Laptop, auf dem die Datei hinzugefügt wurde.",
  "files.error.WORK_WAITING": "Diese Kopie ist die einzige, bis sie gesendet ist. Sie bleibt hier.",
  "files.error.STORE_DAMAGED":
    "Die Kopie auf diesem Laptop lässt sich nicht lesen. Entfernen Sie sie von diesem Laptop, und öffnen Sie die Datei erneut.",
};
