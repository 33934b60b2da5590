// What a line of the list of keys is called.
import { t } from "../../lib/i18n";
import type { SheetLine } from "../../lib/sheet";

export function lineText(line: SheetLine): string {
  return t(line.label, line.place ? { place: t(line.place) } : undefined);
}
