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
import { contact, customer, interaction, org, user } from "./records";

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
  "records.history": () => ({ lines: [], madeAt: 1, madeBy: "u1", version: 7 }),
  "search.query": () => ({ hits: [] }),
  "cards.list": () => ({ items: [] }),
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
