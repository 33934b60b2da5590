// What a repair card compares: one row per field, whatever shape the three sides have.
import { hasMessage, type Key, t } from "../../lib/i18n";

export interface Row {
  field: string;
  mine: string;
  theirs: string;
  original: string;
  differs: boolean;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (Array.isArray(value)) return value.map(text).join(", ");
  if (isObject(value)) {
    return Object.entries(value)
      .filter(([, part]) => part !== null && part !== "")
      .map(([name, part]) => `${name}: ${text(part)}`)
      .join(", ");
  }
  const plain = String(value);
  return hasMessage(`status.${plain}`) ? t(`status.${plain}` as Key) : plain;
}

function fieldName(name: string): string {
  const stem = name.split("/")[0] ?? name;
  return hasMessage(`field.${stem}`) ? t(`field.${stem}` as Key) : name;
}

export function compare(mine: unknown, theirs: unknown, original: unknown): Row[] {
  const sides = [mine, theirs, original];
  if (!sides.some(isObject)) {
    return [
      {
        field: t("card.value"),
        mine: text(mine),
        theirs: text(theirs),
        original: text(original),
        differs: text(mine) !== text(theirs),
      },
    ];
  }
  const names = [...new Set(sides.flatMap((side) => (isObject(side) ? Object.keys(side) : [])))];
  const pick = (side: unknown, name: string) => (isObject(side) ? text(side[name]) : "–");
  return names
    .filter((name) => !name.startsWith("_"))
    .map((name) => ({
      field: fieldName(name),
      mine: pick(mine, name),
      theirs: pick(theirs, name),
      original: pick(original, name),
      differs: pick(mine, name) !== pick(theirs, name),
    }));
}
