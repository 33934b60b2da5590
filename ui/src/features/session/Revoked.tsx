import { MonitorX } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { t } from "../../lib/i18n";
import type { SessionStatus } from "../../lib/types";
import { FirstRun } from "./FirstRun";
import { Notice } from "./Notice";

const fileName = (path: string) => path.split(/[/\\]/).at(-1) ?? path;

function Rescued({ path }: { path: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(path);
      setCopied(true);
    } catch {
      // It stands there to be selected.
    }
  };
  return (
    <div className="mb-5">
      <h2 className="font-medium text-ink-2 text-small">{t("revoked.file")}</h2>
      <p className="mt-1 flex items-start gap-3">
        <code className="min-w-0 break-all font-mono text-small leading-5" data-selectable>
          {path}
        </code>
        <Button size="small" className="shrink-0" onClick={() => void copy()}>
          {t("revoked.copy")}
        </Button>
      </p>
      <p className="mt-3 text-ink-2">{t("revoked.hand")}</p>
      <code className="mt-1 block break-all font-mono text-small leading-5" data-selectable>
        rapport-server take-in {fileName(path)}
      </code>
      <span role="status" className="sr-only">
        {copied ? t("revoked.copied") : ""}
      </span>
    </div>
  );
}

/** The server signed this device out: what happened, where the rest of the work is, and one way on. */
export function Revoked({ status }: { status: SessionStatus }) {
  const [seen, setSeen] = useState(false);
  if (seen) return <FirstRun status={status} />;
  const path = status.revoked?.rescued;
  return (
    <Notice
      icon={MonitorX}
      title={t("revoked.title")}
      failed={t("revoked.failed")}
      safe={t(path ? "revoked.saved" : "revoked.nothing")}
    >
      {path ? <Rescued path={path} /> : null}
      <Button variant="primary" onClick={() => setSeen(true)}>
        {t("revoked.on")}
      </Button>
    </Notice>
  );
}
