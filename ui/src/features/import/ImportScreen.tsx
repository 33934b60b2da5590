import { FileUp } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { DropHint } from "../../components/DropHint";
import { ErrorNote } from "../../components/ErrorNote";
import { TextArea } from "../../components/Field";
import { useFileDrop } from "../../components/useFileDrop";
import { call } from "../../lib/call";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import { Columns } from "./Columns";
import { ExportPanel } from "./ExportPanel";
import { addsNothing, Report } from "./Report";
import { useImport, useProgress } from "./useImport";

function Choose({ busy, onPick, onPaste }: { busy: boolean; onPick: () => void; onPaste: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <>
      <section className="flex items-center gap-5 rounded-lg border border-line-strong border-dashed bg-sunken px-5 py-6">
        <FileUp size={20} strokeWidth={1.5} className="shrink-0 text-ink-2" aria-hidden="true" />
        <p className="flex-1 text-ink-2">{t("import.about")}</p>
        <Button variant="primary" className="shrink-0" disabled={busy} onClick={onPick}>
          {t("import.pick")}
        </Button>
      </section>
      <form
        className="mt-6"
        onSubmit={(event) => {
          event.preventDefault();
          onPaste(text);
        }}
      >
        <TextArea
          label={t("import.paste")}
          help={t("import.pasteHelp")}
          rows={5}
          value={text}
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" className="mt-3" disabled={busy || text.trim() === ""}>
          {t("import.preview")}
        </Button>
      </form>
      <ExportPanel />
    </>
  );
}

/** How far it is, and the way to stop it behind what is taken. */
function Progress({ progress }: { progress: { done: number; total: number } | null }) {
  if (!progress) return null;
  return (
    <div className="mt-4 flex items-center gap-3">
      <progress
        className="h-1.5 w-60"
        aria-label={t("import.progress")}
        value={progress.done}
        max={Math.max(progress.total, 1)}
      />
      <span className="text-ink-2 text-small">
        {t("import.progressOf", { done: count(progress.done), total: count(progress.total) })}
      </span>
      <Button onClick={() => void call("import.cancel", {})}>{t("import.cancel")}</Button>
    </div>
  );
}

type Import = ReturnType<typeof useImport>;

function Actions({ on }: { on: Import }) {
  const navigate = useNavigate();
  const { step, busy } = on;
  const batchId = step.at === "done" ? step.report.batchId : null;
  return (
    <div className="mt-5 flex flex-wrap gap-2">
      {step.at === "preview" && !addsNothing(step.report) ? (
        <Button variant="primary" disabled={busy !== null} onClick={() => void on.take(step.source, step.report)}>
          {busy === "taking" ? t("import.busy") : t("import.take")}
        </Button>
      ) : (
        <Button variant="primary" onClick={() => navigate("/customers")}>
          {t("customers.open")}
        </Button>
      )}
      {batchId ? (
        <Button disabled={busy !== null} onClick={() => void on.revert(batchId)}>
          {t("import.revert")}
        </Button>
      ) : null}
      <Button disabled={busy !== null} onClick={on.restart}>
        {t("import.another")}
      </Button>
    </div>
  );
}

/** Files come in and go out: choose, see what would happen, take it, read what happened, take it back. */
export function ImportScreen() {
  const on = useImport();
  const { step, busy, error, restart } = on;
  const progress = useProgress(busy === "taking");
  const { over, listeners } = useFileDrop(on.drop, busy === null && step.at !== "reverted");
  return (
    <main className="relative min-w-0 overflow-y-auto" {...listeners}>
      {over ? <DropHint>{t("import.drop")}</DropHint> : null}
      <header className="flex h-topbar items-center border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("import.title")}</h1>
      </header>
      <div className="max-w-[860px] px-6 py-6">
        {error ? (
          <ErrorNote className="mb-4" error={error} ways={{ retry: restart, fix: restart, reload: restart }} />
        ) : null}
        {step.at === "choose" ? (
          <Choose busy={busy !== null} onPick={() => void on.pick()} onPaste={(text) => void on.preview({ text })} />
        ) : null}
        {step.at === "preview" || step.at === "done" ? (
          <Report report={step.report} taken={step.at === "done"} />
        ) : null}
        {step.at === "preview" ? (
          <Columns
            report={step.report}
            disabled={busy !== null}
            onMap={(mapping) => void on.preview(step.source, mapping)}
          />
        ) : null}
        {step.at === "reverted" ? (
          <div role="status">
            <h2 className="font-semibold text-h3">{t("import.reverted", { count: step.answer.reverted })}</h2>
            {step.answer.kept.count > 0 ? (
              <p className="mt-1 text-ink-2">{t("import.kept", { names: step.answer.kept.names.join(", ") })}</p>
            ) : null}
          </div>
        ) : null}
        <Progress progress={progress} />
        {step.at === "choose" ? null : <Actions on={on} />}
      </div>
    </main>
  );
}
