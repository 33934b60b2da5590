import { RotateCcw } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { Keys } from "../../components/Keys";
import { Dialog } from "../../components/Overlay";
import { t } from "../../lib/i18n";
import { keyFor, rebound } from "../../lib/keymap";
import { SHEET, type SheetLine } from "../../lib/sheet";
import { useStore } from "../../lib/store";
import { ui } from "../../lib/ui";
import { choicesOf, isChosen, KEYS_SETTING, withChoice } from "../../record/keyChoices";
import { useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { choose, type Scope, useSettings } from "../../record/settings";
import { tellError } from "../../record/tell";
import { KeyRecorder } from "./KeyRecorder";
import { lineText } from "./lineText";

interface LineProps {
  line: SheetLine;
  changing: boolean;
  recording: boolean;
  onRecord: (on: boolean) => void;
  onTake: (pressed: string) => void;
}

function Line({ line, changing, recording, onRecord, onTake }: LineProps) {
  const name = lineText(line);
  return (
    <div className="flex min-h-7 break-inside-avoid items-center gap-2 border-line-faint border-b py-px">
      <dt className="flex-1">{name}</dt>
      <dd className="flex items-center gap-1.5">
        {recording ? (
          <KeyRecorder line={line} onTake={onTake} onCancel={() => onRecord(false)} />
        ) : (
          <>
            <Keys of={line.keys} />
            <span className="sr-only">{keyFor(line.keys)}</span>
            {changing && !line.fixed ? (
              <Button
                size="small"
                variant="quiet"
                aria-label={t("keys.changeOne", { name })}
                onClick={() => onRecord(true)}
              >
                {t("keys.change")}
              </Button>
            ) : null}
            {changing && isChosen(line.keys) ? (
              <IconButton
                small
                icon={RotateCcw}
                label={t("keys.resetOne", { name })}
                onClick={() => onTake(line.keys)}
              />
            ) : null}
          </>
        )}
      </dd>
    </div>
  );
}

/** Changes one choice; the device's stand over the user's. */
function useTake(scope: Scope) {
  const { data: settings = [] } = useSettings();
  const me = useOverview().data?.me._id ?? null;
  const { save } = useSave();
  return async (line: SheetLine, pressed: string) => {
    try {
      const choices = withChoice(choicesOf(settings, scope), line.keys, pressed);
      const edit = await choose(settings, KEYS_SETTING, scope, scope === "user" ? me : null, choices);
      await save([edit], t("keys.changed", { name: lineText(line) }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
}

/** Every key, and a way to choose others. */
export function ShortcutSheet() {
  const { shortcuts } = useStore(ui);
  useStore(rebound);
  const [changing, setChanging] = useState(false);
  const [recording, setRecording] = useState<string | null>(null);
  const [scope, setScope] = useState<Scope>("user");
  const take = useTake(scope);
  const close = () => {
    ui.set({ shortcuts: false });
    setChanging(false);
    setRecording(null);
  };
  return (
    <Dialog
      wide
      reading={!changing}
      open={shortcuts}
      onClose={() => (recording ? setRecording(null) : close())}
      title={t("shortcuts.title")}
      foot={
        changing ? (
          <>
            <label className="mr-auto flex items-center gap-2 text-ink-2">
              <input
                type="checkbox"
                className="size-3.5 accent-(--accent)"
                checked={scope === "device"}
                onChange={(event) => setScope(event.target.checked ? "device" : "user")}
              />
              {t("keys.onlyHere")}
            </label>
            <Button onClick={() => setChanging(false)}>{t("keys.finish")}</Button>
          </>
        ) : (
          <Button onClick={() => setChanging(true)}>{t("keys.changeAll")}</Button>
        )
      }
    >
      <div className="columns-2 gap-8">
        {SHEET.map((group) => (
          <section key={group.title} className="mb-4 break-inside-avoid">
            <h3 className="mb-1 text-ink-3 text-small">{t(group.title)}</h3>
            <dl>
              {group.lines.map((line) => (
                <Line
                  key={line.keys}
                  line={line}
                  changing={changing}
                  recording={recording === line.keys}
                  onRecord={(on) => setRecording(on ? line.keys : null)}
                  onTake={(pressed) => {
                    setRecording(null);
                    void take(line, pressed);
                  }}
                />
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
