import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { TextField } from "../../components/Field";
import { Popover } from "../../components/Popover";
import type { Customer } from "../../gen/records";
import { type AppError, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { t } from "../../lib/i18n";
import type { Held } from "../../lib/types";
import { changeField } from "../../record/edits";
import { useSave } from "../../record/save";

type Address = NonNullable<Customer["address"]>;

const PARTS = ["street", "zipCode", "city", "state", "country"] as const;

function lines(address: Address | null): string[] {
  if (!address) return [];
  const town = [address.zipCode, address.city].filter(Boolean).join(" ");
  return [address.street, town, address.state, address.country].filter((line): line is string => Boolean(line));
}

interface Props {
  held: Held<Customer>;
  unit: "address" | "shippingAddress";
}

function AddressForm({ held, unit, onDone }: Props & { onDone: () => void }) {
  const [seen] = useState(held);
  const before = seen.record[unit];
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(PARTS.map((part) => [part, before?.[part] ?? ""])),
  );
  const [error, setError] = useState<AppError | null>(null);
  const { save } = useSave();
  const submit = async () => {
    const address = Object.fromEntries(PARTS.map((part) => [part, values[part]?.trim() ?? ""]));
    const empty = PARTS.every((part) => address[part] === "");
    try {
      await save(
        [changeField("customers", seen, unit, empty ? null : address)],
        t("field.saved", { field: t(`field.${unit}`) }),
      );
      onDone();
    } catch (thrown) {
      setError(toAppError(thrown));
    }
  };
  return (
    <form
      className="grid grid-cols-2 gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {PARTS.map((part) => (
        <TextField
          key={part}
          label={t(`field.${part}`)}
          value={values[part] ?? ""}
          className={part === "street" ? "col-span-2" : undefined}
          onChange={(event) => setValues({ ...values, [part]: event.target.value })}
        />
      ))}
      {error ? <ErrorNote className="col-span-2" error={error} /> : null}
      <Button variant="primary" type="submit" className="col-span-2 justify-self-start">
        {t("address.save")}
      </Button>
    </form>
  );
}

export function AddressField({ held, unit }: Props) {
  const [open, setOpen] = useState(false);
  const shown = lines(held.record[unit]);
  return (
    <Popover
      label={t(`field.${unit}`)}
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <button
          type="button"
          aria-label={shown.length === 0 ? t("inPlace.addTo", { field: t(`field.${unit}`) }) : undefined}
          className={cx(
            "-mx-1.5 block min-h-6 w-[calc(100%+12px)] rounded-sm px-1.5 py-px text-left hover:bg-hover",
            shown.length === 0 && "text-ink-3",
          )}
        >
          {shown.length === 0 ? (
            t("inPlace.add")
          ) : (
            <span className="sr-only">{t("inPlace.edit", { field: t(`field.${unit}`), value: "" })}</span>
          )}
          {shown.map((line) => (
            <span key={line} className="cut block">
              {line}
            </span>
          ))}
        </button>
      }
    >
      <AddressForm held={held} unit={unit} onDone={() => setOpen(false)} />
    </Popover>
  );
}
