import { DatabaseZap } from "lucide-react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { call } from "../../lib/call";
import { codeOf } from "../../lib/errors";
import { hasMessage, type Key, t } from "../../lib/i18n";
import type { SessionStatus } from "../../lib/types";
import { useAppInfo } from "../../record/queries";
import { Notice } from "./Notice";
import { useAttempt } from "./useAttempt";

/** The store cannot be opened. Each reason has its own words; nothing is ever deleted here. */
export function Broken({ status }: { status: SessionStatus }) {
  const { busy, error, attempt } = useAttempt();
  const info = useAppInfo();
  const code = codeOf(status.reason ?? "INTERNAL");
  const failedKey = `broken.${code}`;
  const safeKey = `broken.${code}.safe`;
  const folder = info.data?.dataFolder;
  return (
    <Notice
      icon={DatabaseZap}
      title={t("broken.title")}
      failed={t(hasMessage(failedKey) ? (failedKey as Key) : "broken.other")}
      safe={t(hasMessage(safeKey) ? (safeKey as Key) : "broken.other.safe")}
    >
      {folder ? (
        <p className="mb-4 text-ink-2">
          {t("broken.folder")}{" "}
          <code className="break-all font-mono text-ink text-small" data-selectable>
            {folder}
          </code>
        </p>
      ) : null}
      {error ? <ErrorNote className="mb-4" error={error} /> : null}
      {/* Opens again what is there now; the core takes no passphrase for "just try". */}
      <Button
        variant="primary"
        disabled={busy}
        onClick={() => void attempt(() => call("session.unlock", { passphrase: "" }))}
      >
        {t("broken.retry")}
      </Button>
    </Notice>
  );
}
