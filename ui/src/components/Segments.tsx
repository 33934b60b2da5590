import type { LucideIcon } from "lucide-react";
import { useId } from "react";
import { cx } from "../lib/cx";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; icon?: LucideIcon }[];
  onChange: (value: T) => void;
}

/** One of a few ways to look at the same thing: radios drawn as segments, without a visible label. */
export function Segments<T extends string>({ label, value, options, onChange }: Props<T>) {
  const name = useId();
  return (
    <fieldset className="inline-flex shrink-0 rounded-sm bg-pressed p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map(({ value: own, label: text, icon: Icon }) => (
        <label
          key={own}
          className={cx(
            "flex h-6 items-center gap-1.5 whitespace-nowrap rounded-[4px] px-2 has-focus-visible:outline-2 has-focus-visible:outline-ring",
            own === value ? "bg-raised font-medium shadow-card" : "text-ink-2 hover:text-ink",
          )}
        >
          <input type="radio" className="sr-only" name={name} checked={own === value} onChange={() => onChange(own)} />
          {Icon ? <Icon size={14} strokeWidth={1.75} aria-hidden="true" /> : null}
          {text}
        </label>
      ))}
    </fieldset>
  );
}
