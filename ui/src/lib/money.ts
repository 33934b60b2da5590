// Amounts as people type them.
import { locale } from "./i18n";

function decimalMark(): string {
  return new Intl.NumberFormat(locale()).formatToParts(1.5).find((part) => part.type === "decimal")?.value ?? ".";
}

/** A quantity, a rate or a price in the user's own writing: "1,5" is one and a half in German and in English, "1.234" only there. */
export function parseDecimal(typed: string): number | null {
  const text = typed.replace(/[\s'’]/g, "").replace("−", "-");
  if (!/^-?[\d.,]*\d[\d.,]*$/.test(text)) return null;
  const mark = decimalMark();
  const last = text[Math.max(text.lastIndexOf(","), text.lastIndexOf("."))];
  const both = text.includes(",") && text.includes(".");
  const grouped = !both && last !== mark && last !== undefined && /^-?\d{1,3}([.,]\d{3})+$/.test(text);
  const point = grouped ? -1 : Math.max(text.lastIndexOf(","), text.lastIndexOf("."));
  const whole = (point < 0 ? text : text.slice(0, point)).replace(/[.,]/g, "");
  const value = Number(point < 0 ? whole : `${whole}.${text.slice(point + 1)}`);
  return Number.isFinite(value) ? value : null;
}

/** As it would be typed: no grouping, the user's decimal mark. */
export function typedDecimal(value: number): string {
  return String(value).replace(".", decimalMark());
}

/** "1,234.50" and "1.234,50" both as a number; null when it is none. */
export function parseMoney(typed: string): number | null {
  const text = typed.replace(/[^\d.,−-]/g, "").replace("−", "-");
  if (text === "") return null;
  const comma = text.lastIndexOf(",");
  const dot = text.lastIndexOf(".");
  const mark = Math.max(comma, dot);
  const digits = text.length - mark - 1;
  const both = comma >= 0 && dot >= 0;
  const isDecimal = mark >= 0 && (both || digits !== 3);
  const whole = (isDecimal ? text.slice(0, mark) : text).replace(/[.,]/g, "");
  const value = Number(isDecimal ? `${whole}.${text.slice(mark + 1)}` : whole);
  return Number.isFinite(value) ? value : null;
}
