import { Popover } from "../../components/Popover";
import { WaitingDot } from "../../components/WaitingDot";
import { cx } from "../../lib/cx";
import { ago } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { useSync } from "../../record/queries";
import { pillOf } from "./pill";
import { SyncDetails } from "./SyncDetails";

/** The state of saving and sending, always in the status bar. A change of state is announced, progress is not. */
export function SyncPill() {
  const { data: sync } = useSync();
  const { sync: open } = useStore(ui);
  if (!sync) return <span role="status" className="h-5" />;
  const pill = pillOf(sync);
  const Icon = pill.icon;
  return (
    <span role="status" aria-live={pill.turning ? "off" : "polite"} className="flex">
      <Popover
        label={t("sync.title")}
        side="top"
        open={open}
        onOpenChange={(next) => ui.set({ sync: next })}
        trigger={
          <button
            type="button"
            title={sync.lastSuccess === null ? undefined : t("sync.lastSuccess", { when: ago(sync.lastSuccess) })}
            className={cx(
              "inset-line inline-flex h-5 items-center gap-1.5 rounded-full bg-surface pr-2 pl-1.5 font-medium text-small",
              pill.tone,
            )}
          >
            {Icon === "ring" ? (
              <WaitingDot />
            ) : (
              <Icon size={13} strokeWidth={2} aria-hidden="true" className={pill.turning ? "animate-turn" : ""} />
            )}
            <span data-num>{pill.text}</span>
          </button>
        }
      >
        <SyncDetails sync={sync} />
      </Popover>
    </span>
  );
}
