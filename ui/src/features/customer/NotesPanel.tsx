import type { Customer } from "../../gen/records";
import { t } from "../../lib/i18n";
import type { Held } from "../../lib/types";
import { changeField } from "../../record/edits";
import { InPlace } from "../../record/InPlace";
import { useSave } from "../../record/save";
import { Panel } from "./Panel";

export function NotesPanel({ held }: { held: Held<Customer> }) {
  const { save } = useSave();
  const text = held.record.notes ?? "";
  return (
    <Panel title={t("field.notes")}>
      <div className="text-ink-2">
        <InPlace
          label={t("field.notes")}
          text={text}
          shown={text}
          seen={held}
          multiline
          onSave={(next, seen) =>
            save([changeField("customers", seen, "notes", next || null)], t("field.saved", { field: t("field.notes") }))
          }
        />
      </div>
    </Panel>
  );
}
