// Edits as the core wants them: one unit per field, each with its base and the version the base was read at.
import { call } from "../lib/call";
import { isDateOnly } from "../lib/dates";
import type { CustomerStatus, Edit, Held, RecordKind, RecordOf, UnitEdit } from "../lib/types";

type Fields = Record<string, unknown>;

export async function mint(count: number): Promise<string[]> {
  return (await call("ids.mint", { count })).ids;
}

function isEmpty(value: unknown): boolean {
  return value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
}

/** A new record: every unit starts from nothing at version 0. Empty fields are left out. */
export function create(kind: RecordKind, id: string, units: Fields): Edit {
  const filled = Object.entries(units).filter(([, value]) => !isEmpty(value));
  return {
    kind,
    id,
    op: "put",
    units: Object.fromEntries(filled.map(([unit, value]) => [unit, { value, base: null, baseVersion: 0 }])),
  };
}

/** Changes units of a record; the base is what the form showed when it opened. */
export function change(
  kind: RecordKind,
  id: string,
  version: number,
  units: Record<string, { value: unknown; base: unknown }>,
): Edit {
  const edits: [string, UnitEdit][] = Object.entries(units).map(([unit, { value, base }]) => [
    unit,
    { value, base, baseVersion: version },
  ]);
  return { kind, id, op: "put", units: Object.fromEntries(edits) };
}

/** One plain field, from the state the form opened with. */
export function changeField<K extends RecordKind>(
  kind: K,
  seen: Held<RecordOf[K]>,
  unit: keyof RecordOf[K] & string,
  value: unknown,
): Edit {
  const record = seen.record as unknown as { _id: string } & Fields;
  return change(kind, record._id, seen.version, { [unit]: { value, base: record[unit] ?? null } });
}

/** Only the fields that differ from what the form opened with; null when there are none. */
export function changeFields<K extends RecordKind>(kind: K, seen: Held<RecordOf[K]>, values: Fields): Edit | null {
  const record = seen.record as unknown as { _id: string } & Fields;
  const changed = Object.entries(values).filter(([unit, value]) => !same(record[unit] ?? null, value));
  if (changed.length === 0) return null;
  const units = changed.map(([unit, value]) => [unit, { value, base: record[unit] ?? null }] as const);
  return change(kind, record._id, seen.version, Object.fromEntries(units));
}

function same(before: unknown, after: unknown): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}

/** `confirmed` says that the step is meant although nothing was bought yet. */
export function changeStatus(
  seen: Held<RecordOf["customers"]>,
  status: CustomerStatus,
  reason: string | null,
  confirmed = false,
): Edit {
  const { record, version } = seen;
  const base = { status: record.status, statusReason: record.statusReason };
  const value = { status, statusReason: reason, ...(confirmed ? { activeConfirmed: true } : {}) };
  return change("customers", record._id, version, { status: { value, base } });
}

export function changeTag(seen: Held<RecordOf["customers"]>, tag: string, on: boolean): Edit {
  const { record, version } = seen;
  const base = record.tags.includes(tag) ? true : null;
  return change("customers", record._id, version, { [`tags/${tag}`]: { value: on ? true : null, base } });
}

export function hasTime(wall: number | null): boolean {
  return wall !== null && !isDateOnly(wall);
}

export interface FollowUp {
  requiresFollowUp: boolean;
  followUpDate: number | null;
  followUpHasTime: boolean;
  followUpNotes: string | null;
  followUpDoneAt: number | null;
}

export function followUpOf(record: RecordOf["interactions"]): FollowUp {
  const { requiresFollowUp, followUpDate, followUpHasTime, followUpNotes, followUpDoneAt } = record;
  return { requiresFollowUp, followUpDate, followUpHasTime, followUpNotes, followUpDoneAt };
}

export function changeFollowUp(
  seen: Held<RecordOf["interactions"]>,
  part: Partial<Omit<FollowUp, "followUpHasTime">>,
): Edit {
  const base = followUpOf(seen.record);
  const value = { ...base, ...part };
  // Whether it has a time follows from its date.
  if (part.followUpDate !== undefined) value.followUpHasTime = hasTime(part.followUpDate);
  return change("interactions", seen.record._id, seen.version, { followUp: { value, base } });
}

export function remove(kind: RecordKind, id: string): Edit {
  return { kind, id, op: "delete", units: {} };
}
