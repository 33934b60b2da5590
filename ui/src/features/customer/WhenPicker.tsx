import { Clock } from "lucide-react";
import { useState } from "react";
import { Button } from "../../components/Button";
import { FactChip } from "../../components/Chip";
import { DayField } from "../../components/DayField";
import { TextField } from "../../components/Field";
import { Popover } from "../../components/Popover";
import { instantOf, localDay, parseTime } from "../../lib/dates";
import { clock, dayAndTime } from "../../lib/format";
import { t } from "../../lib/i18n";

interface Props {
  /** null: now. */
  value: number | null;
  onChange: (at: number | null) => void;
}

function WhenForm({ value, onChange, onDone }: Props & { onDone: () => void }) {
  const start = value ?? Date.now();
  const [day, setDay] = useState<number | null>(localDay(start));
  const [time, setTime] = useState(clock(start));
  const minutes = parseTime(time);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation();
        if (day === null || minutes === null) return;
        onChange(instantOf(day, minutes));
        onDone();
      }}
      className="grid gap-3"
    >
      <DayField label={t("when.day")} value={day} onChange={setDay} prefer="near" autoFocus />
      <TextField
        label={t("when.time")}
        value={time}
        onChange={(event) => setTime(event.target.value)}
        error={minutes === null ? t("when.timeUnknown") : undefined}
      />
      <div className="flex gap-2">
        <Button variant="primary" type="submit" disabled={day === null || minutes === null}>
          {t("when.set")}
        </Button>
        <Button
          onClick={() => {
            onChange(null);
            onDone();
          }}
        >
          {t("when.now")}
        </Button>
      </div>
    </form>
  );
}

/** When it happened, or when it is planned for. */
export function WhenPicker({ value, onChange }: Props) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={t("when.label")}
      open={open}
      onOpenChange={setOpen}
      width="w-[260px]"
      trigger={
        <FactChip aria-label={t("when.open", { when: value === null ? t("when.now") : dayAndTime(value) })}>
          <Clock size={14} strokeWidth={1.75} aria-hidden="true" />
          <span data-num className="font-medium text-ink">
            {value === null ? t("when.now") : dayAndTime(value)}
          </span>
        </FactChip>
      }
    >
      <WhenForm value={value} onChange={onChange} onDone={() => setOpen(false)} />
    </Popover>
  );
}
