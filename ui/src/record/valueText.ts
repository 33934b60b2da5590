// How values of any field are written in one line of text.
import { shortDay, wallTyped } from "../lib/format";
import { hasMessage, type Key, t } from "../lib/i18n";

const DAYS = new Set(["nextFollowUpByHand", "lastContactByHand"]);
const MAX = 60;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** When, and what about; a tick says that it is done. */
function followUpText({
  followUpDate: wall,
  followUpNotes: notes,
  followUpDoneAt: doneAt,
}: Record<string, unknown>): string {
  const parts = [
    typeof wall === "number" ? wallTyped(wall) : null,
    typeof notes === "string" && notes !== "" ? notes : null,
    typeof doneAt === "number" ? t("value.done") : null,
  ].filter(Boolean);
  return parts.length === 0 ? t("value.nothing") : parts.join(", ");
}

function plain(value: unknown): string {
  if (value === null || value === undefined || value === "") return t("value.nothing");
  if (value === true) return t("value.yes");
  if (value === false) return t("value.no");
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (isObject(value) && "followUpDate" in value) return followUpText(value);
  if (isObject(value)) {
    if (typeof value.status === "string") return plain(value.status);
    const parts = Object.values(value).filter((part) => part !== null && part !== "" && part !== false);
    return parts.length === 0 ? t("value.nothing") : parts.map(plain).join(", ");
  }
  const text = String(value);
  if (hasMessage(`status.${text}`)) return t(`status.${text}` as Key);
  if (hasMessage(`type.${text}`)) return t(`type.${text}` as Key);
  return text.length > MAX ? `${text.slice(0, MAX)}…` : text;
}

/** The text of a unit's value; days as days, statuses by their name. */
export function valueText(unit: string, value: unknown): string {
  if (typeof value === "number" && DAYS.has(unit)) return shortDay(value);
  return plain(value);
}
