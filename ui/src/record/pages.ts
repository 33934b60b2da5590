// A long list by pages. Only pages in sight are held and refreshed; for those passed by, only where they start is remembered.
import { useQueries } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { call } from "../lib/call";
import type { Listed, RecordKind, RecordOf } from "../lib/types";

const PAGE_SIZE = 100;
/** A search is answered in one page, the best first. */
const FOUND_MAX = 200;
const OUT_OF_SIGHT_MS = 60_000;

export interface ListArgs {
  filter: Record<string, unknown>;
  sort: string;
}

export function pageSize(args: ListArgs): number {
  return args.filter.q === undefined ? PAGE_SIZE : FOUND_MAX;
}

/** Where each page starts: the cursor to ask for it with. The first page starts at null. */
type Starts = readonly (string | null)[];

interface Page<T> {
  items: Listed<T>[];
  next: string | null;
  total: number;
}

async function fetchPage<K extends RecordKind>(
  kind: K,
  args: ListArgs,
  cursor: string | null,
): Promise<Page<RecordOf[K]>> {
  const page = await call("records.list", { kind, ...args, limit: pageSize(args), ...(cursor ? { cursor } : {}) });
  return page as Page<RecordOf[K]>;
}

export interface Rows<T> {
  /** Null until the first answer. */
  total: number | null;
  at: (index: number) => Listed<T> | undefined;
  starts: Starts;
  error: Error | null;
}

const WALKED_AT_ONCE = 20;

type Learn = (key: string, index: number, cursors: readonly string[]) => void;

/** Learns the starts of pages up to `target` without keeping their rows, some pages per drawing. */
function useWalk(kind: RecordKind, key: string, starts: Starts, target: number, learn: Learn): void {
  const known = starts.length - 1;
  const from = starts[known] ?? null;
  useEffect(() => {
    if (known >= target) return;
    let stopped = false;
    const walk = async () => {
      const found: string[] = [];
      let cursor = from;
      while (!stopped && found.length < Math.min(WALKED_AT_ONCE, target - known)) {
        const page = await fetchPage(kind, JSON.parse(key) as ListArgs, cursor);
        if (page.next === null) break;
        cursor = page.next;
        found.push(cursor);
      }
      if (!stopped) learn(key, known + 1, found);
    };
    walk().catch(() => undefined); // the page itself shows the error when it comes into sight
    return () => {
      stopped = true;
    };
  }, [kind, key, known, from, target, learn]);
}

function pagesInSight(from: number, to: number, size: number): number[] {
  const pages = new Set([0]);
  for (let page = Math.floor(from / size); page <= Math.floor(to / size); page += 1) pages.add(page);
  return [...pages];
}

export function useRows<K extends RecordKind>(
  kind: K,
  args: ListArgs,
  sight: { from: number; to: number },
  /** Starts learnt before, when one comes back to a list. */
  known?: { args: ListArgs; starts: Starts } | null,
): Rows<RecordOf[K]> {
  const key = JSON.stringify(args);
  const [book, setBook] = useState<{ key: string; starts: Starts }>(() => ({
    key,
    starts: known && JSON.stringify(known.args) === key ? known.starts : [null],
  }));
  const starts: Starts = book.key === key ? book.starts : [null];
  const learn = useRef<Learn>((at, index, cursors) => {
    setBook((book) => {
      const before = book.key === at ? book.starts : [null];
      const isKnown = cursors.every((cursor, offset) => before[index + offset] === cursor);
      if (isKnown || index > before.length) return book;
      // A later start that was learnt from an older answer stays usable: a keyset cursor is a position, not a number.
      return { key: at, starts: [...before.slice(0, index), ...cursors, ...before.slice(index + cursors.length)] };
    });
  }).current;

  const size = pageSize(args);
  const wanted = pagesInSight(sight.from, sight.to, size);
  const pages = wanted.filter((page) => page < starts.length);
  const results = useQueries({
    queries: pages.map((page) => ({
      queryKey: [kind, "list", args, starts[page] ?? null],
      queryFn: () => fetchPage(kind, args, starts[page] ?? null),
      gcTime: OUT_OF_SIGHT_MS,
    })),
  });

  const nexts = results.map((result) => result.data?.next ?? null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `nexts` and `pages` are compared by their content
  useEffect(() => {
    pages.forEach((page, index) => {
      const next = nexts[index];
      if (next) learn(key, page + 1, [next]);
    });
  }, [key, nexts.join(), pages.join()]);
  useWalk(kind, key, starts, Math.max(...wanted), learn);

  const held = new Map(pages.map((page, index) => [page, results[index]?.data?.items]));
  const total = results[0]?.data?.total ?? null;
  const now: Rows<RecordOf[K]> = {
    total,
    at: (index) => held.get(Math.floor(index / size))?.[index % size],
    starts,
    error: results.find((result) => result.error)?.error ?? null,
  };
  // While a changed filter is being answered the rows of the last one stay: the table never flashes empty.
  const last = useRef(now);
  useEffect(() => {
    if (total !== null) last.current = now;
  });
  return total === null && now.error === null ? { ...last.current, starts } : now;
}
