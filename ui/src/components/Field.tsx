import { ChevronDown, CircleAlert } from "lucide-react";
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from "react";
import { cx } from "../lib/cx";

interface Shared {
  label: string;
  /** The label is read out but not drawn. */
  bare?: boolean;
  help?: ReactNode;
  error?: ReactNode;
  className?: string;
}

const INPUT = "w-full rounded-sm bg-surface px-2 text-ink disabled:text-ink-disabled";

function Wrap({ id, label, bare, help, error, className, children }: Shared & { id: string; children: ReactNode }) {
  return (
    <div className={cx("grid content-start gap-1", className)}>
      <label htmlFor={id} className={bare ? "sr-only" : "font-medium text-ink-2 text-small"}>
        {label}
      </label>
      {children}
      {error ? (
        <div id={`${id}-error`} className="flex gap-1.5 text-danger text-small leading-[18px]">
          <CircleAlert size={14} className="mt-0.5 shrink-0" aria-hidden="true" />
          <div>{error}</div>
        </div>
      ) : null}
      {help && !error ? (
        <div id={`${id}-help`} className="text-ink-3 text-small">
          {help}
        </div>
      ) : null}
    </div>
  );
}

function described(id: string, { help, error }: Shared): string | undefined {
  if (error) return `${id}-error`;
  return help ? `${id}-help` : undefined;
}

export function TextField({
  label,
  bare,
  help,
  error,
  className,
  ref,
  ...rest
}: Shared & InputHTMLAttributes<HTMLInputElement> & { ref?: Ref<HTMLInputElement> }) {
  const id = useId();
  const shared = { label, bare, help, error, className };
  return (
    <Wrap id={id} {...shared}>
      <input
        ref={ref}
        id={id}
        autoComplete="off"
        spellCheck={false}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, shared)}
        {...rest}
        className={cx(INPUT, "h-control-lg", error ? "field-bad" : "field-edge")}
      />
    </Wrap>
  );
}

export function TextArea({
  label,
  bare,
  help,
  error,
  className,
  ref,
  ...rest
}: Shared & TextareaHTMLAttributes<HTMLTextAreaElement> & { ref?: Ref<HTMLTextAreaElement> }) {
  const id = useId();
  const shared = { label, bare, help, error, className };
  return (
    <Wrap id={id} {...shared}>
      <textarea
        ref={ref}
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={described(id, shared)}
        rows={4}
        {...rest}
        className={cx(INPUT, "resize-y py-1.5", error ? "field-bad" : "field-edge")}
      />
    </Wrap>
  );
}

export interface Option {
  value: string;
  label: string;
}

export function SelectField({
  label,
  bare,
  help,
  error,
  className,
  options,
  ...rest
}: Shared & SelectHTMLAttributes<HTMLSelectElement> & { options: readonly Option[] }) {
  const id = useId();
  const shared = { label, bare, help, error, className };
  return (
    <Wrap id={id} {...shared}>
      <span className="relative block">
        <select
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={described(id, shared)}
          {...rest}
          className={cx(INPUT, "h-control-lg pr-7", error ? "field-bad" : "field-edge")}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          size={14}
          aria-hidden="true"
          className="pointer-events-none absolute top-[9px] right-2 text-ink-3"
        />
      </span>
    </Wrap>
  );
}
