import { useState } from "react";
import { TextField } from "../../components/Field";
import { t } from "../../lib/i18n";
import { useHits } from "../../record/queries";

export interface Picked {
  id: string;
  name: string;
}

/** Whose order it is: typed, found, taken. */
export function CustomerPick({
  value,
  onPick,
  error,
}: {
  value: Picked | null;
  onPick: (customer: Picked | null) => void;
  error?: string;
}) {
  const [typed, setTyped] = useState(value?.name ?? "");
  const hits = (useHits(value ? "" : typed, 6).data?.hits ?? []).filter((hit) => hit.kind === "customers");
  const open = value === null && typed.trim() !== "" && hits.length > 0;
  return (
    <div className="relative max-w-[420px]">
      <TextField
        label={t("column.customer")}
        value={value?.name ?? typed}
        error={error}
        help={value === null && typed.trim() !== "" && hits.length === 0 ? t("customers.noMatch") : undefined}
        autoFocus={value === null}
        onChange={(event) => {
          setTyped(event.target.value);
          onPick(null);
        }}
        onKeyDown={(event) => {
          const first = hits[0];
          if (event.key !== "Enter" || !first || value) return;
          event.preventDefault();
          onPick({ id: first.customerId, name: first.title });
        }}
      />
      {open ? (
        <ul className="absolute top-full right-0 left-0 z-(--z-popover) mt-1 rounded-md bg-raised p-1 shadow-pop">
          {hits.map((hit) => (
            <li key={hit.id}>
              <button
                type="button"
                onClick={() => onPick({ id: hit.customerId, name: hit.title })}
                className="flex h-[30px] w-full items-center gap-2 rounded-sm px-2 text-left hover:bg-pressed focus-visible:bg-pressed"
              >
                <span className="cut">{hit.title}</span>
                <span className="cut text-ink-3 text-small">
                  {[hit.person, hit.subtitle].filter(Boolean).join(", ")}
                </span>
              </button>
            </li>
          ))}
        </ul>
      ) : null}
    </div>
  );
}
