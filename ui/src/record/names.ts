// How records are called in the UI.
import type { Contact } from "../gen/records";
import { hasMessage, type Key, t } from "../lib/i18n";

export function contactName(contact: Pick<Contact, "firstName" | "lastName" | "email">): string {
  const name = [contact.firstName, contact.lastName].filter(Boolean).join(" ");
  return name || contact.email || t("contact.unnamed");
}

/** The catalogue's name for a unit ("tags/vip" is its tag, unknown units keep their own name). */
export function unitName(unit: string): string {
  const stem = unit.split("/")[0] ?? unit;
  return hasMessage(`field.${stem}`) ? t(`field.${stem}` as Key) : stem;
}
