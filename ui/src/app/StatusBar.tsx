import { Keys } from "../components/Keys";
import { NewerApp } from "../features/session/NewerApp";
import { SyncPill } from "../features/sync/SyncPill";
import { ago, count } from "../lib/format";
import { t } from "../lib/i18n";
import type { SyncStatus } from "../lib/types";
import { ui } from "../lib/ui";
import { useOverview, useSync } from "../record/queries";

function hintOf(sync: SyncStatus | undefined): string {
  if (!sync) return "";
  if (sync.phase === "offline" || sync.workOffline) return t("bar.kept");
  if (sync.lastSuccess !== null) return t("bar.synced", { when: ago(sync.lastSuccess) });
  return "";
}

export function StatusBar() {
  const sync = useSync().data;
  const customers = useOverview().data?.counts.customers;
  const hint = hintOf(sync);
  return (
    <footer
      data-num
      className="col-span-2 row-start-3 flex items-center gap-3 border-line border-t bg-app pr-3 pl-2 text-ink-2 text-small"
    >
      <SyncPill />
      {customers === undefined ? null : (
        <>
          <span aria-hidden="true" className="h-3.5 w-px bg-line" />
          <span>{t("bar.customers", { count: customers, shown: count(customers) })}</span>
        </>
      )}
      {hint ? (
        <>
          <span aria-hidden="true" className="h-3.5 w-px bg-line max-mid:hidden" />
          <span className="text-ink-3 max-mid:hidden">{hint}</span>
        </>
      ) : null}
      <NewerApp />
      <button
        type="button"
        onClick={() => ui.set({ shortcuts: true })}
        className="flex items-center gap-1.5 rounded-xs px-1 text-ink-3 hover:text-ink"
      >
        <Keys of="?" />
        {t("bar.shortcuts")}
      </button>
    </footer>
  );
}
