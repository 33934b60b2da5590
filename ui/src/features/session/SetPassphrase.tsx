import { KeyRound } from "lucide-react";
import { type FormEvent, useState } from "react";
import { Button } from "../../components/Button";
import { TextField } from "../../components/Field";
import { t } from "../../lib/i18n";
import { Notice } from "./Notice";

const MIN_LENGTH = 8;

/** No keyring on this computer: a passphrase protects the key instead. */
export function SetPassphrase({ onSet }: { onSet: (passphrase: string) => void }) {
  const [first, setFirst] = useState("");
  const [second, setSecond] = useState("");
  const [tried, setTried] = useState(false);
  const tooShort = first.length < MIN_LENGTH;
  const differs = second !== first;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!tooShort && !differs) onSet(first);
  };
  return (
    <Notice icon={KeyRound} title={t("noKeyring.title")} failed={t("noKeyring.failed")} safe={t("noKeyring.safe")}>
      <form onSubmit={submit} noValidate className="grid gap-3">
        <TextField
          label={t("passphrase.new")}
          type="password"
          autoComplete="new-password"
          value={first}
          onChange={(event) => setFirst(event.target.value)}
          help={t("passphrase.help")}
          error={tried && tooShort ? t("passphrase.short", { min: MIN_LENGTH }) : undefined}
        />
        <TextField
          label={t("passphrase.again")}
          type="password"
          autoComplete="new-password"
          value={second}
          onChange={(event) => setSecond(event.target.value)}
          error={tried && !tooShort && differs ? t("passphrase.differs") : undefined}
        />
        <div>
          <Button variant="primary" type="submit">
            {t("passphrase.set")}
          </Button>
        </div>
      </form>
    </Notice>
  );
}
