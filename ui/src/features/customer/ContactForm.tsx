import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, ErrorText } from "../../components/ErrorNote";
import { TextArea, TextField } from "../../components/Field";
import { Drawer } from "../../components/Overlay";
import { FIELDS } from "../../gen/fields";
import type { Contact } from "../../gen/records";
import { type AppError, toAppError } from "../../lib/call";
import { type Key, t } from "../../lib/i18n";
import type { Held } from "../../lib/types";
import { changeFields, create, mint } from "../../record/edits";
import { useSave } from "../../record/save";

const NAMES = ["firstName", "lastName", "title", "department", "phone", "mobile", "email", "notes"] as const;
type Name = (typeof NAMES)[number];
type Values = Record<Name, string>;

const LABELS: Record<Name, Key> = {
  firstName: "field.firstName",
  lastName: "field.lastName",
  title: "field.title",
  department: "field.department",
  phone: "field.phone",
  mobile: "field.mobile",
  email: "field.email",
  notes: "field.notes",
};

/** What an empty field is: a contact always has both names, be they "". */
const NOTHING: Partial<Record<Name, string | null>> = Object.fromEntries(
  NAMES.map((name) => [name, name === "firstName" || name === "lastName" ? "" : null]),
);

function valuesOf(record: Contact | undefined): Values {
  return Object.fromEntries(NAMES.map((name) => [name, record?.[name] ?? ""])) as Values;
}

function maxOf(name: Name): number | undefined {
  return FIELDS.contacts.find((field) => field.name === name)?.max || undefined;
}

interface Props {
  customerId: string;
  /** The contact as it stood when the form opened; none for a new one. */
  seen?: Held<Contact>;
  /** The first contact of a customer becomes the primary one. */
  first?: boolean;
  onClose: () => void;
}

export function ContactForm({ customerId, seen, first = false, onClose }: Props) {
  const [values, setValues] = useState(() => valuesOf(seen?.record));
  const [error, setError] = useState<AppError | null>(null);
  const form = useRef<HTMLFormElement>(null);
  const { save } = useSave();
  const name = [values.firstName, values.lastName].join(" ").trim();

  const send = async () => {
    const trimmed = Object.fromEntries(NAMES.map((field) => [field, values[field].trim() || NOTHING[field]]));
    if (seen) {
      const edit = changeFields("contacts", seen, trimmed);
      if (edit) await save([edit], t("contact.changed", { name }));
      return;
    }
    const [id = ""] = await mint(1);
    const units = { customerId, ...trimmed, ...(first ? { isPrimary: true } : {}) };
    await save([create("contacts", id, units)], t("contact.added", { name }));
  };
  const submit = async () => {
    try {
      await send();
      onClose();
    } catch (thrown) {
      const failed = toAppError(thrown);
      setError(failed);
      form.current?.querySelector<HTMLInputElement>(`[name=${failed.field ?? "firstName"}]`)?.focus();
    }
  };
  const isField = error !== null && NAMES.some((known) => known === error.field);
  const input = (field: Name) => ({
    label: t(LABELS[field]),
    name: field,
    value: values[field],
    maxLength: maxOf(field),
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [field]: event.target.value }),
    error: error?.field === field ? <ErrorText error={error} /> : undefined,
  });
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
  };
  return (
    <Drawer open onClose={onClose} title={t(seen ? "contact.edit" : "contact.add")}>
      <form
        ref={form}
        noValidate
        onKeyDown={onKeyDown}
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void submit();
        }}
        className="flex min-h-0 flex-1 flex-col"
      >
        <div className="grid min-h-0 flex-1 auto-rows-min grid-cols-2 gap-3 overflow-y-auto p-5">
          {NAMES.filter((field) => field !== "notes").map((field) => (
            <TextField key={field} {...input(field)} className={field === "email" ? "col-span-2" : undefined} />
          ))}
          <TextArea {...input("notes")} className="col-span-2" />
          {error && !isField ? (
            <ErrorNote className="col-span-2" error={error} ways={{ retry: () => void submit() }} />
          ) : null}
        </div>
        <div className="flex justify-end gap-2 border-line border-t px-5 py-3">
          <Button keys="Escape" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button variant="primary" keys="mod+Enter" type="submit">
            {t(seen ? "contact.save" : "contact.create")}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
