// A report as the screen draws it: headline figures, and sections that are a chart and a table of the same numbers.
// Every number is the core's; here it only gets its words.
import { localDay } from "../../lib/dates";
import { count, money, monthShort, plainNumber, roundMoney, shortDay } from "../../lib/format";
import { hasMessage, type Key, t } from "../../lib/i18n";
import type { Report, ReportArgs } from "../../lib/types";
import { amountOf } from "../../record/queries";

export interface Figure {
  label: string;
  value: string;
  about?: string;
}

export interface Bar {
  label: string;
  value: number;
  text: string;
}

export interface Section {
  id: string;
  title: string;
  caption?: string;
  /** Time runs from left to right; anything else from top to bottom. */
  chart: "columns" | "rows" | "none";
  /** It looks ahead, so its last column is not one that runs. */
  ahead?: true;
  bars: Bar[];
  head: string[];
  rows: string[][];
}

type Revenues = NonNullable<Report["totals"]>;
type Counts = NonNullable<Report["byStatus"]>;

const NOTHING = "–";
const COLUMNS_MIN = 4;

function percent(value: number | null): string {
  return value === null ? NOTHING : `${plainNumber(Math.round(value * 10) / 10)} %`;
}

function days(value: number): string {
  const rounded = Math.round(value * 10) / 10;
  return t("report.days", { count: rounded, days: plainNumber(rounded) });
}

/** The name of a key: a word of the catalogue, a month, or the text that people typed. */
function named(key: string, prefix: string): string {
  if (key === "") return t("report.unknown");
  const month = /^(\d{4})-(\d{2})$/.exec(key);
  if (month) return monthShort(Date.UTC(Number(month[1]), Number(month[2]) - 1, 1));
  return hasMessage(`${prefix}.${key}`) ? t(`${prefix}.${key}` as Key) : key;
}

/** Two columns in an empty field say less than two rows. */
function columnsOrRows(chart: Section["chart"], bars: number): Section["chart"] {
  return chart === "columns" && bars < COLUMNS_MIN ? "rows" : chart;
}

function revenueSections(id: string, title: Key, rows: Revenues, prefix: string, chart: Section["chart"]): Section[] {
  const currencies = [...new Set(rows.map((row) => row.currency))];
  return currencies.map((currency) => {
    const own = rows.filter((row) => row.currency === currency);
    return {
      id: `${id}-${currency}`,
      title: currencies.length > 1 ? `${t(title)}, ${currency}` : t(title),
      caption: t("report.inCurrency", { currency }),
      chart: columnsOrRows(chart, own.length),
      bars: own.map((row) => ({
        label: named(row.key, prefix),
        value: amountOf(row.revenue),
        text: roundMoney(amountOf(row.revenue), currency),
      })),
      head: [t("report.group"), t("report.revenue"), t("report.orders"), t("report.average")],
      rows: own.map((row) => [
        named(row.key, prefix),
        money(amountOf(row.revenue), currency),
        count(row.orders),
        money(amountOf(row.averageOrderValue), currency),
      ]),
    };
  });
}

function countSection(id: string, title: Key, rows: Counts, prefix: string, chart: Section["chart"] = "rows"): Section {
  return {
    id,
    title: t(title),
    chart,
    bars: rows.map((row) => ({ label: named(row.key, prefix), value: row.count, text: count(row.count) })),
    head: [t("report.group"), t("report.count")],
    rows: rows.map((row) => [named(row.key, prefix), count(row.count)]),
  };
}

function valueSections(report: Report): Section[] {
  const pipeline = report.pipeline ?? [];
  const currencies = [...new Set(pipeline.map((row) => row.currency))];
  return [
    ...revenueSections("month", "report.byMonth", report.byMonth ?? [], "month", "columns"),
    ...revenueSections("type", "report.byType", (report.byType ?? []) as Revenues, "type", "rows"),
    ...revenueSections("source", "report.bySource", report.bySource ?? [], "source", "rows"),
    ...currencies.map((currency): Section => {
      const own = pipeline.filter((row) => row.currency === currency);
      const text = (row: (typeof own)[number]) => money(amountOf(row.amount), currency);
      return {
        id: `pipeline-${currency}`,
        title: currencies.length > 1 ? `${t("report.pipeline")}, ${currency}` : t("report.pipeline"),
        caption: t("report.pipelineAbout", { currency }),
        chart: columnsOrRows("columns", own.length),
        ahead: true,
        bars: own.map((row) => ({
          label: named(row.key, "month"),
          value: amountOf(row.amount),
          text: roundMoney(amountOf(row.amount), currency),
        })),
        head: [t("column.validUntil"), t("column.total"), t("quotes.title")],
        rows: own.map((row) => [named(row.key, "month"), text(row), count(row.count)]),
      };
    }),
  ];
}

