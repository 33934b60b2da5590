import { Columns2, Kanban, type LucideIcon, Table2 } from "lucide-react";
import { cx } from "../../lib/cx";
import { type Key, t } from "../../lib/i18n";
import { ariaKeys } from "../../lib/keymap";
import type { Mode } from "./view";

export const MODES: readonly { mode: Mode; label: Key; short: Key; icon: LucideIcon; keys: string }[] = [
  { mode: "table", label: "keys.table", short: "mode.table", icon: Table2, keys: "v 1" },
  { mode: "board", label: "keys.board", short: "mode.board", icon: Kanban, keys: "v 2" },
  { mode: "split", label: "keys.split", short: "mode.split", icon: Columns2, keys: "v 3" },
];

/** Table, board, or list and customer side by side. */
export function ModeSwitch({ mode, onChange }: { mode: Mode; onChange: (mode: Mode) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of toggle buttons
    <div role="group" aria-label={t("mode.label")} className="flex shrink-0 gap-px rounded-sm bg-pressed p-0.5">
      {MODES.map((one) => (
        <button
          key={one.mode}
          type="button"
          aria-pressed={one.mode === mode}
          aria-keyshortcuts={ariaKeys(one.keys)}
          title={t(one.label)}
          onClick={() => onChange(one.mode)}
          className={cx(
            "flex h-6 items-center gap-1.5 rounded-xs px-2",
            one.mode === mode ? "bg-surface font-medium text-ink shadow-card" : "text-ink-2 hover:text-ink",
          )}
        >
          <one.icon size={14} strokeWidth={1.75} aria-hidden="true" />
          <span className="max-mid:sr-only">{t(one.short)}</span>
        </button>
      ))}
    </div>
  );
}
