import { useQueryClient } from "@tanstack/react-query";
import { RefreshCw } from "lucide-react";
import { Switch } from "radix-ui";
import { useId, useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { AppError, call, toAppError } from "../../lib/call";
import { ago, count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { SyncStatus } from "../../lib/types";
import { ui } from "../../lib/ui";

const SKEW_TOLD_MS = 5 * 60_000;

function Facts({ sync }: { sync: SyncStatus }) {
  const rows: [string, string][] = [
    [t("sync.fact.waiting"), count(sync.waiting)],
    [t("sync.fact.cards"), count(sync.cards)],
    [t("sync.fact.lastSuccess"), sync.lastSuccess === null ? t("sync.never") : ago(sync.lastSuccess)],
  ];
  if (sync.phase === "syncing" && sync.total > 0) {
    rows.unshift([t("sync.fact.progress"), t("sync.progress", { done: count(sync.done), total: count(sync.total) })]);
  }
  return (
    <dl className="grid grid-cols-[1fr_auto] gap-y-1">
      {rows.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-2">{name}</dt>
          <dd data-num className="text-right">
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function OfflineSwitch({ sync, onChange }: { sync: SyncStatus; onChange: (on: boolean) => void }) {
  const id = useId();
  return (
    <div className="mt-3 flex items-center justify-between border-line border-t pt-3">
      <label htmlFor={id}>{t("sync.workOffline")}</label>
      <Switch.Root
        id={id}
        checked={sync.workOffline}
        onCheckedChange={onChange}
        className="h-[18px] w-8 rounded-full bg-line-strong p-0.5 data-[state=checked]:bg-accent-fill"
      >
        <Switch.Thumb className="block size-3.5 rounded-full bg-surface data-[state=checked]:translate-x-3.5" />
      </Switch.Root>
    </div>
  );
}

/** `untitled` where its title stands already. */
export function SyncDetails({ sync, untitled = false }: { sync: SyncStatus; untitled?: boolean }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [failure, setFailure] = useState<AppError | null>(null);
  const run = async (action: () => Promise<SyncStatus>) => {
    try {
      setFailure(null);
      client.setQueryData(["sync"], await action());
    } catch (thrown) {
      setFailure(toAppError(thrown));
    }
  };
  const syncNow = () => void run(() => call("sync.now", {}));
  const connect = () => ui.set({ sync: false, connect: true });
  const reported = sync.error ? new AppError(sync.error.code, sync.error.message, null, sync.error.details) : null;
  const error = failure ?? reported;
  if (sync.phase === "localOnly") {
    return (
      <>
        {untitled ? null : <h2 className="font-semibold">{t("sync.localOnly")}</h2>}
        <p className="mt-1 mb-3 text-ink-2">{t("sync.localOnlyAbout")}</p>
        <Button onClick={connect}>{t("sync.connect")}</Button>
      </>
    );
  }
  return (
    <>
      {untitled ? null : <h2 className="mb-2 font-semibold">{t("sync.title")}</h2>}
      <Facts sync={sync} />
      {error ? (
        <ErrorNote className="mt-3" error={error} ways={{ retry: syncNow, signIn: connect, reload: syncNow }} />
      ) : null}
      {Math.abs(sync.skewMs ?? 0) > SKEW_TOLD_MS ? (
        <p className="mt-3 text-small text-warn">
          {t("sync.skew", { minutes: Math.round(Math.abs(sync.skewMs ?? 0) / 60_000) })}
        </p>
      ) : null}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button icon={RefreshCw} keys="mod+shift+s" onClick={syncNow} disabled={sync.workOffline}>
          {t("sync.now")}
        </Button>
        {sync.phase === "signInNeeded" ? (
          <Button variant="primary" onClick={connect}>
            {t("signIn.action")}
          </Button>
        ) : null}
        {sync.cards > 0 ? (
          <Button
            onClick={() => {
              ui.set({ sync: false });
              navigate("/inbox");
            }}
          >
            {t("sync.openInbox")}
          </Button>
        ) : null}
      </div>
      <OfflineSwitch sync={sync} onChange={(on) => void run(() => call("sync.workOffline", { on }))} />
    </>
  );
}
