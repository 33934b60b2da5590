import { Flag, X } from "lucide-react";
import { type RefObject, useState } from "react";
import { addDays, today } from "../lib/dates";
import { longDay, weekDay } from "../lib/format";
import { type Key, t } from "../lib/i18n";
import { Button } from "./Button";
import { DayField } from "./DayField";
import { Keys } from "./Keys";
import { Popover } from "./Popover";

interface Props {
  value: number | null;
  onChange: (day: number | null) => void;
  /** Takes the focus on `f`. */
  first?: RefObject<HTMLButtonElement | null>;
}

export const SHORTCUTS: readonly { key: string; days: number; label: Key }[] = [
  { key: "1", days: 1, label: "followUp.tomorrow" },
  { key: "3", days: 3, label: "followUp.threeDays" },
  { key: "w", days: 7, label: "followUp.week" },
];

function DateChoice({ onChange }: { onChange: (day: number | null) => void }) {
  const [open, setOpen] = useState(false);
  const [day, setDay] = useState<number | null>(null);
  const take = () => {
    if (day === null) return;
    setOpen(false);
    onChange(day);
  };
  return (
    <Popover
      label={t("followUp.date")}
      open={open}
      onOpenChange={setOpen}
      width="w-[260px]"
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
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          event.stopPropagation();
          take();
        }}
      >
        <DayField label={t("followUp.day")} value={day} onChange={setDay} autoFocus />
        <Button variant="primary" type="submit" className="mt-3" disabled={day === null}>
          {t("followUp.set")}
        </Button>
      </form>
    </Popover>
  );
}

/** When to come back to this: 1 tomorrow, 3 in three days, w in a week, d a date. The keys work while the focus is in here. */
export function FollowUpPicker({ value, onChange, first }: Props) {
  if (value !== null) {
    return (
      <span className="inset-line inline-flex h-[26px] items-center gap-1.5 rounded-sm pl-2">
        <Flag size={14} strokeWidth={1.75} className="text-ink-2" aria-hidden="true" />
        <span data-num title={longDay(value)}>
          <span className="sr-only">{t("followUp.label")} </span>
          <span className="font-medium">{weekDay(value)}</span>
        </span>
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
      <DateChoice onChange={onChange} />
    </span>
  );
}
