import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Dialog } from "../../components/Overlay";
import { call, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { prefs } from "../../lib/prefs";
import { useStore } from "../../lib/store";
import { showToast } from "../../lib/ui";
import { useAppInfo, useOverview, useSession, useSync } from "../../record/queries";
import { diagnostics } from "./diagnostics";
import { Fact, Section } from "./Section";

/** The notices are parts between rules: first the list, then each text once with those who use it. */
const RULE = /\n={20,}\n/;

function Licences({ onClose }: { onClose: () => void }) {
  const notices = useQuery({ queryKey: ["app", "notices"], queryFn: () => call("app.notices", {}) });
  return (
    <Dialog open onClose={onClose} wide reading title={t("settings.licencesTitle")} about={t("settings.licencesAbout")}>
      {notices.error ? <ErrorNote error={toAppError(notices.error)} /> : null}
      {notices.data?.text.split(RULE).map((part, index) => (
        <pre
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a text that does not change
          key={index}
          data-selectable
          className="wrap-anywhere mb-4 whitespace-pre-wrap border-line-faint border-t pt-3 font-mono text-small [contain-intrinsic-size:auto_240px] [content-visibility:auto] first:border-t-0"
        >
          {part.trim()}
        </pre>
      ))}
    </Dialog>
  );
}

function useDiagnostics(): string {
  const { data: info } = useAppInfo();
  const { data: session } = useSession();
  const sync = useSync().data;
  const customers = useOverview().data?.counts.customers;
  const { language, theme, density } = useStore(prefs);
  const { innerWidth: width, innerHeight: height, devicePixelRatio: scale } = globalThis;
  const window = { width, height, scale, agent: navigator.userAgent };
  return diagnostics({ info, session, sync, customers, language, theme, density, window, now: Date.now() });
}

/** All of the text is shown before it is copied: nobody hands on what she has not seen. */
function Diagnostics({ onClose }: { onClose: () => void }) {
  const text = useDiagnostics();
  const shown = useRef<HTMLTextAreaElement>(null);
  const [refused, setRefused] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      showToast(t("settings.copied"));
      onClose();
    } catch {
      shown.current?.select();
      setRefused(true);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      wide
      title={t("settings.diagnosticsTitle")}
      about={t("settings.diagnosticsAbout")}
      foot={
        <>
          {refused ? <p className="mr-auto text-small text-warn">{t("settings.copyByHand")}</p> : null}
          <Button variant="primary" onClick={() => void copy()}>
            {t("settings.copy")}
          </Button>
        </>
      }
    >
      <textarea
        ref={shown}
        readOnly
        aria-label={t("settings.diagnosticsTitle")}
        value={text}
        rows={text.split("\n").length + 1}
        className="field-edge block w-full resize-none rounded-sm bg-surface p-3 font-mono text-small"
      />
    </Dialog>
  );
}

export function About() {
  const { data: info } = useAppInfo();
  const newer = useSession().data?.newerApp;
  const [open, setOpen] = useState<"licences" | "diagnostics" | null>(null);
  const close = () => setOpen(null);
  return (
    <Section title={t("settings.about")}>
      <dl>
        <Fact name={t("settings.version")}>
          {info?.version ?? "–"}
          {newer ? ` · ${t("update.line", { version: newer })}` : ""}
        </Fact>
      </dl>
      <div className="mt-1 flex flex-wrap gap-2">
        <Button onClick={() => setOpen("licences")}>{t("settings.licences")}</Button>
        <Button onClick={() => setOpen("diagnostics")}>{t("settings.diagnostics")}</Button>
      </div>
      {open === "licences" ? <Licences onClose={close} /> : null}
      {open === "diagnostics" ? <Diagnostics onClose={close} /> : null}
    </Section>
  );
}
