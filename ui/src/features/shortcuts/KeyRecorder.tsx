import { type KeyboardEvent, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { t } from "../../lib/i18n";
import { combo } from "../../lib/keymap";
import { conflictOf, type SheetLine } from "../../lib/sheet";
import { lineText } from "./lineText";

const BARE = new Set(["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock", "Tab", "Dead", "Process"]);
const SECOND_MS = 1200;

interface Props {
  line: SheetLine;
  onTake: (pressed: string) => void;
  onCancel: () => void;
}

/** Waits for a key, or for two one after the other. One that is taken is named, and nothing is changed. */
export function KeyRecorder({ line, onTake, onCancel }: Props) {
  const [conflict, setConflict] = useState<SheetLine | null>(null);
  const before = useRef<{ key: string; at: number } | null>(null);
  const onKeyDown = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Tab" || BARE.has(event.key)) return;
    event.preventDefault();
    if (event.key === "Escape") return onCancel();
    const pressed = combo(event.nativeEvent);
    const first = before.current;
    const both = first && event.timeStamp - first.at < SECOND_MS ? `${first.key} ${pressed}` : pressed;
    for (const wish of [both, pressed]) {
      if (!conflictOf(line.keys, wish)) return onTake(wish);
    }
    setConflict(conflictOf(line.keys, pressed));
    // "g" alone is taken, "g z" may be free: the next key is heard together with this one.
    before.current = { key: pressed, at: event.timeStamp };
  };
  return (
    <span className="flex items-center gap-2">
      <Button size="small" autoFocus onKeyDown={onKeyDown} onBlur={onCancel} className="text-accent-ink">
        {t("keys.press")}
      </Button>
      <span role="status" className="text-danger text-small">
        {conflict ? t("keys.taken", { by: lineText(conflict) }) : ""}
      </span>
    </span>
  );
}
