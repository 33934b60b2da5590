import { type ReactNode, useId } from "react";

interface Props {
  label: string;
  about?: ReactNode;
  checked: boolean;
  disabled?: boolean;
  onChange: (checked: boolean) => void;
}

/** Yes or no, with what it means beside it. */
export function Tick({ label, about, checked, disabled, onChange }: Props) {
  const id = useId();
  return (
    <div className="grid grid-cols-[164px_minmax(0,1fr)]">
      <label htmlFor={id} className="pr-3 text-ink-2">
        {label}
      </label>
      <div className="flex items-start gap-2">
        <input
          id={id}
          type="checkbox"
          checked={checked}
          disabled={disabled}
          aria-describedby={about ? `${id}-about` : undefined}
          onChange={(event) => onChange(event.target.checked)}
          className="mt-[3px] size-3.5 shrink-0 accent-(--accent)"
        />
        {about ? (
          <span id={`${id}-about`} className="text-ink-3">
            {about}
          </span>
        ) : null}
      </div>
    </div>
  );
}
