import { type FormEvent, useRef, useState } from "react";
import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote, ErrorText } from "../../components/ErrorNote";
import { TextField } from "../../components/Field";
import { AppError, call } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useAttempt } from "./useAttempt";

/** Start on this device alone: empty, or with an address book. */
export function LocalForm({ passphrase, onNoKeyring }: { passphrase?: string; onNoKeyring: () => void }) {
  const [values, setValues] = useState({ name: "", company: "" });
  const { busy, error, attempt, fail } = useAttempt();
  const form = useRef<HTMLFormElement>(null);
  const navigate = useNavigate();

  const start = async (then: string) => {
    const missing = (["name", "company"] as const).find((name) => values[name].trim() === "");
    if (missing) {
      fail(new AppError("REQUIRED", "", missing));
      form.current?.querySelector<HTMLInputElement>(`[name=${missing}]`)?.focus();
      return;
    }
    const args = { name: values.name.trim(), company: values.company.trim(), ...(passphrase ? { passphrase } : {}) };
    if (await attempt(() => call("session.startLocal", args))) navigate(then);
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void start("/today");
  };
  const input = (name: "name" | "company", label: string) => ({
    label,
    name,
    value: values[name],
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
    error: error?.field === name ? <ErrorText error={error} /> : undefined,
  });
  const general = error && error.field !== "name" && error.field !== "company" ? error : null;

  return (
    <form ref={form} onSubmit={onSubmit} noValidate className="mt-3 grid grid-cols-2 gap-3">
      <TextField {...input("name", t("local.name"))} autoComplete="name" />
      <TextField {...input("company", t("local.company"))} autoComplete="organization" />
      {general ? (
        <ErrorNote
          className="col-span-2"
          error={general}
          ways={{ retry: () => void start("/today"), passphrase: onNoKeyring }}
        />
      ) : null}
      <div className="col-span-2 flex flex-wrap items-center gap-2">
        <Button type="submit" disabled={busy}>
          {t("local.start")}
        </Button>
        <Button onClick={() => void start("/import")} disabled={busy}>
          {t("local.import")}
        </Button>
      </div>
    </form>
  );
}
