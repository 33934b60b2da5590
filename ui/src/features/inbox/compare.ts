// What a repair card compares: one row per field, whatever the card is about.
import type { Card } from "../../gen/records";
import { hasMessage, type Key, t } from "../../lib/i18n";
import { unitName } from "../../record/names";

export interface Row {
  field: string;
  mine: string;
  theirs: string;
  original: string;
  differs: boolean;
}

type Fields = Record<string, unknown>;

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (value === null || value === undefined || value === "") return "–";
  if (typeof value === "boolean") return t(value ? "value.yes" : "value.no");
  if (Array.isArray(value)) return value.map(text).join(", ");
  if (isObject(value)) {
    const parts = Object.values(value).filter((part) => part !== null && part !== "");
    return parts.length === 0 ? "–" : parts.map(text).join(", ");
  }
  const plain = String(value);
  return hasMessage(`status.${plain}`) ? t(`status.${plain}` as Key) : plain;
}

function row(field: string, mine: unknown, theirs: unknown, original: unknown): Row {
  return {
    field,
    mine: text(mine),
    theirs: text(theirs),
    original: text(original),
    differs: text(mine) !== text(theirs),
  };
}

/** What stands now in a unit: a field, or the fields of a group that the edit names. */
function standing(stands: Fields | null, unit: string, value: unknown): unknown {
  if (!stands) return null;
  const [set = unit, word] = unit.split("/");
  if (word !== undefined) return Array.isArray(stands[set]) && stands[set].includes(word) ? true : null;
  if (unit in stands && !(isObject(value) && !isObject(stands[unit]))) return stands[unit];
  return isObject(value) ? Object.fromEntries(Object.keys(value).map((name) => [name, stands[name]])) : null;
}

/** A refused change is kept whole: each of its units is a row against what stands now. */
function refusedRows(change: Fields, stands: Fields | null): Row[] {
  if (change.op === "delete") return [row(t("card.trash"), t("card.inTrash"), t("card.kept"), null)];
  const units = Object.entries(isObject(change.units) ? change.units : {});
  return units.map(([unit, edit]) => {
    const { value, base } = isObject(edit) ? edit : { value: edit, base: null };
    return row(unitName(unit), value, standing(stands, unit, value), base);
  });
}

function trashWord(value: unknown): string {
  return t(value === null ? "card.kept" : "card.inTrash");
}

export function compare(card: Card, stands: Fields | null): Row[] {
  const { mine, theirs, original, unit } = card;
  if ((card.kind === "refused" || card.kind === "late") && isObject(mine)) return refusedRows(mine, stands);
  if (card.kind === "duplicate") return [row(t("field.name"), mine, stands?.name, null)];
  if (unit === "deletedAt") return [row(t("card.trash"), trashWord(mine), trashWord(theirs), trashWord(original))];
  if (!isObject(mine) || !isObject(theirs)) return [row(unitName(unit), mine, theirs, original)];
  const before = isObject(original) ? original : {};
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return names.map((name) => row(unitName(name), mine[name], theirs[name], before[name]));
}
