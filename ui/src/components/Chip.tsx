import { X } from "lucide-react";
import type { ButtonHTMLAttributes, ReactNode, Ref } from "react";
import { cx } from "../lib/cx";

/** A fact that opens: label in ink-2, value in 500. */
export function FactChip({
  children,
  className,
  ref,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { children: ReactNode; ref?: Ref<HTMLButtonElement> }) {
  return (
    <button
      ref={ref}
      type="button"
      {...rest}
      className={cx(
        "inline-flex h-[26px] [&>svg]:shrink-0 min-w-0 max-w-[min(320px,100%)] items-center gap-1.5 whitespace-nowrap rounded-sm px-2 text-ink-2",
        "inset-line hover:bg-hover data-[state=open]:bg-hover",
        className,
      )}
    >
      {children}
    </button>
  );
}

/** A filter that is on: field, value and a way to take it off. */
export function FilterChip({
  field,
  value,
  onRemove,
  removeLabel,
}: {
  field: string;
  value: ReactNode;
  onRemove: () => void;
  removeLabel: string;
}) {
  const part = "flex h-full items-center gap-1 px-1.5";
  return (
    <span className="inset-line inline-flex h-chip shrink-0 items-center rounded-sm text-ink-2 text-small">
      <span className={part}>{field}</span>
      <span className={cx(part, "border-line border-l font-medium text-ink")}>{value}</span>
      <button
        type="button"
        aria-label={removeLabel}
        onClick={onRemove}
        className={cx(part, "rounded-r-sm border-line border-l hover:bg-hover")}
      >
        <X size={12} />
      </button>
    </span>
  );
}
