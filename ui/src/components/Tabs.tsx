import { cx } from "../lib/cx";
import { count } from "../lib/format";

interface Props<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; count?: number }[];
  onChange: (value: T) => void;
}

/** The parts of a screen, in its top bar: the one that is open has a line under it. */
export function Tabs<T extends string>({ label, value, options, onChange }: Props<T>) {
  return (
    <nav aria-label={label} className="flex gap-4 self-stretch">
      {options.map(({ value: own, label: text, count: total = 0 }) => (
        <button
          key={own}
          type="button"
          aria-current={own === value ? "page" : undefined}
          onClick={() => onChange(own)}
          className={cx(
            "-mb-px flex items-center gap-1.5 whitespace-nowrap border-b-2",
            own === value ? "border-ink font-medium" : "border-transparent text-ink-2 hover:text-ink",
          )}
        >
          {text}
          {total > 0 ? (
            <span data-num className="font-normal text-ink-3 text-small">
              {count(total)}
            </span>
          ) : null}
        </button>
      ))}
    </nav>
  );
}
