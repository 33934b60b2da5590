// Where a customer page was opened from, so that [ and ] go along the same list and the list comes back as it was left.
import { call } from "../lib/call";
import { type ListArgs, pageSize } from "./pages";

export interface Trail {
  args: ListArgs;
  /** Address of the list, with its filters. */
  from: string;
  total: number;
  index: number;
  starts: readonly (string | null)[];
}

let trail: Trail | null = null;

export function leaveTrail(next: Trail): void {
  trail = next;
}

export function forgetTrail(): void {
  trail = null;
}

export function currentTrail(): Trail | null {
  return trail;
}

/** The record `step` rows further along the list, or null at its ends. Moves the trail along. */
export async function stepAlong(step: 1 | -1): Promise<string | null> {
  if (!trail) return null;
  const index = trail.index + step;
  if (index < 0 || index >= trail.total) return null;
  const size = pageSize(trail.args);
  const page = Math.floor(index / size);
  if (page >= trail.starts.length) {
    const last = trail.starts.at(-1);
    const before = await call("records.list", listArgs(trail.args, last ?? null));
    if (before.next === null) return null;
    trail = { ...trail, starts: [...trail.starts, before.next] };
  }
  const { items } = await call("records.list", listArgs(trail.args, trail.starts[page] ?? null));
  const found = items[index % size] as { _id: string } | undefined;
  if (!found) return null;
  trail = { ...trail, index };
  return found._id;
}

function listArgs(args: ListArgs, cursor: string | null) {
  return { kind: "customers" as const, ...args, limit: pageSize(args), ...(cursor ? { cursor } : {}) };
}
