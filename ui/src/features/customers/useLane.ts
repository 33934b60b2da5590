// The customers of one lane, page by page.
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Customer } from "../../gen/records";
import { call } from "../../lib/call";
import type { CustomerStatus, Listed } from "../../lib/types";
import type { ListArgs } from "../../record/pages";

const PER_PAGE = 50;

/** The view's filter for one lane: the inactive stand in a lane of their own, whatever the view says of daily use. */
export function laneArgs(args: ListArgs, status: CustomerStatus): ListArgs {
  const { isActive: _, ...filter } = args.filter;
  return { filter: { ...filter, status, includeInactive: true }, sort: args.sort };
}

export function useLane(args: ListArgs, status: CustomerStatus, shown: boolean) {
  const asked = laneArgs(args, status);
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["customers", "lane", asked],
    queryFn: ({ pageParam }) =>
      call("records.list", {
        kind: "customers",
        ...asked,
        limit: PER_PAGE,
        ...(pageParam === null ? {} : { cursor: pageParam }),
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    enabled: shown,
  });
  const customers = (data?.pages.flatMap((page) => page.items) ?? []) as Listed<Customer>[];
  return { customers, ready: data !== undefined, more: hasNextPage ? () => void fetchNextPage() : null };
}
