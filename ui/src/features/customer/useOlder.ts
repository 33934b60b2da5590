// Interactions behind the first page, fetched when somebody asks for them.
import { useInfiniteQuery } from "@tanstack/react-query";
import type { Interaction } from "../../gen/records";
import { call } from "../../lib/call";
import type { Listed } from "../../lib/types";

const PER_PAGE = 200;

export function useOlder(customerId: string, cursor: string | null, asked: boolean) {
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: ["interactions", customerId, "older", cursor],
    queryFn: ({ pageParam }) =>
      call("records.list", { kind: "interactions", customerId, cursor: pageParam, limit: PER_PAGE }),
    initialPageParam: cursor ?? "",
    getNextPageParam: (page) => page.next,
    enabled: asked && cursor !== null,
  });
  const interactions = (data?.pages.flatMap((page) => page.items) ?? []) as Listed<Interaction>[];
  return {
    interactions,
    hasMore: data === undefined ? cursor !== null : hasNextPage,
    fetchMore: () => void fetchNextPage(),
  };
}
