import { Flag, X } from "lucide-react";
import { type ReactNode, type RefObject, useState } from "react";
import { addDays, today } from "../lib/dates";
import { longDay, wallLong, wallShort } from "../lib/format";
import { type Key, t } from "../lib/i18n";
import { Button } from "./Button";
import { DayField } from "./DayField";
import { Keys } from "./Keys";
import { Popover } from "./Popover";

interface Props {
  /** A day, or a time on the wall of one (`onWall`). */
  value: number | null;
  onChange: (wall: number | null) => void;
  /** Takes the focus on `f`. */
  first?: RefObject<HTMLButtonElement | null>;
}

export const SHORTCUTS: readonly { key: string; days: number; label: Key }[] = [
  { key: "1", days: 1, label: "followUp.tomorrow" },
  { key: "3", days: 3, label: "followUp.threeDays" },
  { key: "w", days: 7, label: "followUp.week" },
];

function DateForm({ value, onTake }: { value: number | null; onTake: (wall: number) => void }) {
  const [wall, setWall] = useState(value);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (wall !== null) onTake(wall);
      }}
    >
      <DayField label={t("followUp.day")} value={wall} onChange={setWall} withTime autoFocus />
      <Button variant="primary" type="submit" className="mt-3" disabled={wall === null}>
        {t("followUp.set")}
      </Button>
    </form>
  );
}

/** Asks for a day, and a time if one is wanted, behind what is pressed for it. */
function DateChoice({
  value,
  onChange,
  trigger,
}: {
  value: number | null;
  onChange: Props["onChange"];
  trigger: ReactNode;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover label={t("followUp.date")} open={open} onOpenChange={setOpen} width="w-[280px]" trigger={trigger}>
      <DateForm
        value={value}
        onTake={(wall) => {
          setOpen(false);
          onChange(wall);
        }}
      />
    </Popover>
  );
}

/** When to come back to this: 1 tomorrow, 3 in three days, w in a week, d a date. The keys work while the focus is in here. */
export function FollowUpPicker({ value, onChange, first }: Props) {
  if (value !== null) {
    return (
      <span className="inset-line inline-flex h-[26px] items-center gap-1.5 rounded-sm pl-2">
        <Flag size={14} strokeWidth={1.75} className="text-ink-2" aria-hidden="true" />
        <DateChoice
          value={value}
          onChange={onChange}
          trigger={
            <button type="button" data-num title={wallLong(value)} className="h-full font-medium hover:underline">
              <span className="sr-only">{t("followUp.label")} </span>
              {wallShort(value)}
            </button>
          }
        />
        <button
          type="button"
          aria-label={t("followUp.remove")}
          onClick={() => onChange(null)}
          className="grid h-full w-6 place-items-center rounded-r-sm hover:bg-hover"
        >
          <X size={12} />
        </button>
      </span>
    );
  }
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of buttons inside a form
    <span
      role="group"
      aria-label={t("followUp.label")}
      className="inline-flex flex-wrap items-center gap-2"
      onKeyDown={(event) => {
        const shortcut = SHORTCUTS.find((known) => known.key === event.key.toLowerCase());
        if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
        if (shortcut) {
          event.preventDefault();
          onChange(addDays(today(), shortcut.days));
        } else if (event.key.toLowerCase() === "d") {
          event.preventDefault();
          event.currentTarget.querySelector<HTMLButtonElement>("[data-followup=d]")?.click();
        }
      }}
    >
      <Flag size={14} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
      {SHORTCUTS.map(({ key, days, label }, index) => (
        <button
          key={key}
          ref={index === 0 ? first : undefined}
          type="button"
          title={longDay(addDays(today(), days))}
          onClick={() => onChange(addDays(today(), days))}
          className="inline-flex items-center gap-1 rounded-xs px-0.5 text-ink-3 text-small hover:text-ink"
        >
          <Keys of={key} />
          {t(label)}
        </button>
      ))}
      <DateChoice
        value={null}
        onChange={onChange}
        trigger={
          <button
            type="button"
            data-followup="d"
            className="inline-flex items-center gap-1 rounded-xs px-0.5 text-ink-3 text-small hover:text-ink"
          >
            <Keys of="d" />
            {t("followUp.date")}
          </button>
        }
      />
    </span>
  );
}
