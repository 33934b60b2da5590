// One attempt to get into the app: busy while it runs, the error when it fails, the new status into the cache when it works.
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type AppError, toAppError } from "../../lib/call";
import type { SessionStatus } from "../../lib/types";

export function useAttempt() {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const attempt = async (action: () => Promise<SessionStatus>): Promise<boolean> => {
    if (busy) return false;
    setBusy(true);
    setError(null);
    try {
      const status = await action();
      client.setQueryData(["session"], status);
      await client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      return true;
    } catch (thrown) {
      setError(toAppError(thrown));
      return false;
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, attempt, fail: setError };
}
