// What became of a record, and the way back: one field, or everything as it stood at a moment.
import type { History } from "../gen/commands";
import type { ChangeEntry, Edit, Held, RecordKind, RecordOf } from "../lib/types";
import { change } from "./edits";

/** What each unit had before the moment `at`, for the units that changed since; the lines come newest first. */
export function valuesBefore(lines: readonly ChangeEntry[], at: number): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const line of lines) {
    if (line.at >= at && !line.overridden) values[line.unit] = line.before;
  }
  return values;
}

/** The value of a unit as a record holds it: a tag is a unit of its own, a group is an object of its fields. */
export function standing(record: Record<string, unknown>, unit: string, like: unknown): unknown {
  const [set, word] = unit.split("/");
  if (word !== undefined) return (record[set ?? ""] as string[] | undefined)?.includes(word) ? true : null;
  if (unit in record && typeof like !== "object") return record[unit];
  if (typeof like === "object" && like !== null && !Array.isArray(like) && !isPlainField(record, unit)) {
    return Object.fromEntries(Object.keys(like).map((name) => [name, record[name] ?? null]));
  }
  return record[unit] ?? null;
}

function isPlainField(record: Record<string, unknown>, unit: string): boolean {
  return typeof record[unit] === "object" && record[unit] !== null;
}

/** The edit that brings values back, on top of what stands now; null when nothing differs. */
export function restoring<K extends RecordKind>(
  kind: K,
  seen: Held<RecordOf[K]>,
  values: Record<string, unknown>,
): Edit | null {
  const record = seen.record as unknown as Record<string, unknown> & { _id: string };
  const units = Object.entries(values)
    .filter(([unit]) => unit !== "deletedAt")
    .map(([unit, value]) => [unit, { value, base: standing(record, unit, value) }] as const)
    .filter(([, { value, base }]) => JSON.stringify(value) !== JSON.stringify(base));
  if (units.length === 0) return null;
  return change(kind, record._id, seen.version, Object.fromEntries(units));
}

/** Lines of one moment by one person are one version. */
export function versions(history: History): { at: number; by: string; lines: ChangeEntry[] }[] {
  const found: { at: number; by: string; lines: ChangeEntry[] }[] = [];
  for (const line of history.lines) {
    const last = found.at(-1);
    if (last && last.at === line.at && last.by === line.by) last.lines.push(line);
    else found.push({ at: line.at, by: line.by, lines: [line] });
  }
  return found;
}
