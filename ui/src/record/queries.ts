// What the screens read. A key starts with the kind it reads; a query that reads several says so in `meta.reads`.
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { call, refresh } from "../lib/call";
import type { Held, Overview, RecordKind, RecordOf, ReportArgs, Verb } from "../lib/types";

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

export function useAttachments(customerId: string) {
  return useQuery({
    queryKey: ["attachments", customerId],
    queryFn: () => call("attachments.list", { customerId }),
    meta: { reads: ["attachments", "customers", "users"] },
  });
}

/** How much copies of files may take on this laptop, and how much they do. */
export function useCopiesRoom() {
  const client = useQueryClient();
  const { data } = useQuery({ queryKey: ["attachments", "room"], queryFn: () => call("attachments.room", {}) });
  const set = async (megabytes: number) => {
    await call("attachments.room", { megabytes });
    void refresh(client, ["attachments"]);
  };
  return { data, set };
}

export function useDuplicates() {
  return useQuery({
    queryKey: ["customers", "duplicates"],
    queryFn: () => call("customers.duplicates", {}),
    meta: { reads: ["customers", "contacts", "settings"] },
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

/** How the last reminder went is told to nobody: it is asked for while somebody looks. */
const CHOICES_MS = 10_000;

export function useChoices() {
  return useQuery({
    queryKey: ["choices"],
    queryFn: () => call("app.choices", {}),
    refetchInterval: CHOICES_MS,
  });
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

/** Amounts that have more digits than a number come as text. */
export function amountOf(value: number | string): number {
  return typeof value === "number" ? value : Number(value);
}

interface SalesList<T> {
  items: (T & SalesRow)[];
  next: string | null;
  total: number | null;
}

const SALES_READS = ["quotes", "orders", "customers", "orgs"];

export function useToday(team: boolean) {
  return useQuery({
    queryKey: ["interactions", "today", team],
    queryFn: () => call("today.page", { team }),
    meta: { reads: ["interactions", "quotes", "orders", "customers", "contacts", "users", "changes"] },
  });
}

/** How much is to be done by the end of the day; what looks at it is no look at Today. */
export function useDue() {
  return useQuery({
    queryKey: ["interactions", "due"],
    queryFn: () => call("today.due", {}),
    meta: { reads: ["interactions", "customers", "orgs"] },
  });
}

export function useQuoteBoard(mine: boolean) {
  return useQuery({
    queryKey: ["quotes", "board", mine],
    queryFn: () => call("quotes.board", { mine }),
    meta: { reads: SALES_READS },
  });
}

export function useSales<K extends "quotes" | "orders">(kind: K, status: string | null, mine: boolean) {
  return useInfiniteQuery({
    queryKey: [kind, "list", status, mine],
    queryFn: async ({ pageParam }) => {
      const args = { kind, mine, ...(status ? { status } : {}), ...(pageParam ? { cursor: pageParam } : {}) };
      const page: unknown = await call("sales.list", args);
      return page as SalesList<RecordOf[K]>;
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    meta: { reads: SALES_READS },
  });
}

export interface SalesRow {
  waiting: boolean;
  customerName: string;
  /** Of quotes: the verbs that may be done now. */
  can: Verb[];
}

export function useQuotePage(id: string) {
  return useQuery({
    queryKey: ["quotes", id, "page"],
    queryFn: () => call("quotes.page", { id }),
    meta: { reads: SALES_READS },
  });
}

export function useOrderPage(id: string, enabled = true) {
  return useQuery({
    queryKey: ["orders", id, "page"],
    queryFn: () => call("orders.page", { id }),
    enabled,
    meta: { reads: SALES_READS },
  });
}

export function useCalendar(from: number, to: number) {
  return useQuery({
    queryKey: ["interactions", "calendar", from, to],
    queryFn: () => call("calendar.range", { from, to }),
    meta: { reads: ["interactions", "customers"] },
    placeholderData: (previous) => previous,
  });
}

export function useReport(args: ReportArgs) {
  return useQuery({
    queryKey: ["orders", "report", args],
    queryFn: () => call("reports.get", args),
    meta: { reads: ["customers", "interactions", "quotes", "orders", "changes"] },
    placeholderData: (previous, query) =>
      (query?.queryKey[2] as ReportArgs | undefined)?.what === args.what ? previous : undefined,
  });
}

export function useTrash() {
  return useQuery({
    queryKey: ["customers", "trash"],
    queryFn: () => call("trash.list", {}),
    meta: { reads: ["customers", "contacts", "interactions", "quotes", "orders", "attachments"] },
  });
}
