import { toAppError } from "../../lib/call";
import { hasMessage, type Key, t } from "../../lib/i18n";
import { showToast } from "../../lib/ui";
import { tellError } from "../../record/tell";

/** Why a file was not taken, opened or saved, where there is more to say than for anything else. */
export function whyNot(thrown: unknown): string | null {
  const key = `files.error.${toAppError(thrown).code}`;
  return hasMessage(key) ? t(key as Key) : null;
}

export function tellFile(thrown: unknown, name: string): void {
  const why = whyNot(thrown);
  if (why) showToast(`${name}: ${why}`);
  else tellError(thrown);
}
