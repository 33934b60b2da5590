// The history of a customer in the order it is told: planned first, then back in time by today, this week, last week, months.
import type { Interaction, Order, Quote } from "../../gen/records";
import { addDays, localDay, today } from "../../lib/dates";
import { monthOf } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { ChangeEntry, Listed } from "../../lib/types";

const PLANNED_AFTER_MS = 5 * 60_000;
const TOGETHER_MS = 60_000;

export interface Edits {
  at: number;
  by: string;
  entries: ChangeEntry[];
}

/** A quote or an order at a moment of its life. */
export interface Deal {
  what: "quoteMade" | "quoteSent" | "quoteViewed" | "quoteAccepted" | "quoteRejected" | "orderMade";
  /** Where it is read in full. */
  to: string;
  number: string;
  amount: number | null;
  currency: string;
}

/** What the history is narrowed to. */
export type Filter = "all" | "interactions" | "sales" | "edits";
export const FILTERS: readonly Filter[] = ["all", "interactions", "sales", "edits"];

export type Happening =
  | { kind: "interaction"; id: string; at: number; interaction: Listed<Interaction> }
  | { kind: "edits"; id: string; at: number; edits: Edits }
  | { kind: "status"; id: string; at: number; entry: ChangeEntry }
  | { kind: "deal"; id: string; at: number; deal: Deal };

export interface Told {
  interactions: readonly Listed<Interaction>[];
  changes: readonly ChangeEntry[];
  quotes: readonly Quote[];
  orders: readonly Order[];
}

export interface Group {
  title: string;
  happenings: Happening[];
}

export function isPlanned(at: number, now: number): boolean {
  return at > now + PLANNED_AFTER_MS;
}

/** Edits by one person within a minute are one event. */
export function gather(changes: readonly ChangeEntry[]): Edits[] {
  const sorted = [...changes].sort((a, b) => b.at - a.at);
  const gathered: Edits[] = [];
  for (const entry of sorted) {
    const last = gathered.at(-1);
    if (last && last.by === entry.by && last.at - entry.at < TOGETHER_MS) last.entries.push(entry);
    else gathered.push({ at: entry.at, by: entry.by, entries: [entry] });
  }
  return gathered;
}

function monday(day: number): number {
  return addDays(day, -((new Date(day).getUTCDay() + 6) % 7));
}

function titleOf(at: number, now: number): string {
  if (isPlanned(at, now)) return t("timeline.planned");
  const day = localDay(at);
  const week = monday(today());
  if (day >= today()) return t("timeline.today");
  if (day >= week) return t("timeline.thisWeek");
  if (day >= addDays(week, -7)) return t("timeline.lastWeek");
  return monthOf(day);
}

function deals({ quotes, orders }: Told): Happening[] {
  const found: Happening[] = [];
  const tell = (id: string, what: Deal["what"], at: number | null, number: string, of: Quote | Order) => {
    if (at === null) return;
    const deal: Deal = {
      what,
      to: `/${what.startsWith("order") ? "orders" : "quotes"}/${id}`,
      number,
      amount: of.totalAmount,
      currency: of.currency,
    };
    found.push({ kind: "deal", id: `${what} ${id}`, at, deal });
  };
  for (const quote of quotes) {
    const { _id: id, quoteNumber: number } = quote;
    tell(id, "quoteMade", quote.createdAt, number, quote);
    tell(id, "quoteSent", quote.sentAt, number, quote);
    tell(id, "quoteViewed", quote.viewedAt, number, quote);
    if (quote.acceptedAt !== null) tell(id, "quoteAccepted", quote.acceptedAt, number, quote);
    else if (quote.status === "rejected") tell(id, "quoteRejected", quote.respondedAt, number, quote);
  }
  for (const order of orders) tell(order._id, "orderMade", order.orderDate, order.orderNumber, order);
  return found;
}

/** Everything that is told, narrowed by the filter. */
function happenings(told: Told, filter: Filter): Happening[] {
  const found: Happening[] = [];
  const wants = (...filters: Filter[]) => filter === "all" || filters.includes(filter);
  if (wants("interactions")) {
    for (const interaction of told.interactions) {
      found.push({ kind: "interaction", id: interaction._id, at: interaction.interactionDate, interaction });
    }
  }
  if (wants("sales")) found.push(...deals(told));
  const status = told.changes.filter((entry) => entry.unit === "status" && !entry.overridden);
  if (wants("sales", "edits")) {
    for (const entry of status) found.push({ kind: "status", id: entry.id, at: entry.at, entry });
  }
  if (wants("edits")) {
    for (const edits of gather(told.changes.filter((entry) => !status.includes(entry)))) {
      found.push({ kind: "edits", id: edits.entries[0]?.id ?? String(edits.at), at: edits.at, edits });
    }
  }
  return found;
}

export function groups(all: Told, filter: Filter = "all", now: number = Date.now()): Group[] {
  const told = happenings(all, filter);
  const planned = told.filter((one) => isPlanned(one.at, now)).sort((a, b) => a.at - b.at);
  const past = told.filter((one) => !isPlanned(one.at, now)).sort((a, b) => b.at - a.at);
  const found: Group[] = [];
  for (const happening of [...planned, ...past]) {
    const title = titleOf(happening.at, now);
    const last = found.at(-1);
    if (last?.title === title) last.happenings.push(happening);
    else found.push({ title, happenings: [happening] });
  }
  return found;
}

/** The open follow-up that is due first. */
export function nextOpen(interactions: readonly Listed<Interaction>[]): Listed<Interaction> | undefined {
  return interactions
    .filter((one) => one.requiresFollowUp && one.followUpDoneAt === null)
    .sort((a, b) => (a.followUpDate ?? Number.POSITIVE_INFINITY) - (b.followUpDate ?? Number.POSITIVE_INFINITY))[0];
}
