import { useState } from "react";
import { Segments } from "../../components/Segments";
import { cx } from "../../lib/cx";
import { t } from "../../lib/i18n";
import { Chart } from "./Chart";
import type { Section } from "./sections";

function Table({ section }: { section: Section }) {
  return (
    <table data-num className="w-full border-collapse">
      <caption className="sr-only">{section.title}</caption>
      <thead>
        <tr className="h-8 text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
          {section.head.map((name, index) => (
            <th key={name} className={cx("px-2 font-medium first:pl-0", index === 0 ? "text-left" : "text-right")}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {section.rows.map((row) => (
          <tr key={row.join("|")} className="h-7 border-line-faint border-b">
            {row.map((cell, index) => (
              <td
                // biome-ignore lint/suspicious/noArrayIndexKey: cells stay in their column
                key={index}
                className={cx("px-2 first:pl-0", index === 0 ? "cut max-w-[260px] text-left" : "text-right")}
              >
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** The same numbers as a chart and, one press away, as a table. */
export function ReportSection({ section }: { section: Section }) {
  const [shape, setShape] = useState<"chart" | "table">("chart");
  const charted = section.chart !== "none";
  return (
    <section className="min-w-0">
      <div className="flex items-center gap-2">
        <h2 className="font-semibold text-lead">{section.title}</h2>
        {charted ? (
          <span className="ml-auto">
            <Segments
              label={t("report.shape", { title: section.title })}
              value={shape}
              onChange={setShape}
              options={[
                { value: "chart", label: t("report.chart") },
                { value: "table", label: t("report.table") },
              ]}
            />
          </span>
        ) : null}
      </div>
      <p className="mb-3 min-h-5 text-ink-2">{section.caption}</p>
      {charted && shape === "chart" && section.chart !== "none" ? (
        <Chart kind={section.chart} bars={section.bars} label={section.title} running={!section.ahead} />
      ) : (
        <Table section={section} />
      )}
    </section>
  );
}
