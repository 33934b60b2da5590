import { Download } from "lucide-react";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { ErrorNote } from "../../components/ErrorNote";
import { SelectField } from "../../components/Field";
import { Tabs } from "../../components/Tabs";
import { call, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { addDays, instantOf, today } from "../../lib/dates";
import { clock } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { ReportArgs } from "../../lib/types";
import { showToast } from "../../lib/ui";
import { useOverview, useReport } from "../../record/queries";
import { tellError } from "../../record/tell";
import { ReportSection } from "./ReportSection";
import { figuresOf, says, sectionsOf } from "./sections";

const REPORTS = ["value", "leads", "interactions", "activity"] as const;
const PERIODS = ["year", "quarter", "thisYear", "lastYear"] as const;

type Period = (typeof PERIODS)[number];

/** The instants of a period; what is left out is the core's own: the last twelve months up to today. */
export function periodOf(period: Period, now = today()): { from?: number; to?: number } {
  const year = new Date(now).getUTCFullYear();
  const start = (day: number) => instantOf(day, 0);
  if (period === "quarter") return { from: start(addDays(now, -90)) };
  if (period === "thisYear") return { from: start(Date.UTC(year, 0, 1)) };
  if (period === "lastYear") return { from: start(Date.UTC(year - 1, 0, 1)), to: start(Date.UTC(year, 0, 1)) };
  return {};
}

async function saveFile(args: ReportArgs): Promise<void> {
  try {
    const { path } = await call("reports.save", args);
    showToast(t("file.saved", { path }));
  } catch (thrown) {
    tellError(thrown);
  }
}

export default function ReportsScreen() {
  const [params, setParams] = useSearchParams();
  const what = REPORTS.find((one) => one === params.get("what")) ?? "value";
  const [period, setPeriod] = useState<Period>("year");
  const [owner, setOwner] = useState("");
  const overview = useOverview().data;
  const args: ReportArgs = { what, ...periodOf(period), ...(owner ? { ownerId: owner } : {}) };
  const { data: report, error } = useReport(args);
  const sections = report ? sectionsOf(what, report) : [];
  const figures = report ? figuresOf(what, report) : [];
  const told = figures.some((figure) => says(figure.value));
  const isAdmin = overview?.me.role === "admin";
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-2 border-line border-b px-4">
        <h1 className="mr-3 font-semibold text-lead">{t("reports.title")}</h1>
        <Tabs
          label={t("reports.title")}
          value={what}
          options={REPORTS.map((value) => ({ value, label: t(`report.${value}`) }))}
          onChange={(one) => setParams(one === "value" ? {} : { what: one }, { replace: true })}
        />
        <span className="ml-auto" />
        {isAdmin && (overview?.users.length ?? 0) > 1 ? (
          <SelectField
            bare
            className="[&_select]:h-control"
            label={t("column.owner")}
            value={owner}
            onChange={(event) => setOwner(event.target.value)}
            options={[
              { value: "", label: t("report.everybody") },
              ...(overview?.users ?? []).map((user) => ({ value: user._id, label: user.name })),
            ]}
          />
        ) : null}
        <SelectField
          bare
          className="[&_select]:h-control"
          label={t("report.period")}
          value={period}
          onChange={(event) => setPeriod(PERIODS.find((one) => one === event.target.value) ?? "year")}
          options={PERIODS.map((value) => ({ value, label: t(`period.${value}`) }))}
        />
        <Button icon={Download} onClick={() => void saveFile(args)}>
          {t("report.csv")}
        </Button>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto p-6">
        {error ? <ErrorNote error={toAppError(error)} /> : null}
        {told ? (
          <div className="mb-8 overflow-hidden border-line border-b pb-6">
            <dl className="-ml-6 grid grid-cols-[repeat(auto-fit,minmax(210px,1fr))] gap-y-5">
              {figures.map((figure) => (
                // The line of the first in a row lies outside of what is shown.
                <div key={figure.label} className="-ml-px min-w-0 border-line border-l pr-4 pl-6">
                  <dt className="text-ink-2">{figure.label}</dt>
                  <dd data-num className="cut font-semibold text-h1 tracking-[-0.018em]" title={figure.value}>
                    {figure.value}
                  </dd>
                  {figure.about ? <dd className="text-ink-3 text-small">{figure.about}</dd> : null}
                </div>
              ))}
            </dl>
          </div>
        ) : null}
        {report && sections.length === 0 && !told ? (
          <EmptyState title={t("reports.empty")} way={{ to: "/customers", label: t("customers.open") }}>
            {t("reports.emptyAbout")}
          </EmptyState>
        ) : null}
        <div className="grid grid-cols-2 gap-x-10 gap-y-8 max-mid:grid-cols-1">
          {sections.map((section) => (
            <div
              key={section.id}
              className={cx(section.chart === "columns" || section.head.length > 4 ? "col-span-full" : "")}
            >
              <ReportSection section={section} />
            </div>
          ))}
        </div>
        {report && sections.length > 0 ? (
          <p data-num className="mt-8 text-ink-3 text-small">
            {t("report.asOf", { time: clock(report.asOf), tz: report.tz })}
          </p>
        ) : null}
      </div>
    </main>
  );
}
