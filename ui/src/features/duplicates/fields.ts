// What two customers say, field by field, and whose value the one that stays takes.
import type { Customer } from "../../gen/records";
import { money } from "../../lib/format";
import type { Overview } from "../../lib/types";
import { amountOf, currencyOf, userName } from "../../record/queries";
import { valueText } from "../../record/valueText";

export const FIELDS = [
  "name",
  "companyName",
  "status",
  "type",
  "assignedTo",
  "phone",
  "email",
  "website",
  "address",
  "industry",
  "source",
  "valueEstimate",
  "tags",
  "notes",
] as const satisfies readonly (keyof Customer)[];
export type Field = (typeof FIELDS)[number];

/** Unless a side is chosen these are put together. */
const JOINED: readonly Field[] = ["tags", "notes"];

/** `both` is what the core does by itself. */
export type Side = "this" | "other" | "both";

export function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other) || (isEmpty(one) && isEmpty(other));
}

/** The fields in which the two differ. */
export function differing(one: Customer, other: Customer): Field[] {
  return FIELDS.filter((field) => !same(one[field], other[field]));
}

export function sidesOf(field: Field): readonly Side[] {
  return JOINED.includes(field) ? ["this", "both", "other"] : ["this", "other"];
}

/** What happens to a field that nobody chose for: nothing that was said is lost. */
export function untouched(field: Field, stays: Customer): Side {
  if (JOINED.includes(field)) return "both";
  return isEmpty(stays[field]) ? "other" : "this";
}

export function fieldText(field: Field, value: unknown, overview: Overview | undefined): string {
  if (field === "assignedTo" && typeof value === "string") return userName(overview, value) ?? "–";
  if (field === "valueEstimate" && !isEmpty(value)) {
    return money(amountOf(value as number | string), currencyOf(overview));
  }
  return isEmpty(value) ? "–" : valueText(field, value);
}
