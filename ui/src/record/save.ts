// Saving, and taking it back. Every save leaves what undoes it; undoing leaves what redoes it.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call, refresh } from "../lib/call";
import { t } from "../lib/i18n";
import type { Edit, Result } from "../lib/types";
import { showToast } from "../lib/ui";
import { tellError } from "./tell";

const KEPT = 50;
const done: Edit[][] = [];
const undone: Edit[][] = [];

/** What was saved in this session can only be undone in this session. */
export function forgetHistory(): void {
  done.length = 0;
  undone.length = 0;
}

async function send(client: QueryClient, changes: Edit[]): Promise<Result<"records.save">> {
  const result = await call("records.save", { changes });
  refresh(client, [...new Set(changes.map((edit) => edit.kind)), "sync"]);
  return result;
}

function push(stack: Edit[][], edits: Edit[]): void {
  if (edits.length === 0) return;
  stack.push(edits);
  if (stack.length > KEPT) stack.shift();
}

async function move(client: QueryClient, from: Edit[][], to: Edit[][], said: string): Promise<void> {
  const edits = from.pop();
  if (!edits) {
    showToast(t("undo.nothing"));
    return;
  }
  try {
    const { undo } = await send(client, edits);
    push(to, undo as Edit[]);
    showToast(said);
  } catch (thrown) {
    tellError(thrown);
  }
}

/** `save` throws an AppError when the core refuses. With `said` it shows a toast with Undo. */
export function useSave() {
  const client = useQueryClient();
  const undo = useCallback(() => move(client, done, undone, t("undo.undone")), [client]);
  const redo = useCallback(() => move(client, undone, done, t("undo.redone")), [client]);
  const save = useCallback(
    async (changes: Edit[], said?: string) => {
      const result = await send(client, changes);
      push(done, result.undo as Edit[]);
      undone.length = 0;
      if (said) showToast(said, { label: t("undo.action"), keys: "mod+z", run: () => void undo() });
      return result;
    },
    [client, undo],
  );
  return { save, undo, redo };
}
