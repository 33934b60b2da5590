import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, ErrorText } from "../../components/ErrorNote";
import { SelectField, TextField } from "../../components/Field";
import { Dialog } from "../../components/Overlay";
import type { Org, User } from "../../gen/records";
import { type AppError, call, toAppError } from "../../lib/call";
import { locale, t } from "../../lib/i18n";
import { showToast } from "../../lib/ui";

interface FormProps {
  title: string;
  about: string;
  onClose: () => void;
  save: () => Promise<unknown>;
  /** Draws the fields; `errorAt` gives the error of one of them. */
  children: (errorAt: (field: string) => ReactNode) => ReactNode;
  fields: readonly string[];
}

/** A few fields that the server takes or refuses as one. */
function HouseForm({ title, about, onClose, save, children, fields }: FormProps) {
  const client = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<AppError | null>(null);
  const send = async () => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      await save();
      await client.invalidateQueries({ queryKey: ["session"] });
      await client.invalidateQueries({ queryKey: ["users"] });
      showToast(t("house.saved"));
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const errorAt = (field: string) => (error?.field === field ? <ErrorText error={error} /> : undefined);
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      about={about}
      foot={
        <Button variant="primary" type="submit" form="house" keys="mod+Enter" disabled={busy}>
          {t("form.save")}
        </Button>
      }
    >
      <form
        id="house"
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void send();
        }}
      >
        {error && !fields.includes(error.field ?? "") ? (
          <ErrorNote error={error} ways={{ retry: () => void send() }} />
        ) : null}
        {children(errorAt)}
      </form>
    </Dialog>
  );
}

export function EditProfile({ user, onClose }: { user: User; onClose: () => void }) {
  const [name, setName] = useState(user.name);
  return (
    <HouseForm
      title={t("house.profile")}
      about={t("house.profileAbout")}
      onClose={onClose}
      fields={["name"]}
      save={() => call("profile.save", { name })}
    >
      {(errorAt) => (
        <TextField
          label={t("field.name")}
          value={name}
          error={errorAt("name")}
          onChange={(event) => setName(event.target.value)}
        />
      )}
    </HouseForm>
  );
}

function known(kind: "currency" | "timeZone", own: string): string[] {
  const all = Intl.supportedValuesOf(kind);
  return all.includes(own) || own === "" ? all : [own, ...all];
}

function currencies(own: string) {
  const names = new Intl.DisplayNames(locale(), { type: "currency" });
  return known("currency", own).map((value) => ({ value, label: `${value} – ${names.of(value) ?? value}` }));
}

export function EditOrg({ org, onClose }: { org: Org; onClose: () => void }) {
  const [values, setValues] = useState({
    name: org.name,
    country: org.country,
    currency: org.currency,
    timeZone: org.timeZone,
  });
  const set = (part: Partial<typeof values>) => setValues({ ...values, ...part });
  // What was never said and still is not is left out: nobody is asked for it.
  const said = { ...values, country: values.country === org.country ? undefined : values.country };
  return (
    <HouseForm
      title={t("house.org")}
      about={t("house.orgAbout")}
      onClose={onClose}
      fields={["name", "country", "currency", "timeZone"]}
      save={() => call("org.save", said)}
    >
      {(errorAt) => (
        <>
          <TextField
            label={t("field.name")}
            value={values.name}
            error={errorAt("name")}
            onChange={(event) => set({ name: event.target.value })}
          />
          <TextField
            label={t("house.country")}
            help={t("house.countryHelp")}
            maxLength={2}
            value={values.country}
            error={errorAt("country")}
            onChange={(event) => set({ country: event.target.value.toUpperCase() })}
          />
          <SelectField
            label={t("house.currency")}
            help={t("house.currencyHelp")}
            value={values.currency}
            error={errorAt("currency")}
            options={currencies(org.currency)}
            onChange={(event) => set({ currency: event.target.value })}
          />
          <SelectField
            label={t("house.timeZone")}
            help={t("house.timeZoneHelp")}
            value={values.timeZone}
            error={errorAt("timeZone")}
            options={known("timeZone", org.timeZone).map((value) => ({ value, label: value.replaceAll("_", " ") }))}
            onChange={(event) => set({ timeZone: event.target.value })}
          />
        </>
      )}
    </HouseForm>
  );
}
