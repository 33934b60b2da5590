import { SelectField } from "../../components/Field";
import { count } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import type { ImportReport } from "../../lib/types";
import type { Mapping } from "./useImport";

type Column = NonNullable<ImportReport["columns"]>[number];

function Found({ column }: { column: Column }) {
  return (
    <>
      <div>{t("import.filled", { filled: count(column.filled), blank: count(column.blank) })}</div>
      {column.zero > 0 ? <div>{t("import.zero", { count: column.zero })}</div> : null}
      {column.refused > 0 ? <div className="text-danger">{t("import.bad", { count: column.refused })}</div> : null}
    </>
  );
}

/** Where each column of a table goes, what stands in it, and what was found there. */
export function Columns({
  report,
  disabled,
  onMap,
}: {
  report: ImportReport;
  disabled: boolean;
  onMap: (mapping: Mapping) => void;
}) {
  const { columns, targets } = report;
  if (!columns || !targets) return null;
  const places = [
    { value: "", label: t("place.nowhere") },
    { value: "line", label: t("place.line") },
    ...targets.map(({ name }) => ({ value: name, label: t(`place.${name}` as Key) })),
  ];
  const map = (changed: Column, target: string) =>
    onMap(Object.fromEntries(columns.map((one) => [one.header, one === changed ? target : one.target])));
  return (
    <section className="mt-6">
      <h3 className="font-semibold">{t("import.columns")}</h3>
      <p className="text-ink-2">{t("import.columnsAbout")}</p>
      <table className="mt-2 w-full table-fixed">
        <thead>
          <tr className="border-line border-b text-left text-ink-3 text-small">
            {(["import.column", "import.examples", "import.found", "import.goesTo"] as const).map((head) => (
              <th key={head} scope="col" className="h-8 pr-3 font-medium">
                {t(head)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => (
            <tr key={column.header} className="border-line-faint border-b align-top">
              <th scope="row" className="break-words py-2 pr-3 text-left font-medium">
                {column.header}
              </th>
              <td className="py-2 pr-3 text-ink-2">
                {column.samples.map((sample) => (
                  <div key={sample} className="cut">
                    {sample}
                  </div>
                ))}
              </td>
              <td className="py-2 pr-3 text-ink-3 text-small">
                <Found column={column} />
              </td>
              <td className="py-1">
                <SelectField
                  bare
                  label={t("import.goesToOf", { column: column.header })}
                  options={places}
                  value={column.target}
                  disabled={disabled}
                  onChange={(event) => map(column, event.target.value)}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
