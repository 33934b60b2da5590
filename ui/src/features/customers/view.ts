// The list's filters, order, columns and shape, kept in the address so that going back finds them again; a saved view is the
// same, kept in a record.
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { CustomerStatus } from "../../lib/types";
import type { ListArgs } from "../../record/pages";

export type SortField = "name" | "status" | "nextFollowUp" | "lastContact" | "value" | "updatedAt";
export type Mode = "table" | "board" | "split";

/** Stands for whoever looks: a shared view shows each her own. */
export const ME = "me";
/** Customers that nobody looks after. */
export const NOBODY = "none";

export interface View {
  q: string;
  status: readonly CustomerStatus[];
  owner: string | null;
  inactive: boolean;
  sort: string;
  mode: Mode;
  /** Null: the columns of the saved view, or those of the house. */
  columns: readonly string[] | null;
  /** The saved view that this one began as. */
  saved: string | null;
}

export const STATUSES: readonly CustomerStatus[] = ["prospect", "lead", "active", "inactive"];
const MODES: readonly Mode[] = ["table", "board", "split"];
export const PLAIN: View = {
  q: "",
  status: [],
  owner: null,
  inactive: false,
  sort: "name",
  mode: "table",
  columns: null,
  saved: null,
};

function list(text: string | null): string[] {
  return (text ?? "").split(",").filter(Boolean);
}

function read(params: URLSearchParams): View {
  const status = list(params.get("status"));
  const columns = params.get("cols");
  return {
    q: params.get("q") ?? "",
    status: STATUSES.filter((known) => status.includes(known)),
    owner: params.get("owner"),
    inactive: params.get("inactive") === "1",
    sort: params.get("sort") ?? PLAIN.sort,
    mode: MODES.find((mode) => mode === params.get("mode")) ?? PLAIN.mode,
    columns: columns === null ? null : list(columns),
    saved: params.get("view"),
  };
}

export function write(view: View): URLSearchParams {
  const address = new URLSearchParams();
  if (view.saved) address.set("view", view.saved);
  if (view.q !== "") address.set("q", view.q);
  if (view.status.length > 0) address.set("status", view.status.join(","));
  if (view.owner) address.set("owner", view.owner);
  if (view.inactive) address.set("inactive", "1");
  if (view.sort !== PLAIN.sort) address.set("sort", view.sort);
  if (view.mode !== PLAIN.mode) address.set("mode", view.mode);
  if (view.columns) address.set("cols", view.columns.join(","));
  return address;
}

/** What of a view is kept in a record: everything but which record that is. */
export function definitionOf({ saved: _, ...kept }: View): Record<string, unknown> {
  return { ...kept };
}

/** A view from a record; what an older or newer Rapport wrote differently is as in the plain view. */
export function viewOf(id: string, definition: Record<string, unknown>): View {
  const text = (name: string) => (typeof definition[name] === "string" ? (definition[name] as string) : null);
  const words = (name: string) =>
    Array.isArray(definition[name]) ? definition[name].filter((one) => typeof one === "string") : null;
  const params = new URLSearchParams();
  for (const name of ["q", "owner", "sort", "mode"]) {
    const value = text(name);
    if (value) params.set(name, value);
  }
  params.set("status", (words("status") ?? []).join(","));
  if (definition.inactive === true) params.set("inactive", "1");
  const columns = words("columns");
  if (columns) params.set("cols", columns.join(","));
  return { ...read(params), saved: id };
}

/** What the core is asked for. Inactive customers are left out unless they are asked for. */
export function listArgs(view: View, me: string | null = null): ListArgs {
  const filter: Record<string, unknown> = {};
  if (view.q.trim() !== "") filter.q = view.q.trim();
  if (view.status.length === 1) filter.status = view.status[0];
  else if (view.status.length > 1) filter.status = [...view.status];
  if (view.owner === NOBODY) filter.assignedTo = null;
  else if (view.owner) filter.assignedTo = view.owner === ME ? me : view.owner;
  if (view.inactive || view.status.includes("inactive")) filter.includeInactive = true;
  else filter.isActive = true;
  return { filter, sort: view.sort };
}

/** The other direction when the column is already sorted; numbers and dates start with the greatest. */
export function nextSort(current: string, field: SortField): string {
  const first = field === "value" || field === "lastContact" || field === "updatedAt" ? `-${field}` : field;
  const second = first.startsWith("-") ? field : `-${field}`;
  return current === first ? second : first;
}

export function isFiltered(view: View): boolean {
  return view.q.trim() !== "" || view.status.length > 0 || view.owner !== null;
}

export function sameView(a: View, b: View): boolean {
  return write(a).toString() === write(b).toString();
}

export type ChangeView = (part: Partial<View>) => void;

export function useView(me: string | null): { view: View; args: ListArgs; change: ChangeView } {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => read(params), [params]);
  const args = useMemo(() => listArgs(view, me), [view, me]);
  const change = (part: Partial<View>) => setParams(write({ ...view, ...part }), { replace: true });
  return { view, args, change };
}
