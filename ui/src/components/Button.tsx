import type { LucideIcon } from "lucide-react";
import type { ButtonHTMLAttributes, Ref } from "react";
import { cx } from "../lib/cx";
import { ariaKeys } from "../lib/keymap";
import { Keys } from "./Keys";

type Variant = "plain" | "primary" | "quiet" | "danger" | "link";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  variant?: Variant;
  icon?: LucideIcon;
  keys?: string;
  size?: "control" | "small";
  ref?: Ref<HTMLButtonElement>;
}

const LOOK: Record<Variant, string> = {
  plain: "px-3 bg-raised inset-line hover:bg-hover active:bg-pressed disabled:text-ink-disabled",
  primary:
    "px-3 bg-accent-fill text-ink-on-accent hover:bg-accent-hover disabled:bg-pressed disabled:text-ink-disabled",
  quiet: "px-2 text-ink-2 hover:bg-hover hover:text-ink active:bg-pressed disabled:text-ink-disabled",
  danger: "px-3 bg-raised inset-line text-danger hover:bg-danger-soft",
  link: "text-accent-ink hover:underline disabled:text-ink-disabled",
};

export function Button({
  variant = "plain",
  icon: Icon,
  keys,
  size = "control",
  className,
  children,
  ref,
  ...rest
}: Props) {
  const height = variant === "link" ? "" : size === "small" ? "h-[26px]" : "h-control";
  const iconTone = variant === "primary" || variant === "danger" || variant === "link" ? "" : "text-ink-2";
  return (
    <button
      ref={ref}
      type="button"
      aria-keyshortcuts={keys ? ariaKeys(keys) : undefined}
      {...rest}
      className={cx(
        "inline-flex shrink-0 items-center gap-1.5 whitespace-nowrap rounded-sm font-medium transition-colors duration-(--t-fast)",
        height,
        LOOK[variant],
        className,
      )}
    >
      {Icon ? <Icon size={size === "small" ? 14 : 16} strokeWidth={1.75} className={cx("-ml-0.5", iconTone)} /> : null}
      {children}
      {keys ? (
        <span className="-mr-1 inline-flex">
          <Keys of={keys} tone={variant === "primary" ? "onAccent" : "plain"} />
        </span>
      ) : null}
    </button>
  );
}

/** A square button that is only an icon; the label is what screen readers and the tooltip say. */
export function IconButton({
  icon: Icon,
  label,
  small = false,
  className,
  keys,
  ref,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  icon: LucideIcon;
  label: string;
  small?: boolean;
  keys?: string;
  ref?: Ref<HTMLButtonElement>;
}) {
  return (
    <button
      ref={ref}
      type="button"
      aria-label={label}
      title={label}
      aria-keyshortcuts={keys ? ariaKeys(keys) : undefined}
      {...rest}
      className={cx(
        "inline-grid shrink-0 place-items-center rounded-sm text-ink-2 hover:bg-hover hover:text-ink active:bg-pressed disabled:text-ink-disabled",
        small ? "size-6" : "size-control",
        className,
      )}
    >
      <Icon size={small ? 14 : 16} strokeWidth={1.75} />
    </button>
  );
}
