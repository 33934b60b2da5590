// The steps of an import: choose, look, take, read what happened, take it back.
import { useCallback, useEffect, useState } from "react";
import { AppError, call, toAppError } from "../../lib/call";
import { asBase64 } from "../../lib/files";
import type { ImportReport, Result } from "../../lib/types";

export type Source = { path: string } | { text: string } | { content: string; fileName: string };

/** What the core takes; a larger file is not even read. */
const FILE_BYTES_MAX = 50 * 1024 * 1024;

async function contentOf(file: File): Promise<Source> {
  if (file.size > FILE_BYTES_MAX) throw new AppError("TOO_LARGE", "");
  const content = await asBase64(file).catch(() => {
    throw new AppError("UNREADABLE", "");
  });
  return { content, fileName: file.name };
}
export type Mapping = Record<string, string>;

export type Step =
  | { at: "choose" }
  | { at: "preview"; source: Source; report: ImportReport }
  | { at: "done"; report: ImportReport }
  | { at: "reverted"; answer: Result<"import.revert"> };

/** The columns as they are mapped now, or nothing for an address book. */
function mappingOf(report: ImportReport): Mapping | undefined {
  if (!report.columns) return undefined;
  return Object.fromEntries(report.columns.map((column) => [column.header, column.target]));
}

export function useImport() {
  const [step, setStep] = useState<Step>({ at: "choose" });
  const [busy, setBusy] = useState<"reading" | "taking" | null>(null);
  const [error, setError] = useState<AppError | null>(null);
  const run = async (what: "reading" | "taking", action: () => Promise<Step | null>) => {
    if (busy) return;
    setBusy(what);
    setError(null);
    try {
      const next = await action();
      if (next) setStep(next);
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(null);
    }
  };
  const look = async (source: Source, mapping?: Mapping): Promise<Step> => {
    const report = await call("import.read", mapping ? { ...source, mapping } : source);
    return { at: "preview", source, report };
  };
  return {
    step,
    busy,
    error,
    preview: (source: Source, mapping?: Mapping) => run("reading", () => look(source, mapping)),
    pick: () =>
      run("reading", async () => {
        const { path } = await call("import.pick", {});
        return path === null ? null : look({ path });
      }),
    drop: (files: readonly File[]) => {
      const [file] = files;
      if (file) void run("reading", async () => look(await contentOf(file)));
    },
    take: (source: Source, seen: ImportReport) =>
      run("taking", async () => {
        const mapping = mappingOf(seen);
        return { at: "done", report: await call("import.take", mapping ? { ...source, mapping } : source) };
      }),
    revert: (batchId: string) =>
      run("taking", async () => ({ at: "reverted", answer: await call("import.revert", { batchId }) })),
    restart: () => setStep({ at: "choose" }),
  };
}

const POLL_MS = 250;

/** How far the import is that runs; nothing while none does. */
export function useProgress(running: boolean): { done: number; total: number } | null {
  const [progress, setProgress] = useState<{ done: number; total: number } | null>(null);
  const ask = useCallback(async () => {
    const { running: now } = await call("import.status", {});
    setProgress(now ? { done: now.done, total: now.total } : null);
  }, []);
  useEffect(() => {
    if (!running) return;
    // A question that fails is asked again by the next.
    const timer = setInterval(() => void ask().catch(() => undefined), POLL_MS);
    return () => {
      clearInterval(timer);
      setProgress(null);
    };
  }, [running, ask]);
  return progress;
}
