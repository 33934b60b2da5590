import { useQueryClient } from "@tanstack/react-query";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useChoices } from "../../record/queries";
import { tellError } from "../../record/tell";
import { Section } from "./Section";
import { Tick } from "./Tick";

/** What the app does when its window is closed and when the computer starts; only where the host can do that. */
export function WindowPart() {
  const client = useQueryClient();
  const choices = useChoices().data;
  if (!choices || typeof choices.autostart !== "boolean") return null;
  const choose = async (choice: { keepInTray?: boolean; autostart?: boolean }) => {
    try {
      client.setQueryData(["choices"], await call("app.choose", choice));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <Section title={t("window.title")}>
      <div className="grid gap-3">
        <Tick
          label={t("window.tray")}
          about={t(choices.tray === false ? "window.noTray" : "window.trayAbout")}
          checked={choices.keepInTray}
          onChange={(keepInTray) => void choose({ keepInTray })}
        />
        <Tick
          label={t("window.autostart")}
          about={t("window.autostartAbout")}
          checked={choices.autostart}
          onChange={(autostart) => void choose({ autostart })}
        />
      </div>
    </Section>
  );
}
