import { type FormEvent, type KeyboardEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote, ErrorText, type WaysOn } from "../../components/ErrorNote";
import { SelectField, TextField } from "../../components/Field";
import { Drawer } from "../../components/Overlay";
import { AppError, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { mint } from "../../record/edits";
import { currencyOf, useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { LooksLike } from "./LooksLike";
import { type Draft, EMPTY, editsOf } from "./newCustomer";

const STATUSES = ["prospect", "lead", "active"] as const;
const TYPES = ["individual", "business", "enterprise"] as const;

/** The core's names for fields, where the form calls them otherwise. */
const FIELD_OF: Record<string, keyof Draft> = {
  assignedTo: "owner",
  valueEstimate: "value",
  "address.city": "city",
  address: "city",
};

/** The input an error belongs to. The core names the field, not the record: what is only in the contact is meant there. */
function inputOf(error: AppError, draft: Draft): keyof Draft | null {
  if (error.code === "NAME_TAKEN") return "name";
  if (error.field === null) return null;
  if (error.field === "email" && draft.email.trim() === "") return "contactEmail";
  if (error.field === "phone" && draft.phone.trim() === "") return "contactPhone";
  const name = FIELD_OF[error.field] ?? error.field;
  return name in EMPTY ? (name as keyof Draft) : null;
}

export function NewCustomer() {
  const { newCustomer } = useStore(ui);
  if (newCustomer === null) return null;
  return <NewCustomerForm initialName={newCustomer} />;
}

function useDraft(initialName: string) {
  const overview = useOverview().data;
  const [typed, setTyped] = useState<Draft>({ ...EMPTY, name: initialName });
  const [owner, setOwner] = useState<string | null>(null);
  const draft = { ...typed, owner: owner ?? overview?.me._id ?? "" };
  const set = (name: keyof Draft, value: string) =>
    name === "owner" ? setOwner(value) : setTyped((before) => ({ ...before, [name]: value }));
  return { draft, set, overview };
}

function NewCustomerForm({ initialName }: { initialName: string }) {
  const { draft, set, overview } = useDraft(initialName);
  const [error, setError] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { save } = useSave();
  const navigate = useNavigate();
  const close = () => ui.set({ newCustomer: null });
  const focus = (name: string) =>
    requestAnimationFrame(() => form.current?.querySelector<HTMLInputElement>(`[name=${name}]`)?.focus());

  const submit = async () => {
    if (busy) return;
    if (draft.name.trim() === "") {
      setError(new AppError("REQUIRED", "", "name"));
      focus("name");
      return;
    }
    setBusy(true);
    setError(null);
    try {
      const [customerId = "", contactId = ""] = await mint(2);
      await save(editsOf(draft, customerId, contactId), t("customer.created", { name: draft.name.trim() }));
      close();
      navigate(`/customers/${customerId}`);
    } catch (thrown) {
      const failed = toAppError(thrown);
      setError(failed);
      focus(inputOf(failed, draft) ?? "name");
    } finally {
      setBusy(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void submit();
    }
  };
  const existing = error?.details.existingId;
  const open = (id: string) => {
    close();
    navigate(`/customers/${id}`);
  };
  const ways: WaysOn = {
    retry: () => void submit(),
    addContact: () => focus("firstName"),
    ...(typeof existing === "string" ? { open: () => open(existing) } : {}),
  };
  const bad = error ? inputOf(error, draft) : null;
  const input = (name: keyof Draft, label: string) => ({
    label,
    name,
    value: draft[name],
    onChange: (event: { target: { value: string } }) => set(name, event.target.value),
    error: error && bad === name ? <ErrorText error={error} ways={ways} /> : undefined,
  });
  const owners = (overview?.users ?? []).filter((user) => user.isActive);

  return (
    <Drawer open onClose={close} title={t("customer.new")}>
      <form ref={form} onSubmit={onSubmit} onKeyDown={onKeyDown} noValidate className="flex min-h-0 flex-1 flex-col">
        <div className="grid min-h-0 flex-1 auto-rows-min grid-cols-2 gap-3 overflow-y-auto p-5">
          <TextField {...input("name", t("field.name"))} className="col-span-2" />
          <LooksLike
            typed={{
              name: draft.name,
              email: draft.email || draft.contactEmail,
              phone: draft.phone || draft.contactPhone,
              city: draft.city,
            }}
            overview={overview}
            onOpen={open}
          />
          <SelectField
            {...input("status", t("field.status"))}
            options={STATUSES.map((value) => ({ value, label: t(`status.${value}`) }))}
            help={draft.status === "active" ? t("customer.activeNeedsContact") : undefined}
          />
          <SelectField
            {...input("type", t("field.type"))}
            options={TYPES.map((value) => ({ value, label: t(`type.${value}`) }))}
          />
          <TextField {...input("phone", t("field.phone"))} inputMode="tel" />
          <TextField {...input("email", t("field.email"))} inputMode="email" />
          <TextField {...input("city", t("field.city"))} />
          <SelectField
            {...input("owner", t("field.assignedTo"))}
            options={owners.map((user) => ({ value: user._id, label: user.name }))}
          />
          <TextField
            {...input("value", t("field.valueEstimateIn", { currency: currencyOf(overview) }))}
            className="col-span-2"
            inputMode="decimal"
            placeholder={t("customer.valueUnknown")}
          />
          <h3 className="col-span-2 mt-2 border-line border-t pt-4">
            <span className="font-semibold">{t("contact.primary")}</span>{" "}
            <span className="text-ink-3">{t("contact.primaryNeeded")}</span>
          </h3>
          <TextField {...input("firstName", t("field.firstName"))} />
          <TextField {...input("lastName", t("field.lastName"))} />
          <TextField {...input("contactPhone", t("contact.phone"))} inputMode="tel" />
          <TextField {...input("contactEmail", t("contact.email"))} inputMode="email" />
          {error && bad === null ? <ErrorNote className="col-span-2" error={error} ways={ways} /> : null}
        </div>
        <div className="flex items-center justify-end gap-2 border-line border-t px-5 py-3">
          <span className="mr-auto text-ink-3 text-small">{bad ? t("form.oneField") : ""}</span>
          <Button keys="Escape" onClick={close}>
            {t("cancel")}
          </Button>
          <Button variant="primary" keys="mod+Enter" type="submit" disabled={busy}>
            {t("customer.create")}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
