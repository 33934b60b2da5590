// The columns a table may show. Narrow windows drop owner first, then last contact; the name is always there and stands first.
import type { Key } from "../../lib/i18n";
import type { SortField } from "./view";

export type ColumnId =
  | "name"
  | "status"
  | "owner"
  | "next"
  | "last"
  | "value"
  | "type"
  | "industry"
  | "city"
  | "phone"
  | "email"
  | "tags"
  | "created"
  | "updated";

export interface Column {
  id: ColumnId;
  label: Key;
  /** The order it sorts by; some have none. */
  sort: SortField | null;
  right?: boolean;
  className: string;
}

const LAST = "max-[1100px]:hidden";

export const COLUMNS: readonly Column[] = [
  { id: "name", label: "column.customer", sort: "name", className: "min-w-[160px] flex-[2.4] pl-0" },
  { id: "status", label: "column.status", sort: "status", className: "w-[108px] shrink-0" },
  { id: "owner", label: "column.owner", sort: null, className: "w-[150px] shrink-0 max-mid:hidden" },
  { id: "next", label: "column.nextStep", sort: "nextFollowUp", className: "min-w-[140px] flex-[2]" },
  { id: "last", label: "column.lastContact", sort: "lastContact", className: `w-[112px] shrink-0 ${LAST}` },
  { id: "value", label: "column.value", sort: "value", right: true, className: "w-[124px] shrink-0 pr-6" },
  { id: "type", label: "field.type", sort: null, className: "w-[104px] shrink-0" },
  { id: "industry", label: "field.industry", sort: null, className: "w-[140px] shrink-0" },
  { id: "city", label: "field.city", sort: null, className: "w-[130px] shrink-0" },
  { id: "phone", label: "field.phone", sort: null, className: "w-[140px] shrink-0" },
  { id: "email", label: "field.email", sort: null, className: "w-[190px] shrink-0" },
  { id: "tags", label: "field.tags", sort: null, className: "min-w-[120px] flex-1" },
  { id: "created", label: "details.created", sort: null, className: "w-[112px] shrink-0" },
  { id: "updated", label: "column.updated", sort: "updatedAt", className: "w-[112px] shrink-0" },
];

export const HOUSE: readonly ColumnId[] = ["name", "status", "owner", "next", "last", "value"];

/** The columns of these names in this order; the name first, unknown names left out. */
export function columnsOf(names: readonly string[] | null): readonly Column[] {
  const wanted = names ?? HOUSE;
  const found = wanted.flatMap((name) => COLUMNS.filter((column) => column.id === name && name !== "name"));
  return [...COLUMNS.filter((column) => column.id === "name"), ...found];
}

/** The names with one more or one less. */
export function toggled(names: readonly string[], id: ColumnId): string[] {
  return names.includes(id) ? names.filter((name) => name !== id) : [...names, id];
}

/** The names with one moved by a place; the name of the customer stays first. */
export function moved(names: readonly string[], id: ColumnId, by: 1 | -1): string[] {
  const at = names.indexOf(id);
  const to = at + by;
  const next = [...names];
  if (at < 1 || to < 1 || to >= names.length) return next;
  [next[at], next[to]] = [next[to] as string, next[at] as string];
  return next;
}
