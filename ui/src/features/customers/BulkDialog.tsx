import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "../../components/Button";
import { DayField } from "../../components/DayField";
import { ErrorNote } from "../../components/ErrorNote";
import { SelectField, TextField } from "../../components/Field";
import { Dialog } from "../../components/Overlay";
import { call, toAppError } from "../../lib/call";
import { describe } from "../../lib/errors";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { CustomerStatus, Overview, Result } from "../../lib/types";
import { unitName } from "../../record/names";
import { userName } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { valueText } from "../../record/valueText";
import { BLANK, type BulkForm, type BulkKind, type Wish, wishOf } from "./bulk";

const STATUSES: readonly CustomerStatus[] = ["prospect", "lead", "active", "inactive"];

type Preview = Result<"records.bulk">;

interface FormProps {
  kind: BulkKind;
  form: BulkForm;
  set: (part: Partial<BulkForm>) => void;
  overview: Overview | undefined;
}

function Fields({ kind, form, set, overview }: FormProps) {
  if (kind === "status") {
    return (
      <div className="grid gap-3">
        <SelectField
          label={t("field.status")}
          value={form.status ?? ""}
          onChange={(event) => set({ status: (event.target.value || null) as CustomerStatus | null })}
          options={[
            { value: "", label: t("bulk.choose") },
            ...STATUSES.map((value) => ({ value, label: t(`status.${value}`) })),
          ]}
        />
        {form.status === "inactive" || form.status === "prospect" ? (
          <TextField
            label={t("field.statusReason")}
            value={form.reason}
            onChange={(event) => set({ reason: event.target.value })}
          />
        ) : null}
        {form.status === "active" ? (
          <label className="flex items-center gap-2">
            <input
              type="checkbox"
              className="size-3.5 accent-(--accent)"
              checked={form.confirmed}
              onChange={(event) => set({ confirmed: event.target.checked })}
            />
            {t("bulk.confirmActive")}
          </label>
        ) : null}
      </div>
    );
  }
  if (kind === "assign") {
    const people = (overview?.users ?? []).filter((user) => user.isActive);
    return (
      <SelectField
        label={t("field.assignedTo")}
        value={form.owner ?? "?"}
        onChange={(event) => set({ owner: event.target.value === "?" ? null : event.target.value })}
        options={[
          { value: "?", label: t("bulk.choose") },
          ...people.map((user) => ({ value: user._id, label: user.name })),
          { value: "", label: t("customer.noOwner") },
        ]}
      />
    );
  }
  if (kind === "tags") {
    return (
      <div className="grid gap-3">
        <TextField
          label={t("bulk.addTags")}
          help={t("bulk.tagsHelp")}
          value={form.addTags}
          onChange={(event) => set({ addTags: event.target.value })}
        />
        <TextField
          label={t("bulk.removeTags")}
          value={form.removeTags}
          onChange={(event) => set({ removeTags: event.target.value })}
        />
      </div>
    );
  }
  if (kind === "followUp") {
    return <DayField label={t("followUp.day")} value={form.day} onChange={(day) => set({ day })} />;
  }
  return <p className="text-ink-2">{t(kind === "trash" ? "bulk.trashAbout" : "bulk.asideAbout")}</p>;
}

/** What would change, record by record, and what would be refused and why. */
function PreviewList({ preview, overview }: { preview: Preview; overview: Overview | undefined }) {
  const { fits = [], unchanged = 0, shown = [], refused = [] } = preview;
  const text = (unit: string, value: unknown) =>
    (unit === "assignedTo" && typeof value === "string" ? userName(overview, value) : null) ?? valueText(unit, value);
  return (
    <section aria-label={t("bulk.preview")} className="mt-4 border-line border-t pt-3">
      <p role="status" data-num className="font-medium">
        {t("bulk.changes", { count: fits.length, shown: count(fits.length) })}
        {unchanged > 0 ? (
          <span className="font-normal text-ink-3"> · {t("bulk.unchanged", { count: unchanged })}</span>
        ) : null}
      </p>
      {refused.length > 0 ? (
        <div className="mt-2">
          <p className="text-danger">{t("bulk.refused", { count: refused.length })}</p>
          <ul className="mt-1 max-h-28 overflow-y-auto">
            {refused.slice(0, 100).map(({ id, name, error }) => (
              <li key={id} className="border-line-faint border-b py-1 text-small">
                <span className="font-medium">{name}</span>{" "}
                <span className="text-ink-2">{describe(toAppError(error))}</span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
      <ul className="mt-2 max-h-44 overflow-y-auto">
        {shown.map(({ id, name, units }) => (
          <li
            key={id}
            className="grid grid-cols-[minmax(0,1fr)_minmax(0,1.4fr)] gap-2 border-line-faint border-b py-1 text-small"
          >
            <span className="cut font-medium" title={name}>
              {name}
            </span>
            <span className="min-w-0 text-ink-2">
              {units.map(({ unit, before, after }) => (
                <span key={unit} className="block">
                  {unitName(unit)}: <del className="text-ink-3">{text(unit, before)}</del> → {text(unit, after)}
                </span>
              ))}
            </span>
          </li>
        ))}
      </ul>
      {fits.length > shown.length ? (
        <p className="mt-1 text-ink-3 text-small">{t("bulk.more", { count: fits.length - shown.length })}</p>
      ) : null}
    </section>
  );
}

interface Props {
  kind: BulkKind;
  ids: readonly string[];
  overview: Overview | undefined;
  onClose: () => void;
  onDone: () => void;
}

/** One wish for all ticked customers: first what it would change, then one press does it, and one undo takes it back. */
export function BulkDialog({ kind, ids, overview, onClose, onDone }: Props) {
  const [form, setForm] = useState(BLANK);
  const { saveMany } = useSave();
  const wish: Wish | null = wishOf(kind, form);
  const { data: preview, error } = useQuery({
    queryKey: ["customers", "bulk", ids, wish],
    queryFn: () => call("records.bulk", { kind: "customers", ids: [...ids], ...wish, dryRun: true }),
    enabled: wish !== null,
    gcTime: 0,
  });
  const fits = wish === null ? [] : (preview?.fits ?? []);
  const apply = async () => {
    if (wish === null || fits.length === 0) return;
    try {
      await saveMany({ kind: "customers", ids: fits, ...wish }, (changed) => t("bulk.done", { count: changed }));
      onDone();
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={t(`bulk.title.${kind}`, { count: ids.length })}
      foot={
        <>
          <Button onClick={onClose}>{t("cancel")}</Button>
          <Button variant="primary" disabled={fits.length === 0} onClick={() => void apply()}>
            {t("bulk.apply", { count: wish === null ? ids.length : fits.length })}
          </Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void apply();
        }}
      >
        <Fields kind={kind} form={form} set={(part) => setForm({ ...form, ...part })} overview={overview} />
      </form>
      {error ? <ErrorNote className="mt-3" error={toAppError(error)} /> : null}
      {preview && wish ? <PreviewList preview={preview} overview={overview} /> : null}
    </Dialog>
  );
}
