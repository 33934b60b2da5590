import { Dialog } from "../../components/Overlay";
import { t } from "../../lib/i18n";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { useSession } from "../../record/queries";
import { ConnectForm } from "./ConnectForm";

/** Signing in again while work goes on, or connecting what was begun on this device. */
export function ConnectDialog() {
  const { connect } = useStore(ui);
  const session = useSession();
  const again = Boolean(session.data?.server);
  const close = () => ui.set({ connect: false });
  return (
    <Dialog
      open={connect}
      onClose={close}
      title={t(again ? "signIn.title" : "connect.title")}
      about={t(again ? "signIn.about" : "connect.about")}
    >
      <ConnectForm
        lastServer={session.data?.server ?? session.data?.lastServer}
        lastEmail={session.data?.user?.email || session.data?.lastEmail}
        onConnected={close}
      />
    </Dialog>
  );
}
