import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useAttempt } from "./useAttempt";

/** A made-up company at once: no network, no name, nothing to lose. */
export function LookAround({ passphrase, onNoKeyring }: { passphrase?: string; onNoKeyring: () => void }) {
  const { busy, error, attempt } = useAttempt();
  const navigate = useNavigate();
  const start = async () => {
    const args = passphrase ? { passphrase } : {};
    if (await attempt(() => call("session.lookAround", args))) navigate("/today");
  };
  return (
    <div className="mt-3 flex flex-col items-start gap-3">
      <Button autoFocus disabled={busy} onClick={() => void start()}>
        {t("firstRun.lookStart")}
      </Button>
      {error ? <ErrorNote error={error} ways={{ retry: () => void start(), passphrase: onNoKeyring }} /> : null}
    </div>
  );
}
