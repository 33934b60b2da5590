import { Check } from "lucide-react";
import { Button } from "../../components/Button";
import { call } from "../../lib/call";
import { codeOf } from "../../lib/errors";
import { count, fileSize } from "../../lib/format";
import { hasMessage, type Key, t } from "../../lib/i18n";
import type { ImportReport } from "../../lib/types";
import { showToast } from "../../lib/ui";

/** Rows that are shown; all of them are in the file. */
const SHOWN_MAX = 100;

/** What the core says of a cell, and how it is called here. */
const CELLS: readonly [string, Key][] = [
  ["this is no e-mail address", "import.bad.email"],
  ["this is no phone number", "import.bad.phone"],
  ["this is no amount", "import.bad.amount"],
  ["this is no date", "import.bad.day"],
];

/** Why a card or a row was not taken, in the reader's language as far as it is one of the known reasons. */
function whySkipped({ reason, message }: ImportReport["skipped"][number]): string {
  const key = `import.why.${reason}`;
  if (hasMessage(key)) return t(key as Key);
  const cell = CELLS.find(([said]) => message.includes(`: ${said}`));
  return cell ? `${message.slice(0, message.indexOf(`: ${cell[0]}`))}: ${t(cell[1])}` : message;
}

/** What is to be known beside the counts, in the reader's language. */
function noteText({ code, data, card, message }: ImportReport["notes"][number]): string {
  const key = `import.note.${code}`;
  if (!hasMessage(key) && !hasMessage(`${key}_other`)) return message;
  const size = typeof data?.bytes === "number" ? fileSize(data.bytes) : "";
  const note = t(key as Key, { ...data, size });
  return card ? t("import.note.ofCard", { index: count(card.index), label: card.label, note }) : note;
}

/** The refused rows go to a file, each with its reason. */
async function saveRefused(): Promise<void> {
  const { path } = await call("export.pick", { name: "refused.csv" });
  if (path === null) return;
  await call("import.saveRefused", { path });
  showToast(t("import.refusedSaved", { path }));
}

export function addsNothing(report: ImportReport): boolean {
  return report.taken.customers === 0 && report.taken.contacts === 0 && report.merged === 0;
}

/** Nothing in it is a person or a company, so "already there" would be wrong. */
function nothingUsable(report: ImportReport): boolean {
  return addsNothing(report) && report.already === 0;
}

function headline(report: ImportReport, taken: boolean): string {
  if (nothingUsable(report)) return t("import.noCards");
  if (addsNothing(report)) return t("import.nothingNew");
  return t(taken ? "import.done" : "import.ready");
}

function Counts({ report }: { report: ImportReport }) {
  const rows: [Key, number][] = [
    ["import.cards", report.cards],
    ["import.customers", report.taken.customers],
    ["import.contacts", report.taken.contacts],
    ["import.merged", report.merged],
    ["import.already", report.already],
    ["import.skipped", report.skipped.length],
  ];
  return (
    <table data-num className="mt-4 w-full max-w-[420px]">
      <caption className="sr-only">{t("import.counts")}</caption>
      <tbody>
        {rows.map(([name, value]) => (
          <tr key={name} className="border-line-faint border-b">
            <th scope="row" className="h-[30px] text-left font-normal text-ink-2">
              {t(name)}
            </th>
            <td className="text-right font-medium">{count(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Skipped({ report, taken }: { report: ImportReport; taken: boolean }) {
  if (report.skipped.length === 0) return null;
  return (
    <section className="mt-6">
      <h3 className="font-semibold">{t("import.skippedTitle", { count: report.skipped.length })}</h3>
      <p className="text-ink-2">{t("import.skippedAbout")}</p>
      <table className="mt-2 w-full">
        <thead>
          <tr className="border-line border-b text-left text-ink-3 text-small">
            <th scope="col" className="h-8 w-20 font-medium">
              {t("import.line")}
            </th>
            <th scope="col" className="w-52 font-medium">
              {t("import.name")}
            </th>
            <th scope="col" className="font-medium">
              {t("import.reason")}
            </th>
          </tr>
        </thead>
        <tbody data-selectable>
          {report.skipped.slice(0, SHOWN_MAX).map((card) => (
            <tr key={`${card.index} ${card.name}`} className="border-line-faint border-b align-baseline">
              <td className="py-1.5 text-ink-3">{count(card.line)}</td>
              <td className="py-1.5 pr-3">{card.name || t("import.unnamed")}</td>
              <td className="py-1.5 text-ink-2" title={t(`errorAction.${codeOf(card.reason)}` as Key)}>
                {whySkipped(card)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {report.skipped.length > SHOWN_MAX ? (
        <p className="mt-2 text-ink-2">{t("import.skippedMore", { count: report.skipped.length - SHOWN_MAX })}</p>
      ) : null}
      {taken && report.columns ? (
        <Button className="mt-3" onClick={() => void saveRefused()}>
          {t("import.saveRefused")}
        </Button>
      ) : null}
    </section>
  );
}

/** What an import would do, or did. The same file a second time adds nothing, and says so. */
export function Report({ report, taken }: { report: ImportReport; taken: boolean }) {
  return (
    <section aria-label={t("import.report")}>
      <div role="status">
        <h2 className="flex items-center gap-2 font-semibold text-h3">
          {taken ? <Check size={18} className="text-ok" aria-hidden="true" /> : null}
          {headline(report, taken)}
        </h2>
      </div>
      <p className="mt-1 text-ink-2">
        {report.fileName ? t("import.from", { file: report.fileName }) : t("import.fromPaste")}
        {addsNothing(report) && !nothingUsable(report) ? ` ${t("import.nothingNewAbout")}` : ""}
        {!taken && !addsNothing(report) ? ` ${t("import.dryRun")}` : ""}
      </p>
      <Counts report={report} />
      {report.notes.length > 0 ? (
        <ul className="mt-4 list-disc pl-5 text-ink-2">
          {report.notes.map((note) => (
            <li key={note.message}>{noteText(note)}</li>
          ))}
        </ul>
      ) : null}
      <Skipped report={report} taken={taken} />
    </section>
  );
}
