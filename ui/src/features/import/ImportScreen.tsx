import { FileUp } from "lucide-react";
import { useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { TextArea } from "../../components/Field";
import { type AppError, call, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import type { ImportReport } from "../../lib/types";
import { Report } from "./Report";

type Source = { path: string } | { text: string };

type Step =
  | { at: "choose" }
  | { at: "preview"; source: Source; report: ImportReport }
  | { at: "done"; source: Source; report: ImportReport };

function useImport() {
  const [step, setStep] = useState<Step>({ at: "choose" });
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const run = async (action: () => Promise<Step | null>) => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const next = await action();
      if (next) setStep(next);
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const preview = (source: Source) =>
    run(async () => ({ at: "preview", source, report: await call("import.vcards", { ...source, dryRun: true }) }));
  const pick = () =>
    run(async () => {
      const { path } = await call("import.pick", {});
      if (path === null) return null;
      return { at: "preview", source: { path }, report: await call("import.vcards", { path, dryRun: true }) };
    });
  const take = (source: Source) =>
    run(async () => ({ at: "done", source, report: await call("import.vcards", { ...source, dryRun: false }) }));
  return { step, busy, error, preview, pick, take, restart: () => setStep({ at: "choose" }) };
}

function Choose({ busy, onPick, onPaste }: { busy: boolean; onPick: () => void; onPaste: (text: string) => void }) {
  const [text, setText] = useState("");
  return (
    <>
      <p className="max-w-[62ch] text-ink-2">{t("import.about")}</p>
      <Button variant="primary" icon={FileUp} className="mt-4" disabled={busy} onClick={onPick}>
        {t("import.pick")}
      </Button>
      <form
        className="mt-6 border-line border-t pt-4"
        onSubmit={(event) => {
          event.preventDefault();
          onPaste(text);
        }}
      >
        <TextArea
          label={t("import.paste")}
          help={t("import.pasteHelp")}
          rows={7}
          value={text}
          spellCheck={false}
          placeholder={"BEGIN:VCARD\nVERSION:4.0\nFN:…\nEND:VCARD"}
          onChange={(event) => setText(event.target.value)}
        />
        <Button type="submit" className="mt-3" disabled={busy || text.trim() === ""}>
          {t("import.preview")}
        </Button>
      </form>
    </>
  );
}

/** An address book comes in: choose, see what would happen, take it, read what happened. */
export function ImportScreen() {
  const { step, busy, error, preview, pick, take, restart } = useImport();
  const navigate = useNavigate();
  return (
    <main className="min-w-0 overflow-y-auto">
      <header className="flex h-topbar items-center border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("import.title")}</h1>
      </header>
      <div className="max-w-[760px] px-6 py-6">
        {error ? (
          <ErrorNote className="mb-4" error={error} ways={{ retry: restart, fix: restart, reload: restart }} />
        ) : null}
        {step.at === "choose" ? (
          <Choose busy={busy} onPick={() => void pick()} onPaste={(text) => void preview({ text })} />
        ) : (
          <>
            <Report report={step.report} taken={step.at === "done"} />
            <div className="mt-5 flex gap-2">
              {step.at === "preview" ? (
                <>
                  <Button variant="primary" disabled={busy} onClick={() => void take(step.source)}>
                    {busy ? t("import.busy") : t("import.take")}
                  </Button>
                  <Button disabled={busy} onClick={restart}>
                    {t("import.another")}
                  </Button>
                </>
              ) : (
                <>
                  <Button variant="primary" onClick={() => navigate("/customers")}>
                    {t("import.open")}
                  </Button>
                  <Button onClick={restart}>{t("import.another")}</Button>
                </>
              )}
            </div>
          </>
        )}
      </div>
    </main>
  );
}
