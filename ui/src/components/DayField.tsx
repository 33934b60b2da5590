import { useState } from "react";
import { type Prefer, parseDay, parseDayAndTime, today } from "../lib/dates";
import { wallLong, wallTyped } from "../lib/format";
import { t } from "../lib/i18n";
import { TextField } from "./Field";

interface Props {
  label: string;
  value: number | null;
  onChange: (day: number | null) => void;
  error?: string;
  /** "near" for what has happened, "ahead" (the default) for what is to come. */
  prefer?: Prefer;
  /** Whether a time may stand behind the day ("fri 14:30"). */
  withTime?: boolean;
  autoFocus?: boolean;
  className?: string;
}

/** A day, typed the way people write it ("fri", "14.5.", "3d"); the day that was understood stands below. */
export function DayField({ label, value, onChange, error, prefer = "ahead", withTime, autoFocus, className }: Props) {
  const [typed, setTyped] = useState(() => (value === null ? "" : wallTyped(value)));
  const help = t(withTime ? "day.helpTime" : "day.help");
  const understood = value === null ? (typed.trim() === "" ? help : null) : wallLong(value);
  const problem = error ?? (understood === null ? t("day.unknown") : undefined);
  return (
    <TextField
      label={label}
      value={typed}
      autoFocus={autoFocus}
      className={className}
      error={problem}
      help={understood}
      onChange={(event) => {
        const text = event.target.value;
        setTyped(text);
        onChange(withTime ? parseDayAndTime(text) : parseDay(text, today(), prefer));
      }}
    />
  );
}
