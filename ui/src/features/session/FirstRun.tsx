import { FilePlus2, type LucideIcon, Server, Telescope } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Button } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Mark } from "../../components/Mark";
import { t } from "../../lib/i18n";
import type { SessionStatus } from "../../lib/types";
import { ConnectForm } from "./ConnectForm";
import { LanguageSwitch } from "./LanguageSwitch";
import { LocalForm } from "./LocalForm";
import { Preview } from "./Preview";
import { SetPassphrase } from "./SetPassphrase";
import { useLookAround } from "./useLookAround";

function Way({
  icon: Icon,
  title,
  about,
  action,
  children,
}: {
  icon: LucideIcon;
  title: string;
  about: string;
  /** Stands beside the words: a way that asks nothing. */
  action?: ReactNode;
  children?: ReactNode;
}) {
  return (
    <section className="grid grid-cols-[20px_minmax(0,1fr)] gap-x-4 border-line border-b py-4">
      <Icon size={20} strokeWidth={1.5} className="mt-px text-ink-2" aria-hidden="true" />
      <div>
        <div className="flex items-start justify-between gap-4">
          <div>
            <h2 className="font-semibold text-lead">{title}</h2>
            <p className="max-w-[56ch] text-ink-2">{about}</p>
          </div>
          {action}
        </div>
        {children}
      </div>
    </section>
  );
}

/** The first window: look around, connect, or start on this device. Only connecting needs a network. */
export function FirstRun({ status }: { status: SessionStatus }) {
  const [passphrase, setPassphrase] = useState<string>();
  const [asking, setAsking] = useState(status.state === "noKeyring");
  return (
    <>
      {asking ? (
        <SetPassphrase
          onSet={(chosen) => {
            setPassphrase(chosen);
            setAsking(false);
          }}
        />
      ) : null}
      {/* Stays behind the question when it was asked in between, so that what was typed is still there after it. */}
      {asking && status.state === "noKeyring" ? null : (
        <Ways status={status} passphrase={passphrase} hidden={asking} onNoKeyring={() => setAsking(true)} />
      )}
    </>
  );
}

interface WaysProps {
  status: SessionStatus;
  passphrase: string | undefined;
  hidden: boolean;
  onNoKeyring: () => void;
}

function Ways({ status, passphrase, hidden, onNoKeyring }: WaysProps) {
  const look = useLookAround(passphrase);
  return (
    <div
      hidden={hidden}
      className="h-full not-[[hidden]]:grid grid-cols-[minmax(480px,600px)_minmax(0,1fr)] bg-surface"
    >
      <main className="flex flex-col overflow-y-auto py-8 pr-12 pl-16 wide:pl-[72px]">
        <div className="mt-[2vh] mb-6 flex items-center gap-2 font-semibold text-lead">
          <Mark size={24} />
          {t("app.name")}
        </div>
        <h1 className="font-semibold text-h1 tracking-[-0.018em]">{t("firstRun.title")}</h1>
        <p className="mt-1.5 text-ink-2">{t("firstRun.about")}</p>
        <div className="mt-6 border-line border-t">
          <Way
            icon={Telescope}
            title={t("firstRun.look")}
            about={t("firstRun.lookAbout")}
            action={
              <Button autoFocus disabled={look.busy} className="shrink-0" onClick={() => void look.start()}>
                {t("firstRun.lookStart")}
              </Button>
            }
          >
            {look.error ? (
              <ErrorNote
                className="mt-3"
                error={look.error}
                ways={{ retry: () => void look.start(), passphrase: onNoKeyring }}
              />
            ) : null}
          </Way>
          <Way icon={Server} title={t("firstRun.connect")} about={t("firstRun.connectAbout")}>
            <ConnectForm
              lastServer={status.lastServer}
              lastEmail={status.lastEmail}
              passphrase={passphrase}
              onNoKeyring={onNoKeyring}
              hint={t("firstRun.noNetwork")}
            />
          </Way>
          <Way icon={FilePlus2} title={t("firstRun.local")} about={t("firstRun.localAbout")}>
            <LocalForm passphrase={passphrase} onNoKeyring={onNoKeyring} />
          </Way>
        </div>
        <div className="mt-auto pt-6">
          <LanguageSwitch />
        </div>
      </main>
      <Preview />
    </div>
  );
}
