import type { ReactNode } from "react";
import { Button } from "../../components/Button";
import { setLanguage, t } from "../../lib/i18n";
import { type Density, type Language, prefs, setPref, type Theme } from "../../lib/prefs";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { useAppInfo, useSession } from "../../record/queries";
import { Choice } from "./Choice";

const THEMES: readonly Theme[] = ["light", "dark", "system"];
const DENSITIES: readonly Density[] = ["comfortable", "compact"];
const LANGUAGES: readonly { value: Language; label: string }[] = [
  { value: "en", label: "English" },
  { value: "de", label: "Deutsch" },
];

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="border-line border-b py-5 last:border-b-0">
      <h2 className="mb-3 font-semibold">{title}</h2>
      {children}
    </section>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid grid-cols-[140px_minmax(0,1fr)] py-1">
      <dt className="text-ink-3">{name}</dt>
      <dd data-selectable className="break-words">
        {children}
      </dd>
    </div>
  );
}

function Look() {
  const { theme, density, language } = useStore(prefs);
  return (
    <Section title={t("settings.look")}>
      <div className="grid gap-4">
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
        <Choice
          label={t("settings.language")}
          value={language}
          options={LANGUAGES}
          onChange={(value) => {
            setLanguage(value);
            setPref("language", value);
          }}
        />
      </div>
    </Section>
  );
}

function Account() {
  const { data: session } = useSession();
  return (
    <Section title={t("settings.account")}>
      <dl>
        <Fact name={t("settings.user")}>{session?.user?.name ?? "–"}</Fact>
        {session?.user?.email ? <Fact name={t("connect.email")}>{session.user.email}</Fact> : null}
        <Fact name={t("settings.org")}>{session?.org?.name ?? "–"}</Fact>
        <Fact name={t("connect.server")}>{session?.server ?? t("settings.noServer")}</Fact>
        {session?.deviceCode ? <Fact name={t("settings.device")}>{session.deviceCode}</Fact> : null}
      </dl>
      <div className="mt-3 flex gap-2">
        {session?.server ? null : <Button onClick={() => ui.set({ connect: true })}>{t("sync.connect")}</Button>}
        <Button onClick={() => ui.set({ signOut: true })}>{t("signOut.open")}</Button>
      </div>
    </Section>
  );
}

export function SettingsScreen() {
  const { data: info } = useAppInfo();
  return (
    <main className="min-w-0 overflow-y-auto">
      <header className="flex h-topbar items-center border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("settings.title")}</h1>
      </header>
      <div className="max-w-[640px] px-6">
        <Look />
        <Account />
        <Section title={t("settings.about")}>
          <dl>
            <Fact name={t("settings.version")}>{info?.version ?? "–"}</Fact>
            <Fact name={t("settings.folder")}>
              <code className="font-mono text-small">{info?.dataFolder ?? "–"}</code>
            </Fact>
          </dl>
          <p className="mt-2 text-ink-3">{t("settings.encrypted")}</p>
          <Button className="mt-3" keys="?" onClick={() => ui.set({ shortcuts: true })}>
            {t("shortcuts.title")}
          </Button>
        </Section>
      </div>
    </main>
  );
}
