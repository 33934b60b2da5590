import { useState } from "react";
import { type Prefer, parseDay, today } from "../lib/dates";
import { longDay, shortDay } from "../lib/format";
import { t } from "../lib/i18n";
import { TextField } from "./Field";

interface Props {
  label: string;
  value: number | null;
  onChange: (day: number | null) => void;
  error?: string;
  /** "near" for what has happened, "ahead" (the default) for what is to come. */
  prefer?: Prefer;
  autoFocus?: boolean;
  className?: string;
}

/** A day, typed the way people write it ("fri", "14.5.", "3d"); the day that was understood stands below. */
export function DayField({ label, value, onChange, error, prefer = "ahead", autoFocus, className }: Props) {
  const [typed, setTyped] = useState(() => (value === null ? "" : shortDay(value)));
  const understood = value === null ? (typed.trim() === "" ? t("day.help") : null) : longDay(value);
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
        setTyped(event.target.value);
        onChange(parseDay(event.target.value, today(), prefer));
      }}
    />
  );
}
