import { CornerDownLeft } from "lucide-react";
import { type FormEvent, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote, ErrorText } from "../../components/ErrorNote";
import { TextField } from "../../components/Field";
import { AppError, call, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useAttempt } from "./useAttempt";

interface Props {
  lastServer?: string;
  lastEmail?: string;
  passphrase?: string;
  onNoKeyring?: () => void;
  onConnected?: () => void;
  hint?: string;
}

const LINK = /^rapport:\/\/enrol\?/i;

type FieldName = "server" | "email" | "password";

/** Which input an error belongs to; null when it is about the connection as a whole. */
function fieldOf(error: AppError | null): FieldName | null {
  if (!error) return null;
  if (error.code === "INVALID_CREDENTIALS") return "password";
  if (error.code === "INSECURE_SERVER" || error.code === "ENROLMENT_INVALID") return "server";
  const named = error.field;
  return named === "server" || named === "email" || named === "password" ? named : null;
}

/** The error of a server that does not answer says which one was asked: a typing error is then seen. */
function naming(thrown: unknown, server: string): AppError {
  const error = toAppError(thrown);
  if (error.code !== "OFFLINE") return error;
  return new AppError(error.code, error.message, error.field, { ...error.details, server });
}

/** Server, e-mail, password; an enrolment link pasted as the server needs neither e-mail nor password. */
export function ConnectForm({ lastServer, lastEmail, passphrase, onNoKeyring, onConnected, hint }: Props) {
  const [values, setValues] = useState({ server: lastServer ?? "", email: lastEmail ?? "", password: "" });
  const { busy, error, attempt, fail } = useAttempt();
  const form = useRef<HTMLFormElement>(null);
  const isLink = LINK.test(values.server.trim());
  const badField = fieldOf(error);

  const submit = async () => {
    const missing = (["server", "email", "password"] as const).find(
      (name) => values[name].trim() === "" && !(isLink && name !== "server"),
    );
    if (missing) {
      fail(new AppError("REQUIRED", "", missing));
      form.current?.querySelector<HTMLInputElement>(`[name=${missing}]`)?.focus();
      return;
    }
    const extra = passphrase ? { passphrase } : {};
    const worked = await attempt(() =>
      isLink
        ? call("session.enrol", { link: values.server.trim(), ...extra })
        : call("session.connect", {
            server: values.server.trim(),
            email: values.email.trim(),
            password: values.password,
            ...extra,
          }).catch((thrown) => {
            throw naming(thrown, values.server.trim());
          }),
    );
    if (worked) onConnected?.();
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    void submit();
  };
  const input = (name: FieldName, label: string) => ({
    label,
    name,
    value: values[name],
    onChange: (event: { target: { value: string } }) => setValues({ ...values, [name]: event.target.value }),
    error: error && badField === name ? <ErrorText error={error} /> : undefined,
  });

  return (
    <form ref={form} onSubmit={onSubmit} noValidate className="mt-3 grid grid-cols-2 gap-3">
      <TextField
        {...input("server", t("connect.server"))}
        className="col-span-2"
        placeholder="crm.example.com"
        help={isLink ? t("connect.linkFound") : t("connect.linkHelp")}
        inputMode="url"
      />
      {isLink ? null : (
        <>
          <TextField {...input("email", t("connect.email"))} type="email" autoComplete="username" />
          <TextField {...input("password", t("connect.password"))} type="password" autoComplete="current-password" />
        </>
      )}
      {error && badField === null ? (
        <ErrorNote
          className="col-span-2"
          error={error}
          ways={{ retry: () => void submit(), ...(onNoKeyring ? { passphrase: onNoKeyring } : {}) }}
        />
      ) : null}
      <div className="col-span-2 flex items-center gap-2">
        <Button variant="primary" type="submit" disabled={busy}>
          {busy ? t("connect.busy") : t("connect.action")}
          <CornerDownLeft size={14} aria-hidden="true" />
        </Button>
        {hint ? <span className="text-ink-3 text-small">{hint}</span> : null}
      </div>
    </form>
  );
}
