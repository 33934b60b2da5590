// The columns, in order; narrow windows drop owner first, then last contact. Name, status, next step and value always stay.
import type { Key } from "../../lib/i18n";
import type { SortField } from "./view";

export interface Column {
  id: string;
  label: Key;
  /** The order it sorts by; owners have none. */
  sort: SortField | null;
  right?: boolean;
  className: string;
}

export const COLUMNS: readonly Column[] = [
  { id: "name", label: "column.customer", sort: "name", className: "min-w-0 flex-[2.4] pl-0" },
  { id: "status", label: "column.status", sort: "status", className: "w-[108px] shrink-0" },
  { id: "owner", label: "column.owner", sort: null, className: "w-[150px] shrink-0 max-mid:hidden" },
  { id: "next", label: "column.nextStep", sort: "nextFollowUp", className: "min-w-0 flex-[2]" },
  { id: "last", label: "column.lastContact", sort: "lastContact", className: "w-[112px] shrink-0" },
  { id: "value", label: "column.value", sort: "value", right: true, className: "w-[124px] shrink-0 pr-6" },
];

export function columnClass(id: string): string {
  const column = COLUMNS.find((known) => known.id === id);
  return `${column?.className ?? ""} ${column?.right ? "text-right" : ""}`;
}
