// A field that is edited where it stands: click or Enter opens it, Enter saves, Esc puts back what was there.
import { type KeyboardEvent, type ReactNode, useId, useRef, useState } from "react";
import { ErrorText, type WaysOn } from "../components/ErrorNote";
import { type AppError, toAppError } from "../lib/call";
import { cx } from "../lib/cx";
import { t } from "../lib/i18n";

interface Props<Seen> {
  label: string;
  /** What is drawn while nobody edits. */
  shown: ReactNode;
  /** What the input starts with. */
  text: string;
  /** The record as it stands; kept as seen from the moment the form opens. */
  seen: Seen;
  onSave: (text: string, seen: Seen) => Promise<unknown>;
  ways?: (error: AppError) => WaysOn;
  multiline?: boolean;
  options?: readonly { value: string; label: string }[];
  max?: number;
  numeric?: boolean;
}

export function InPlace<Seen>(props: Props<Seen>) {
  const [opened, setOpened] = useState<{ seen: Seen; text: string } | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const close = () => {
    setOpened(null);
    requestAnimationFrame(() => button.current?.focus());
  };
  if (opened) return <Editor {...props} opened={opened} onClose={close} />;
  const empty = props.text === "";
  // The name holds what is drawn, so that it can be spoken as it is seen.
  const value = typeof props.shown === "string" ? props.shown : props.text;
  return (
    <button
      ref={button}
      type="button"
      aria-label={t(empty ? "inPlace.addTo" : "inPlace.edit", { field: props.label, value })}
      onClick={() => setOpened({ seen: props.seen, text: props.text })}
      className={cx(
        "-mx-1.5 -my-px block min-h-6 w-[calc(100%+12px)] max-w-[calc(100%+12px)] rounded-sm px-1.5 py-px text-left hover:bg-hover",
        props.multiline ? "whitespace-pre-wrap break-words" : "cut",
        empty && "text-ink-3",
      )}
    >
      {empty ? t("inPlace.add") : props.shown}
    </button>
  );
}

function Editor<Seen>(props: Props<Seen> & { opened: { seen: Seen; text: string }; onClose: () => void }) {
  const { opened, onClose, onSave, label, multiline, options, max, ways, numeric } = props;
  const [text, setText] = useState(opened.text);
  const [error, setError] = useState<AppError | null>(null);
  const busy = useRef(false);
  const left = useRef(false);
  const id = useId();

  const save = async (value: string) => {
    if (busy.current || left.current) return;
    if (value.trim() === opened.text.trim()) return onClose();
    busy.current = true;
    try {
      await onSave(value.trim(), opened.seen);
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      busy.current = false;
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape") {
      event.stopPropagation();
      left.current = true; // leaving also blurs, which would save
      onClose();
    } else if (event.key === "Enter" && (!multiline || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void save(text);
    }
  };
  const shared = {
    id,
    value: text,
    "aria-label": label,
    "aria-invalid": error ? true : undefined,
    "aria-describedby": error ? `${id}-error` : undefined,
    autoFocus: true,
    onKeyDown,
    className: cx(
      "-mx-1.5 w-[calc(100%+12px)] rounded-sm bg-surface px-1.5 text-ink",
      multiline ? "min-h-24 resize-y py-1" : "h-[26px]",
      error ? "field-bad" : "field-edge",
    ),
  };
  return (
    <div className="grid gap-1">
      {options ? (
        <select
          {...shared}
          onChange={(event) => {
            setText(event.target.value);
            void save(event.target.value);
          }}
          onBlur={() => void save(text)}
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
      ) : multiline ? (
        <textarea
          {...shared}
          maxLength={max}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void save(text)}
        />
      ) : (
        <input
          {...shared}
          maxLength={max}
          inputMode={numeric ? "decimal" : undefined}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => void save(text)}
        />
      )}
      {error ? (
        <div id={`${id}-error`} role="alert" className="text-danger text-small">
          <ErrorText error={error} ways={ways?.(error)} />
        </div>
      ) : null}
    </div>
  );
}
