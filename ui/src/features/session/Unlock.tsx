import { LockKeyhole } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorText } from "../../components/ErrorNote";
import { TextField } from "../../components/Field";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import { Notice } from "./Notice";
import { useAttempt } from "./useAttempt";

export function Unlock() {
  const [passphrase, setPassphrase] = useState("");
  const { busy, error, attempt } = useAttempt();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void attempt(() => call("session.unlock", { passphrase }));
  };
  return (
    <Notice icon={LockKeyhole} title={t("locked.title")} failed={t("locked.about")} safe={t("locked.safe")}>
      <form onSubmit={submit} className="grid gap-3">
        <TextField
          label={t("passphrase.label")}
          type="password"
          autoComplete="current-password"
          autoFocus
          value={passphrase}
          onChange={(event) => setPassphrase(event.target.value)}
          error={error ? <ErrorText error={error} /> : undefined}
        />
        <div>
          <Button variant="primary" type="submit" disabled={busy || passphrase === ""}>
            {t("locked.unlock")}
          </Button>
        </div>
      </form>
    </Notice>
  );
}
