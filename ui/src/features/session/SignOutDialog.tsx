import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Dialog } from "../../components/Overlay";
import { type AppError, call, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { useSync } from "../../record/queries";
import { forgetHistory } from "../../record/save";
import { forgetTrail } from "../../record/trail";
import { carry } from "../../record/work";

/** Signing out removes this device's copy. With waiting work it says what would be lost and offers to send it first. */
export function SignOutDialog() {
  const { signOut } = useStore(ui);
  const client = useQueryClient();
  const sync = useSync();
  const [error, setError] = useState<AppError | null>(null);
  const [busy, setBusy] = useState(false);
  const waiting = sync.data?.waiting ?? 0;
  const localOnly = sync.data?.phase === "localOnly";
  const refused = error?.code === "WORK_WAITING" ? Number(error.details.waiting ?? waiting) : null;
  const count = refused ?? waiting;
  const losing = count > 0 || localOnly;

  const close = () => {
    setError(null);
    ui.set({ signOut: false });
  };
  const run = async (action: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await action();
    } catch (thrown) {
      setError(toAppError(thrown));
    } finally {
      setBusy(false);
    }
  };
  const leave = (discardWaiting: boolean) =>
    run(async () => {
      const status = await call("session.signOut", { discardWaiting });
      forgetHistory();
      forgetTrail();
      close();
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== "session" });
      client.setQueryData(["session"], status);
    });
  const sendFirst = () =>
    run(async () => {
      const after = await call("sync.now", {});
      client.setQueryData(["sync"], after);
    });
  const about = localOnly ? t("signOut.local") : count > 0 ? t("signOut.waiting", { count }) : t("signOut.about");

  return (
    <Dialog
      open={signOut}
      onClose={close}
      title={t("signOut.title")}
      about={about}
      foot={
        <>
          <Button onClick={close}>{t("cancel")}</Button>
          {count > 0 && !localOnly ? (
            <Button disabled={busy} onClick={() => void run(async () => void (await carry()))}>
              {t("signOut.save")}
            </Button>
          ) : null}
          {count > 0 && !localOnly ? (
            <Button variant="primary" disabled={busy} onClick={() => void sendFirst()}>
              {t("signOut.send")}
            </Button>
          ) : null}
          <Button variant={losing ? "danger" : "primary"} disabled={busy} onClick={() => void leave(losing)}>
            {losing ? t("signOut.discard") : t("signOut.action")}
          </Button>
        </>
      }
    >
      {error && error.code !== "WORK_WAITING" ? (
        <ErrorNote error={error} ways={{ retry: () => void sendFirst() }} />
      ) : null}
    </Dialog>
  );
}
