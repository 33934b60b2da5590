// A stand-in for the core at the Tauri boundary: a table of answers by command name, and a record of what was asked.

import type { QueryClient } from "@tanstack/react-query";
import { emit } from "@tauri-apps/api/event";
import { mockIPC } from "@tauri-apps/api/mocks";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { App } from "../app/App";
import { followTouched } from "../lib/call";
import { createClient } from "../lib/client";
import type { Args, CommandName, Result } from "../lib/types";
import { contact, customer, interaction, order, org, quote, user } from "./records";

export type Answers = { [N in CommandName]?: (args: Args<N>) => Result<N> };

export interface Core {
  calls: { name: CommandName; args: unknown }[];
  /** What `records.save` was asked, in order. */
  saves: () => unknown[];
  touch: (...kinds: string[]) => Promise<void>;
}

/** Rejects as the core does. */
export function refuse(code: string, more: { field?: string; details?: unknown } = {}): never {
  throw { code, message: code, traceId: "t", ...more };
}

const quoteRow = { ...quote, waiting: false, customerName: customer.name, can: ["accept" as const, "reject" as const] };

export const ANSWERS: Answers = {
  "session.status": () => ({ state: "ready", user, org, server: "https://crm.example", deviceCode: "K7" }),
  "sync.status": () => ({
    phase: "idle",
    waiting: 0,
    done: 0,
    total: 0,
    cards: 0,
    lastSuccess: Date.now() - 60_000,
    offlineSince: null,
    workOffline: false,
  }),
  "org.overview": () => ({ me: user, users: [user], teams: [], org, counts: { customers: 1 } }),
  "records.list": ({ kind }) =>
    kind === "customers"
      ? { items: [{ ...customer, waiting: false }], next: null, total: 1 }
      : { items: [], next: null, total: 0 },
  "records.save": () => ({ saved: [], undo: [] }),
  "records.get": () => ({ record: customer, version: 7, waiting: false, base: null }),
  "ids.mint": ({ count }) => ({ ids: Array.from({ length: count }, (_, index) => `new-${index + 1}`) }),
  "customers.page": () => ({
    customer: { record: customer, version: 7, waiting: false, base: null },
    contacts: [{ ...contact, waiting: false }],
    interactions: [{ ...interaction, waiting: false }],
    quotes: [],
    orders: [],
    changes: [],
    attachments: [],
    older: null,
    interactionsTotal: 1,
    value: null,
    score: null,
  }),
  "customers.lanes": () => ({ lanes: [] }),
  "records.ids": () => ({ ids: [], total: 0 }),
  "records.bulk": () => ({ fits: [], unchanged: 0, shown: [], refused: [] }),
  "records.history": () => ({ lines: [], merged: [], madeAt: 1, madeBy: "u1", version: 7 }),
  "search.query": () => ({ hits: [] }),
  "cards.list": () => ({ items: [] }),
  "today.page": () => ({
    day: Date.UTC(2026, 4, 5),
    followUps: [
      {
        kind: "interactions",
        id: "i1",
        customerId: "c1",
        customerName: customer.name,
        day: Date.UTC(2026, 4, 4),
        minute: null,
        type: "call",
        about: "Call back",
        assignedTo: "u1",
      },
    ],
    counts: { overdue: 1, today: 0, upcoming: 0, undated: 0 },
    expiring: [quoteRow],
    needsPrimary: { items: [], total: 0 },
    since: null,
    news: [],
  }),
  "today.due": () => ({ overdue: 1, today: 0 }),
  "calendar.range": () => ({ followUps: [], meetings: [] }),
  "sales.list": ({ kind }) => ({
    items: [kind === "orders" ? { ...order, waiting: false, customerName: customer.name } : quoteRow],
    next: null,
    total: 1,
  }),
  "sales.totals": () => ({ lines: [100], subtotal: 100, taxAmount: 19, totalAmount: 119, currency: "EUR" }),
  "quotes.board": () => ({
    lanes: [
      {
        status: "sent",
        count: 1,
        weight: 40,
        sums: [{ currency: "EUR", amount: 119, weighted: 47.6 }],
        items: [quoteRow],
      },
    ],
    weighted: [{ currency: "EUR", amount: 119, weighted: 47.6 }],
  }),
  "quotes.page": () => ({
    quote: { record: quote, version: 3, waiting: false, base: null },
    customer: { id: "c1", name: customer.name, trashed: false },
    contact: null,
    order: null,
    before: null,
    after: null,
    can: ["accept", "reject", "view", "revise"],
  }),
  "orders.page": () => ({
    order: { record: order, version: 3, waiting: false, base: null },
    customer: { id: "c1", name: customer.name, trashed: false },
    contact: null,
    quote: null,
    leftOut: [],
    legal: ["confirmed", "cancelled"],
  }),
  "reports.get": () => ({
    asOf: Date.UTC(2026, 4, 5, 10),
    from: 0,
    to: 1,
    tz: "Europe/Berlin",
    totals: [{ key: "EUR", currency: "EUR", revenue: 119, orders: 1, averageOrderValue: 119 }],
    byMonth: [
      { key: "2026-04", currency: "EUR", revenue: 0, orders: 0, averageOrderValue: 0 },
      { key: "2026-05", currency: "EUR", revenue: 119, orders: 1, averageOrderValue: 119 },
    ],
  }),
  "trash.list": () => ({ items: [{ kind: "customers", id: "c9", title: "Acme", deletedAt: Date.now(), children: 2 }] }),
  "profile.save": () => ({}),
  "org.save": () => ({}),
  "app.choices": () => ({ language: "en", keepInTray: false, autostart: false, tray: true, reminders: "ready" }),
  "app.choose": (choice) => ({
    language: choice.language ?? "en",
    keepInTray: choice.keepInTray ?? false,
    autostart: choice.autostart ?? false,
    tray: true,
    reminders: "ready",
  }),
  "app.info": () => ({ version: "0.1.0", dataFolder: "/data/rapport", os: "linux" }),
};

export function startCore(answers: Answers = {}): Core {
  const calls: Core["calls"] = [];
  const table = { ...ANSWERS, ...answers } as Record<string, ((args: unknown) => unknown) | undefined>;
  mockIPC(
    (command, payload) => {
      if (command !== "call") return null;
      const { name, args } = payload as unknown as { name: CommandName; args: unknown };
      calls.push({ name, args });
      const answer = table[name];
      if (!answer) refuse("METHOD_NOT_ALLOWED");
      return answer(args);
    },
    { shouldMockEvents: true },
  );
  return {
    calls,
    saves: () =>
      calls.filter((one) => one.name === "records.save").map((one) => (one.args as { changes: unknown }).changes),
    touch: (...kinds) => emit("touched", { kinds, ids: [] }),
  };
}

/** The whole app at an address, as the window shows it. */
export function openApp(address = "", answers: Answers = {}) {
  const core = startCore(answers);
  location.hash = address;
  const client: QueryClient = createClient();
  void followTouched(client);
  const view = render(<App client={client} />);
  return { ...view, core, client, user: userEvent.setup() };
}
