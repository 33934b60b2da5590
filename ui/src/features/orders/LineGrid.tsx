import { Plus, X } from "lucide-react";
import { type KeyboardEvent, useRef } from "react";
import { Button, IconButton } from "../../components/Button";
import { cx } from "../../lib/cx";
import { money } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import { blankLine, isBlank, placeOf, type TypedLine } from "./draft";

interface Props {
  lines: readonly TypedLine[];
  onChange: (lines: TypedLine[]) => void;
  /** Each line's net, in the order of the lines that are not blank; from the core. */
  nets: readonly number[];
  currency: string;
  /** The field that the core objects to, as `items[0].quantity`. */
  wrong: string | null;
}

type Column = "description" | "sku" | "quantity" | "unitPrice" | "discountPercent" | "taxRate";

const COLUMNS: readonly { name: Column; label: Key; width: string; right?: true }[] = [
  { name: "description", label: "lines.description", width: "" },
  { name: "sku", label: "lines.sku", width: "w-[104px]" },
  { name: "quantity", label: "lines.quantity", width: "w-[80px]", right: true },
  { name: "unitPrice", label: "lines.unitPrice", width: "w-[112px]", right: true },
  { name: "discountPercent", label: "lines.discountPercent", width: "w-[92px]", right: true },
  { name: "taxRate", label: "lines.taxPercent", width: "w-[84px]", right: true },
];

/** Lines by keyboard: Tab goes on, Enter and the arrows go down and up, Enter in the last line adds one. */
export function LineGrid({ lines, onChange, nets, currency, wrong }: Props) {
  const grid = useRef<HTMLTableElement>(null);
  const place = placeOf(wrong);
  const set = (index: number, name: Column, value: string) =>
    onChange(lines.map((line, at) => (at === index ? { ...line, [name]: value } : line)));
  const focus = (index: number, column: number) =>
    requestAnimationFrame(() =>
      grid.current?.querySelector<HTMLInputElement>(`[data-cell="${index}-${column}"]`)?.focus(),
    );
  const add = (column = 0) => {
    onChange([...lines, blankLine(lines.at(-1)?.taxRate)]);
    focus(lines.length, column);
  };
  const onKey = (event: KeyboardEvent, index: number, column: number) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp" && index > 0) focus(index - 1, column);
    else if (event.key === "ArrowDown" && index < lines.length - 1) focus(index + 1, column);
    else if (event.key === "Enter" && index === lines.length - 1) add();
    else if (event.key === "Enter") focus(index + 1, column);
    else return;
    event.preventDefault();
  };
  let sent = -1;
  return (
    <>
      <table ref={grid} className="w-full table-fixed border-collapse">
        <caption className="sr-only">{t("lines.title")}</caption>
        <thead>
          <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
            {COLUMNS.map(({ name, label, width, right }) => (
              <th key={name} className={cx("px-2 font-medium", width, right ? "text-right" : "text-left")}>
                {t(label)}
              </th>
            ))}
            <th className="w-[116px] px-2 text-right font-medium">{t("lines.net")}</th>
            <th className="w-9">
              <span className="sr-only">{t("column.actions")}</span>
            </th>
          </tr>
        </thead>
        <tbody data-num>
          {lines.map((line, index) => {
            if (!isBlank(line)) sent += 1;
            const own = isBlank(line) ? -1 : sent;
            return (
              <tr key={line.key} className="border-line-faint border-b">
                {COLUMNS.map(({ name, label, right }, column) => (
                  <td key={name} className="border-line-faint border-l p-0 first:border-l-0">
                    <input
                      data-cell={`${index}-${column}`}
                      aria-label={t("lines.cell", { field: t(label), line: index + 1 })}
                      aria-invalid={place?.line === own && place.column === name ? true : undefined}
                      value={line[name]}
                      inputMode={right ? "decimal" : undefined}
                      autoComplete="off"
                      onChange={(event) => set(index, name, event.target.value)}
                      onKeyDown={(event) => onKey(event, index, column)}
                      className={cx(
                        "h-8 w-full bg-surface px-2 focus:shadow-[inset_0_0_0_2px_var(--focus)] focus:outline-none",
                        "aria-invalid:shadow-[inset_0_0_0_2px_var(--danger)]",
                        right && "text-right",
                      )}
                    />
                  </td>
                ))}
                <td className="px-2 text-right">
                  {own >= 0 && nets[own] !== undefined ? money(nets[own], currency) : ""}
                </td>
                <td className="text-center">
                  <IconButton
                    small
                    icon={X}
                    label={t("lines.remove", { line: index + 1 })}
                    onClick={() => {
                      onChange(lines.length === 1 ? [blankLine()] : lines.filter((_, at) => at !== index));
                      focus(Math.max(0, index - 1), 0);
                    }}
                  />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <Button variant="quiet" icon={Plus} className="mt-2" onClick={() => add()}>
        {t("lines.add")}
      </Button>
    </>
  );
}
