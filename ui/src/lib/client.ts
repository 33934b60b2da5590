// One query client: local data never goes stale by time, only by a `touched` event, and a missing network changes nothing.
import { QueryClient } from "@tanstack/react-query";

export function createClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY,
        retry: false,
        refetchOnWindowFocus: false,
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
