import type { Quote } from "../gen/records";
import { money, plainNumber } from "../lib/format";
import { t } from "../lib/i18n";

type Line = Quote["items"][number];

interface Document {
  items: readonly Line[];
  discountAmount: number | null;
  subtotal: number | null;
  taxAmount: number | null;
  totalAmount: number | null;
  currency: string;
}

function discount(line: Line, currency: string): string {
  if (line.discountPercent) return `${plainNumber(line.discountPercent)} %`;
  return line.discountAmount ? money(line.discountAmount, currency) : "";
}

const HEAD = "px-2 text-left font-medium";
const RIGHT = "px-2 text-right font-medium";

/** The lines of a quote or an order as they were saved, and what they add up to. Every figure is the core's. */
export function LinesTable({ of, caption }: { of: Document; caption: string }) {
  const { items, currency } = of;
  if (items.length === 0) return <p className="text-ink-3">{t("lines.none")}</p>;
  const taxed = items.some((line) => line.taxRate !== undefined);
  const reduced = items.some((line) => line.discountPercent || line.discountAmount);
  const columns = 3 + Number(taxed) + Number(reduced);
  const foot: [string, number | null, boolean][] = [
    [t("lines.subtotal"), of.subtotal, false],
    [t("lines.discount"), of.discountAmount === null ? null : -of.discountAmount, false],
    [t("lines.tax"), of.taxAmount, false],
    [t("lines.total"), of.totalAmount, true],
  ];
  return (
    <table data-num className="w-full border-collapse [&_td:not(:first-child)]:whitespace-nowrap">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
          <th className={HEAD}>{t("lines.description")}</th>
          <th className={RIGHT}>{t("lines.quantity")}</th>
          <th className={RIGHT}>{t("lines.unitPrice")}</th>
          {reduced ? <th className={RIGHT}>{t("lines.lineDiscount")}</th> : null}
          {taxed ? <th className={RIGHT}>{t("lines.taxRate")}</th> : null}
          <th className={`${RIGHT} pr-4`}>{t("lines.net")}</th>
        </tr>
      </thead>
      <tbody>
        {items.map((line) => (
          <tr key={line.lineId} className="border-line-faint border-b align-top">
            <td data-selectable className="px-2 py-2">
              <span className="wrap-anywhere">{line.description}</span>
              {line.sku ? <span className="wrap-anywhere ml-2 text-ink-3 text-small">{line.sku}</span> : null}
            </td>
            <td className="px-2 py-2 text-right">{plainNumber(line.quantity)}</td>
            <td className="px-2 py-2 text-right">{money(line.unitPrice, currency)}</td>
            {reduced ? <td className="px-2 py-2 text-right">{discount(line, currency)}</td> : null}
            {taxed ? (
              <td className="px-2 py-2 text-right text-ink-2">
                {line.taxRate === undefined ? "–" : `${plainNumber(line.taxRate)} %`}
              </td>
            ) : null}
            <td className="py-2 pr-4 pl-2 text-right">{money(line.totalPrice ?? null, currency)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        {foot
          .filter(([, value]) => value !== null)
          .map(([label, value, strong]) => (
            <tr key={label} className={strong ? "border-line border-t font-semibold" : "text-ink-2"}>
              <th
                scope="row"
                colSpan={columns}
                className={`px-2 py-1.5 text-right ${strong ? "font-semibold" : "font-normal"}`}
              >
                {label}
              </th>
              <td className="py-1.5 pr-4 pl-2 text-right">{money(value, currency)}</td>
            </tr>
          ))}
      </tfoot>
    </table>
  );
}
