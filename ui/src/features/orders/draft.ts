// An order that is being written: what was typed, and what the core is asked with it. Nothing is added up here.
import type { Order } from "../../gen/records";
import { parseDecimal, typedDecimal } from "../../lib/money";
import type { Line } from "../../lib/types";

/** A line as it is typed: texts, so that a half-typed number stays what it is. */
export interface TypedLine {
  key: string;
  lineId: string;
  sku: string;
  description: string;
  quantity: string;
  unitPrice: string;
  discountPercent: string;
  /** Kept as it is: the grid has no column for it. */
  discountAmount?: number;
  taxRate: string;
}

let nextKey = 1;

export function blankLine(taxRate = ""): TypedLine {
  nextKey += 1;
  const nothing = { lineId: "", sku: "", description: "", unitPrice: "", discountPercent: "" };
  return { key: `line-${nextKey}`, ...nothing, quantity: "1", taxRate };
}

function typed(value: number | undefined): string {
  return value === undefined ? "" : typedDecimal(value);
}

export function typedLines(order: Order): TypedLine[] {
  return order.items.map((line) => ({
    ...blankLine(),
    lineId: line.lineId,
    sku: line.sku,
    description: line.description,
    quantity: typed(line.quantity),
    unitPrice: typed(line.unitPrice),
    discountPercent: typed(line.discountPercent),
    discountAmount: line.discountAmount,
    taxRate: typed(line.taxRate),
  }));
}

export function isBlank(line: TypedLine): boolean {
  return line.description.trim() === "" && line.unitPrice.trim() === "" && line.sku.trim() === "";
}

function part(text: string, name: string): Record<string, number> {
  const value = parseDecimal(text);
  return value === null ? {} : { [name]: value };
}

/** The lines as the core takes them; a line without anything in it is none. */
export function linesOf(lines: readonly TypedLine[]): Line[] {
  return lines
    .filter((line) => !isBlank(line))
    .map((line) => ({
      lineId: line.lineId,
      sku: line.sku.trim(),
      description: line.description.trim(),
      quantity: parseDecimal(line.quantity) ?? 0,
      unitPrice: parseDecimal(line.unitPrice) ?? 0,
      ...part(line.discountPercent, "discountPercent"),
      ...(line.discountAmount === undefined || line.discountPercent.trim() !== ""
        ? {}
        : { discountAmount: line.discountAmount }),
      ...part(line.taxRate, "taxRate"),
    }));
}

/** The line, counted among those that are sent, and the column that an error of the core is about. */
export function placeOf(field: string | null): { line: number; column: string } | null {
  const parts = /^items\[(\d+)\]\.(\w+)$/.exec(field ?? "");
  return parts ? { line: Number(parts[1]), column: parts[2] ?? "" } : null;
}
