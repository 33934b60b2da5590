// Saving, and taking it back. Every save leaves what undoes it; undoing leaves what redoes it.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { call, refresh } from "../lib/call";
import { t } from "../lib/i18n";
import type { Edit, RecordKind, Result } from "../lib/types";
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

/** Changes that one save holds at most; what undoes a bulk edit may be more. */
const CHANGES_MAX = 200;

async function send(client: QueryClient, changes: Edit[]): Promise<Result<"records.save">> {
  const done: Result<"records.save"> = { saved: [], undo: [] };
  for (let at = 0; at < changes.length; at += CHANGES_MAX) {
    const part = await call("records.save", { changes: changes.slice(at, at + CHANGES_MAX) });
    done.saved.push(...part.saved);
    done.undo.unshift(...part.undo);
  }
  void refresh(client, [...new Set(changes.map((edit) => edit.kind)), "sync"]);
  return done;
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

export interface Bulk {
  kind: RecordKind;
  ids: readonly string[];
  units?: Record<string, unknown>;
  delete?: boolean;
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
  /** The same for one wish and many records: one step to take back. */
  const saveMany = useCallback(
    async (wish: Bulk, said: (changed: number) => string) => {
      const { undo: back = [], changed = 0 } = await call("records.bulk", { ...wish, ids: [...wish.ids] });
      void refresh(client, [wish.kind, "sync"]);
      push(done, back as Edit[]);
      undone.length = 0;
      showToast(said(changed), { label: t("undo.action"), keys: "mod+z", run: () => void undo() });
    },
    [client, undo],
  );
  /** What a verb of the core changed, so that it can be taken back like any other step. */
  const took = useCallback(
    (back: readonly unknown[], said: string) => {
      void refresh(client, [...new Set((back as Edit[]).map((edit) => edit.kind)), "customers", "sync"]);
      push(done, [...back] as Edit[]);
      undone.length = 0;
      showToast(said, { label: t("undo.action"), keys: "mod+z", run: () => void undo() });
    },
    [client, undo],
  );
  return { save, saveMany, took, undo, redo };
}
