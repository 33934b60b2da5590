import { ChevronDown, Globe } from "lucide-react";
import { Button } from "../../components/Button";
import { Menu } from "../../components/Menu";
import { setLanguage, t } from "../../lib/i18n";
import { type Language, prefs, setPref } from "../../lib/prefs";
import { useStore } from "../../lib/store";

const NAMES: Record<Language, string> = { en: "English", de: "Deutsch" };

export function LanguageSwitch() {
  const { language } = useStore(prefs);
  const choose = (next: Language) => {
    setLanguage(next);
    setPref("language", next);
  };
  return (
    <Menu
      trigger={
        <Button
          variant="quiet"
          size="small"
          icon={Globe}
          className="-ml-2 text-small"
          aria-label={`${t("settings.language")}: ${NAMES[language]}`}
        >
          {NAMES[language]}
          <ChevronDown size={12} aria-hidden="true" />
        </Button>
      }
      items={(["en", "de"] as const).map((value) => ({
        label: NAMES[value],
        checked: value === language,
        run: () => choose(value),
      }))}
    />
  );
}
