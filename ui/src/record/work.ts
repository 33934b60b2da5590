// Work that leaves this device in a file, for a server that cannot be reached.
import { call } from "../lib/call";
import { t } from "../lib/i18n";
import { showToast } from "../lib/ui";

/** Saves what waits where somebody says; false = she changed her mind. It stays in line, too. */
export async function carry(): Promise<boolean> {
  const { path } = await call("export.pick", { name: t("waiting.file") });
  if (path === null) return false;
  const saved = await call("sync.carry", { path });
  showToast(t("waiting.carried", { count: saved.changes, path: saved.path }));
  return true;
}
