// The list's filters and order, kept in the address so that going back finds them again.
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import type { CustomerStatus } from "../../lib/types";
import type { ListArgs } from "../../record/pages";

export type SortField = "name" | "status" | "nextFollowUp" | "lastContact" | "value";

export interface View {
  q: string;
  status: CustomerStatus | null;
  owner: string | null;
  inactive: boolean;
  sort: string;
}

const STATUSES: readonly CustomerStatus[] = ["prospect", "lead", "active", "inactive"];
const DEFAULT_SORT = "name";

function read(params: URLSearchParams): View {
  return {
    q: params.get("q") ?? "",
    status: STATUSES.find((status) => status === params.get("status")) ?? null,
    owner: params.get("owner"),
    inactive: params.get("inactive") === "1",
    sort: params.get("sort") ?? DEFAULT_SORT,
  };
}

/** What the core is asked for. Inactive customers are left out unless they are asked for. */
export function listArgs(view: View): ListArgs {
  const filter: Record<string, unknown> = {};
  if (view.q.trim() !== "") filter.q = view.q.trim();
  if (view.status) filter.status = view.status;
  if (view.owner) filter.assignedTo = view.owner;
  if (view.inactive || view.status === "inactive") filter.includeInactive = true;
  else filter.isActive = true;
  return { filter, sort: view.sort };
}

/** The other direction when the column is already sorted; numbers and dates start with the greatest. */
export function nextSort(current: string, field: SortField): string {
  const first = field === "value" || field === "lastContact" ? `-${field}` : field;
  const second = first.startsWith("-") ? field : `-${field}`;
  return current === first ? second : first;
}

export function isFiltered(view: View): boolean {
  return view.q.trim() !== "" || view.status !== null || view.owner !== null;
}

export function useView(): { view: View; args: ListArgs; change: (part: Partial<View>) => void } {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => read(params), [params]);
  const args = useMemo(() => listArgs(view), [view]);
  const change = (part: Partial<View>) => {
    const next = { ...view, ...part };
    const address = new URLSearchParams();
    if (next.q !== "") address.set("q", next.q);
    if (next.status) address.set("status", next.status);
    if (next.owner) address.set("owner", next.owner);
    if (next.inactive) address.set("inactive", "1");
    if (next.sort !== DEFAULT_SORT) address.set("sort", next.sort);
    setParams(address, { replace: true });
  };
  return { view, args, change };
}
