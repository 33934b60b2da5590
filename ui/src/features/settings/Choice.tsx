import { useId } from "react";
import { cx } from "../../lib/cx";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string }[];
  onChange: (value: T) => void;
}

/** One of a few: radios drawn as segments. */
export function Choice<T extends string>({ label, value, options, onChange }: Props<T>) {
  const name = useId();
  return (
    // A legend of its own cannot stand beside what it names in every web view.
    <fieldset aria-labelledby={`${name}-label`} className="grid grid-cols-[164px_minmax(0,1fr)] items-center">
      <span id={`${name}-label`} className="text-ink-2">
        {label}
      </span>
      <div className="inline-flex w-fit rounded-sm bg-pressed p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            className={cx(
              "flex h-6 items-center rounded-[4px] px-2.5 has-focus-visible:outline-2 has-focus-visible:outline-ring",
              option.value === value ? "bg-raised font-medium shadow-card" : "text-ink-2 hover:text-ink",
            )}
          >
            <input
              type="radio"
              className="sr-only"
              name={name}
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
