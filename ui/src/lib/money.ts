// Amounts as people type them.

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
