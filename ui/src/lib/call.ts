// The only file that knows Tauri. `call` reaches the core, `followTouched` makes what was read fresh again.
import type { QueryClient } from "@tanstack/react-query";
import { invoke } from "@tauri-apps/api/core";
import { listen } from "@tauri-apps/api/event";
import type { Args, CommandName, Result } from "./types";

export class AppError extends Error {
  readonly code: string;
  readonly field: string | null;
  readonly details: Record<string, unknown>;

  constructor(code: string, message: string, field: string | null = null, details: unknown = null) {
    super(message);
    this.name = "AppError";
    this.code = code;
    this.field = field;
    this.details = isObject(details) ? details : {};
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whatever was thrown, as an AppError: the core's error body keeps its code, anything else is INTERNAL. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isObject(thrown) && typeof thrown.code === "string") {
    const field = typeof thrown.field === "string" ? thrown.field : null;
    return new AppError(thrown.code, String(thrown.message ?? thrown.code), field, thrown.details);
  }
  return new AppError("INTERNAL", thrown instanceof Error ? thrown.message : String(thrown));
}

export async function call<N extends CommandName>(name: N, args: Args<N>): Promise<Result<N>> {
  try {
    return await invoke<Result<N>>("call", { name, args });
  } catch (thrown) {
    throw toAppError(thrown);
  }
}

interface Touched {
  kinds: string[];
  ids: string[];
  /** Somebody pressed a reminder: the window goes there. */
  place?: string;
}

/** Only what the shell may name: a screen, or a record of one. */
const PLACE = /^\/[a-z]+(\/[0-9a-f-]{36})?$/;

/** A query reads the kind its key starts with, or what `meta.reads` lists. */
export function refresh(client: QueryClient, kinds: readonly string[]): Promise<void> {
  return client.invalidateQueries({
    predicate: ({ queryKey, meta }) => {
      const reads = (meta?.reads as readonly string[] | undefined) ?? [String(queryKey[0])];
      return reads.some((kind) => kinds.includes(kind));
    },
  });
}

const COALESCE_MS = 120;
/** So many times as long as reading anew took, nothing is read: a first download needs the machine more than the screen behind it. */
const REST = 3;
const REST_MAX_MS = 2000;

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));

/** Refreshes at once on the first event, then as often as it costs little: a first download touches thousands of records. */
export function followTouched(client: QueryClient): Promise<() => void> {
  const pending = new Set<string>();
  let busy = false;
  const flush = async () => {
    busy = true;
    try {
      while (pending.size > 0) {
        const kinds = [...pending];
        pending.clear();
        const began = performance.now();
        await Promise.race([refresh(client, kinds), wait(REST_MAX_MS)]);
        await wait(Math.min(REST_MAX_MS, Math.max(COALESCE_MS, REST * (performance.now() - began))));
      }
    } finally {
      busy = false;
    }
  };
  return listen<Touched>("touched", ({ payload }) => {
    if (payload.place && PLACE.test(payload.place)) location.hash = payload.place;
    for (const kind of payload.kinds) pending.add(kind);
    if (!busy) void flush();
  });
}
