// Adding files: one after the other, each one a step that can be taken back, each refusal said beside the others.
import { useState } from "react";
import { call, toAppError } from "../../lib/call";
import { describe } from "../../lib/errors";
import { asBase64 } from "../../lib/files";
import { t } from "../../lib/i18n";
import { useSave } from "../../record/save";
import { whyNot } from "./tellFile";

/** What the core takes; a larger file is not even read. */
const FILE_BYTES_MAX = 25 * 1024 * 1024;

interface Refused {
  name: string;
  why: string;
}

export interface Adding {
  add: (files: readonly File[]) => Promise<void>;
  progress: { done: number; total: number } | null;
  refused: readonly Refused[];
}

async function put(customerId: string, file: File) {
  const { name } = file;
  if (file.size > FILE_BYTES_MAX) return { name, why: t("files.error.TOO_LARGE") };
  const content = await asBase64(file).catch(() => null);
  if (content === null) return { name, why: t("files.error.UNREADABLE") };
  try {
    return await call("attachments.add", { customerId, name, mime: file.type, content });
  } catch (thrown) {
    return { name, why: whyNot(thrown) ?? describe(toAppError(thrown)) };
  }
}

export function useAddFiles(customerId: string): Adding {
  const { took } = useSave();
  const [progress, setProgress] = useState<Adding["progress"]>(null);
  const [refused, setRefused] = useState<readonly Refused[]>([]);
  const add = async (files: readonly File[]) => {
    if (files.length === 0 || progress) return;
    const undo: unknown[] = [];
    const refusals: Refused[] = [];
    setRefused([]);
    for (const [done, file] of files.entries()) {
      setProgress({ done: done + 1, total: files.length });
      const answer = await put(customerId, file);
      if ("why" in answer) refusals.push(answer);
      else undo.unshift(...answer.undo);
    }
    setProgress(null);
    setRefused(refusals);
    const added = files.length - refusals.length;
    if (added > 0) took(undo, t("files.added", { count: added }));
  };
  return { add, progress, refused };
}
