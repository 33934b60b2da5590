// What the screens read. A key starts with the kind it reads; a query that reads several says so in `meta.reads`.
import { useQuery } from "@tanstack/react-query";
import { call } from "../lib/call";
import type { Held, Overview, RecordKind, RecordOf } from "../lib/types";

export function useSession() {
  return useQuery({ queryKey: ["session"], queryFn: () => call("session.status", {}) });
}

export function useSync() {
  return useQuery({ queryKey: ["sync"], queryFn: () => call("sync.status", {}) });
}

const OVERVIEW_READS = ["users", "teams", "orgs", "customers", "session"];

export function useOverview() {
  return useQuery({
    queryKey: ["users", "overview"],
    queryFn: () => call("org.overview", {}),
    meta: { reads: OVERVIEW_READS },
  });
}

const PAGE_READS = [
  "customers",
  "contacts",
  "interactions",
  "quotes",
  "orders",
  "attachments",
  "customer_values",
  "lead_scores",
  "users",
];

export function useCustomerPage(id: string) {
  return useQuery({
    queryKey: ["customers", id, "page"],
    queryFn: () => call("customers.page", { id }),
    meta: { reads: PAGE_READS },
  });
}

export function useCards() {
  return useQuery({ queryKey: ["cards"], queryFn: () => call("cards.list", {}) });
}

export function useHits(q: string, limit: number) {
  return useQuery({
    queryKey: ["search", q, limit],
    queryFn: () => call("search.query", { q, limit }),
    enabled: q.trim() !== "",
    meta: { reads: ["customers", "contacts", "interactions"] },
    placeholderData: (previous) => previous,
  });
}

export function useAppInfo() {
  return useQuery({ queryKey: ["app"], queryFn: () => call("app.info", {}) });
}

/** One record as it stands now: asked for at the moment a form opens, so that the edit names the state it was based on. */
export async function getHeld<K extends RecordKind>(kind: K, id: string): Promise<Held<RecordOf[K]>> {
  return (await call("records.get", { kind, id })) as Held<RecordOf[K]>;
}

export function userName(overview: Overview | undefined, id: string | null): string | null {
  if (id === null) return null;
  return overview?.users.find((user) => user._id === id)?.name ?? null;
}

export function currencyOf(overview: Overview | undefined): string {
  return overview?.org.currency || "EUR";
}
