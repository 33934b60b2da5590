import { type FormEvent, type KeyboardEvent, useState } from "react";
import { Button } from "../../components/Button";
import { DayField } from "../../components/DayField";
import { ErrorNote, ErrorText } from "../../components/ErrorNote";
import { SelectField, TextArea, TextField } from "../../components/Field";
import { Drawer } from "../../components/Overlay";
import type { Contact, Interaction } from "../../gen/records";
import { type AppError, toAppError } from "../../lib/call";
import { instantOf, localDay, parseTime } from "../../lib/dates";
import { clock } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Edit, Held, InteractionType, Listed } from "../../lib/types";
import { changeFields, changeFollowUp } from "../../record/edits";
import { contactName } from "../../record/names";
import { useSave } from "../../record/save";

interface Props {
  /** The record as it stood when the form opened: the base of what is saved. */
  seen: Held<Interaction>;
  contacts: readonly Listed<Contact>[];
  onClose: () => void;
}

const TYPES: readonly InteractionType[] = ["call", "meeting", "email", "visit", "support"];

interface Values {
  type: InteractionType;
  subject: string;
  description: string;
  outcome: string;
  contactId: string;
  day: number | null;
  time: string;
  duration: string;
  followUp: number | null;
}

function valuesOf(record: Interaction): Values {
  return {
    type: record.type,
    subject: record.subject,
    description: record.description ?? "",
    outcome: record.outcome ?? "",
    contactId: record.contactId ?? "",
    day: localDay(record.interactionDate),
    time: clock(record.interactionDate),
    duration: record.duration === null ? "" : String(record.duration),
    followUp: record.requiresFollowUp ? record.followUpDate : null,
  };
}

/** What was changed, as edits against what was seen. Leaving the time as it stands keeps it to the millisecond. */
export function editsOf(seen: Held<Interaction>, values: Values): Edit[] {
  const before = valuesOf(seen.record);
  const minutes = parseTime(values.time);
  const moved = values.day !== before.day || values.time !== before.time;
  const at =
    moved && values.day !== null && minutes !== null ? instantOf(values.day, minutes) : seen.record.interactionDate;
  const text = (value: string) => value.trim() || null;
  const fields = changeFields("interactions", seen, {
    type: values.type,
    subject: values.subject.trim(),
    description: values.description.trim(),
    outcome: text(values.outcome),
    contactId: text(values.contactId),
    interactionDate: at,
    duration: values.duration.trim() === "" ? null : Number(values.duration),
  });
  if (values.followUp === before.followUp) return fields ? [fields] : [];
  const followUp = changeFollowUp(seen, {
    requiresFollowUp: values.followUp !== null,
    followUpDate: values.followUp,
    followUpDoneAt: null,
  });
  return [{ ...followUp, units: { ...fields?.units, ...followUp.units } }];
}

export function InteractionForm({ seen, contacts, onClose }: Props) {
  const [values, setValues] = useState(() => valuesOf(seen.record));
  const [error, setError] = useState<AppError | null>(null);
  const { save } = useSave();
  const set = (part: Partial<Values>) => setValues((before) => ({ ...before, ...part }));
  const timeBad = parseTime(values.time) === null;
  const submit = async () => {
    if (values.day === null || timeBad) return;
    try {
      const edits = editsOf(seen, values);
      if (edits.length > 0) await save(edits, t("interaction.changed"));
      onClose();
    } catch (thrown) {
      setError(toAppError(thrown));
    }
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
  };
  const input = (name: "subject" | "description" | "outcome" | "contactId" | "duration" | "type", label: string) => ({
    label,
    value: values[name],
    onChange: (event: { target: { value: string } }) => set({ [name]: event.target.value }),
    error: error?.field === name ? <ErrorText error={error} /> : undefined,
  });
  const types = TYPES.includes(values.type) ? TYPES : [...TYPES, values.type];
  return (
    <Drawer open onClose={onClose} title={t("interaction.editTitle")}>
      <form
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void submit();
        }}
        onKeyDown={onKeyDown}
        noValidate
        className="flex min-h-0 flex-1 flex-col"
      >
        <div className="grid min-h-0 flex-1 auto-rows-min grid-cols-2 gap-3 overflow-y-auto p-5">
          <TextField {...input("subject", t("field.subject"))} className="col-span-2" />
          <TextArea {...input("description", t("field.description"))} className="col-span-2" rows={6} />
          <TextField {...input("outcome", t("field.outcome"))} className="col-span-2" />
          <SelectField
            {...input("type", t("field.interactionType"))}
            options={types.map((value) => ({ value, label: t(`interaction.${value}`) }))}
          />
          <SelectField
            {...input("contactId", t("field.contactId"))}
            options={[
              { value: "", label: t("composer.nobody") },
              ...contacts.map((contact) => ({ value: contact._id, label: contactName(contact) })),
            ]}
          />
          <DayField label={t("when.day")} value={values.day} onChange={(day) => set({ day })} prefer="near" />
          <TextField
            label={t("when.time")}
            value={values.time}
            onChange={(event) => set({ time: event.target.value })}
            error={timeBad ? t("when.timeUnknown") : undefined}
          />
          <TextField {...input("duration", t("field.duration"))} inputMode="numeric" />
          <DayField
            label={t("followUp.label")}
            value={values.followUp}
            onChange={(followUp) => set({ followUp })}
            withTime
          />
          {error && error.field === null ? (
            <ErrorNote className="col-span-2" error={error} ways={{ retry: () => void submit() }} />
          ) : null}
        </div>
        <div className="flex justify-end gap-2 border-line border-t px-5 py-3">
          <Button keys="Escape" onClick={onClose}>
            {t("cancel")}
          </Button>
          <Button variant="primary" keys="mod+Enter" type="submit">
            {t("form.save")}
          </Button>
        </div>
      </form>
    </Drawer>
  );
}