function leadSections(report: Report): Section[] {
  const steps = report.funnel?.steps ?? [];
  return [
    countSection("status", "report.byStatus", report.byStatus ?? [], "status"),
    {
      id: "funnel",
      title: t("report.funnel"),
      caption: t("report.funnelAbout"),
      chart: "rows",
      bars: steps.map((step) => ({
        label: named(step.key, "step"),
        value: step.wentOn,
        text: t("report.wentOnOf", {
          wentOn: count(step.wentOn),
          entered: count(step.entered),
          rate: percent(step.rate),
        }),
      })),
      head: [t("column.status"), t("report.entered"), t("report.wentOn"), t("report.rate")],
      rows: steps.map((step) => [named(step.key, "step"), count(step.entered), count(step.wentOn), percent(step.rate)]),
    },
    countSection("lost", "report.lost", report.lostReasons ?? [], "reason"),
  ];
}

/** Days of a long period are told by week, so that a bar can be seen. */
function byWeek(rows: Counts): Counts {
  if (rows.length <= 45) return rows.map((row) => ({ ...row, key: shortDay(Date.parse(row.key)) }));
  const weeks: Counts = [];
  rows.forEach((row, index) => {
    if (index % 7 === 0) weeks.push({ key: shortDay(Date.parse(row.key)), count: 0 });
    const last = weeks.at(-1);
    if (last) last.count += row.count;
  });
  return weeks;
}

function interactionSections(report: Report): Section[] {
  const rows = report.byDay ?? [];
  const dormant = report.dormant?.items ?? [];
  return [
    countSection("days", rows.length > 45 ? "report.byWeek" : "report.byDay", byWeek(rows), "day", "columns"),
    countSection("kinds", "report.byKind", (report.byType ?? []) as Counts, "interaction"),
    countSection("outcomes", "report.byOutcome", report.byOutcome ?? [], "outcome"),
    {
      id: "dormant",
      title: t("report.dormant"),
      caption: t("report.dormantAbout", { count: report.dormant?.total ?? 0 }),
      chart: "none",
      bars: [],
      head: [t("column.customer"), t("column.lastContact"), t("report.daysWithout")],
      rows: dormant.map((one) => [
        one.name,
        one.lastContact === null ? NOTHING : shortDay(localDay(one.lastContact)),
        count(one.days),
      ]),
    },
  ];
}

function activitySections(report: Report): Section[] {
  const owners = report.owners ?? [];
  const name = (owner: (typeof owners)[number]) => (owner.key === null ? t("customer.noOwner") : owner.name);
  return [
    {
      id: "owners",
      title: t("report.perOwner"),
      chart: "rows",
      bars: owners.map((one) => ({ label: name(one), value: one.interactions, text: count(one.interactions) })),
      head: [
        t("column.owner"),
        t("customers.title"),
        t("report.interactions"),
        t("report.inTime"),
        t("report.answerTime"),
        t("report.won"),
        t("report.revenue"),
      ],
      rows: owners.map((one) => [
        name(one),
        count(one.customers),
        count(one.interactions),
        percent(one.followUps.punctuality),
        one.responseTime.medianHours === null
          ? NOTHING
          : t("report.hours", { hours: plainNumber(one.responseTime.medianHours) }),
        percent(one.wins.rate),
        (one.revenue ?? []).map((row) => money(amountOf(row.revenue), row.currency)).join(", ") || NOTHING,
      ]),
    },
  ];
}

/** Whether a figure or a cell says more than nought or nothing. */
export function says(text: string): boolean {
  return /[1-9]/.test(text);
}

export function sectionsOf(what: ReportArgs["what"], report: Report): Section[] {
  const all = {
    value: valueSections,
    leads: leadSections,
    interactions: interactionSections,
    activity: activitySections,
  }[what](report);
  return all.filter(({ rows }) => rows.some((row) => row.slice(1).some(says)));
}

function followUpFigures(report: Report): Figure[] {
  const told = report.followUps;
  if (!told) return [];
  return [
    {
      label: t("report.inTime"),
      value: percent(told.punctuality),
      ...(told.due > 0 ? { about: t("report.inTimeAbout", { count: told.due }) } : {}),
    },
    { label: t("today.overdue"), value: count(told.openOverdue) },
  ];
}

export function figuresOf(what: ReportArgs["what"], report: Report): Figure[] {
  if (what === "value") {
    return (report.totals ?? []).map((row) => ({
      label: t("report.ordered", { currency: row.currency }),
      value: roundMoney(amountOf(row.revenue), row.currency),
      about: t("report.ordersOf", {
        count: row.orders,
        orders: count(row.orders),
        amount: roundMoney(amountOf(row.averageOrderValue), row.currency),
      }),
    }));
  }
  if (what === "leads" && report.funnel) {
    const { created, converted, qualified, churned } = report.funnel;
    const median = report.timeToQualify?.medianDays ?? null;
    return [
      { label: t("report.created"), value: count(created) },
      { label: t("report.converted"), value: count(converted) },
      {
        label: t("report.qualified"),
        value: count(qualified),
        ...(median === null ? {} : { about: t("report.medianDays", { days: days(median) }) }),
      },
      { label: t("report.churned"), value: count(churned) },
    ];
  }
  if (what === "interactions") {
    return [
      { label: t("report.interactions"), value: count(report.total ?? 0) },
      { label: t("report.planned"), value: count(report.planned ?? 0) },
      ...followUpFigures(report),
    ];
  }
  return [];
}
