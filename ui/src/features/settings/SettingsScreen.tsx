import { type ReactNode, useState } from "react";
import { Button } from "../../components/Button";
import { setLanguage, t } from "../../lib/i18n";
import { rebound } from "../../lib/keymap";
import { type Density, type Language, prefs, setPref, type Theme } from "../../lib/prefs";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { useAppInfo, useOverview, useSession } from "../../record/queries";
import { About } from "./About";
import { Choice } from "./Choice";
import { EditOrg, EditProfile } from "./EditHouse";
import { RemindersPart } from "./RemindersPart";
import { Fact, Section } from "./Section";
import { WindowPart } from "./WindowPart";

const THEMES: readonly Theme[] = ["light", "dark", "system"];
const DENSITIES: readonly Density[] = ["comfortable", "compact"];
const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
];

function Account() {
  const { data: session } = useSession();
  const overview = useOverview().data;
  const [edits, setEdits] = useState<"profile" | "org" | null>(null);
  const close = () => setEdits(null);
  // A made-up company is left with one press; nothing of it is worth a change.
  const canEdit = overview !== undefined && !session?.sample;
  const team = overview?.teams.find((one) => one._id === overview.me.teamId);
  return (
    <Section title={t("settings.account")}>
      <dl>
        <Fact name={t("settings.user")}>{session?.user?.name ?? "–"}</Fact>
        {session?.user?.email ? <Fact name={t("connect.email")}>{session.user.email}</Fact> : null}
        {overview ? <Fact name={t("settings.role")}>{t(`role.${overview.me.role}`)}</Fact> : null}
        {team ? <Fact name={t("settings.team")}>{team.name}</Fact> : null}
        <Fact name={t("settings.org")}>{session?.org?.name ?? "–"}</Fact>
        <Fact name={t("connect.server")}>{session?.server ?? t("settings.noServer")}</Fact>
      </dl>
      <div className="mt-1 flex flex-wrap gap-2">
        {canEdit ? <Button onClick={() => setEdits("profile")}>{t("house.edit")}</Button> : null}
        {canEdit && overview?.me.role === "admin" ? (
          <Button onClick={() => setEdits("org")}>{t("house.editOrg")}</Button>
        ) : null}
        {session?.server ? null : <Button onClick={() => ui.set({ connect: true })}>{t("sync.connect")}</Button>}
        <Button onClick={() => ui.set({ signOut: true })}>{t("signOut.open")}</Button>
      </div>
      {edits === "profile" && overview ? <EditProfile user={overview.me} onClose={close} /> : null}
      {edits === "org" && overview ? <EditOrg org={overview.org} onClose={close} /> : null}
    </Section>
  );
}

function Look() {
  const { theme, density, language } = useStore(prefs);
  return (
    <Section title={t("settings.look")}>
      <div className="grid gap-4">
        <Choice
          label={t("settings.language")}
          value={language}
          options={LANGUAGES}
          onChange={(value) => {
            setLanguage(value);
            setPref("language", value);
          }}
        />
        <Choice
          label={t("settings.theme")}
          value={theme}
          options={THEMES.map((value) => ({ value, label: t(`theme.${value}`) }))}
          onChange={(value) => setPref("theme", value)}
        />
        <Choice
          label={t("settings.density")}
          value={density}
          options={DENSITIES.map((value) => ({ value, label: t(`density.${value}`) }))}
          onChange={(value) => setPref("density", value)}
        />
      </div>
    </Section>
  );
}

function KeyboardPart() {
  const { keys } = useStore(rebound);
  const changed = Object.keys(keys).length;
  return (
    <Section title={t("settings.keys")}>
      <p className="mb-3 text-ink-2">
        {t("settings.keysAbout")} {changed > 0 ? t("settings.keysChanged", { count: changed }) : null}
      </p>
      <Button keys="?" onClick={() => ui.set({ shortcuts: true })}>
        {t("shortcuts.title")}
      </Button>
    </Section>
  );
}

function Device() {
  const { data: session } = useSession();
  const { data: info } = useAppInfo();
  return (
    <Section title={t("settings.device")}>
      <dl>
        {session?.deviceCode ? <Fact name={t("settings.deviceCode")}>{session.deviceCode}</Fact> : null}
        <Fact name={t("settings.folder")}>
          <code className="font-mono text-small">{info?.dataFolder ?? "–"}</code>
        </Fact>
      </dl>
      <p className="text-ink-2">{t("settings.encrypted")}</p>
    </Section>
  );
}

/** `work` draws what waits to be sent: the app hands it in, for a screen knows no other. */
export function SettingsScreen({ work }: { work: ReactNode }) {
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("settings.title")}</h1>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-6">
        <div className="max-w-[800px]">
          <Account />
          <Look />
          <RemindersPart />
          <WindowPart />
          <KeyboardPart />
          <Section title={t("sync.title")}>
            <div className="max-w-[420px]">{work}</div>
          </Section>
          <Device />
          <About />
        </div>
      </div>
    </main>
  );
}
