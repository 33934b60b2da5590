import { useState } from "react";
import { Button } from "../../components/Button";
import { SelectField, TextField } from "../../components/Field";
import { Popover } from "../../components/Popover";
import type { Customer } from "../../gen/records";
import { cx } from "../../lib/cx";
import { t } from "../../lib/i18n";
import type { Held } from "../../lib/types";
import { changeField } from "../../record/edits";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { Panel } from "./Panel";

const PARTS = ["budget", "authority", "need", "timeline"] as const;
const LEVELS = ["unknown", "no", "partial", "yes"] as const;

type PartName = (typeof PARTS)[number];
type Level = (typeof LEVELS)[number];

interface Part {
  level: Level;
  note: string;
}

/** A role that may not see it gets a customer without one. */
function partOf(qualification: Record<string, unknown> | null, name: PartName): Part {
  const held = qualification?.[name];
  const { level, note } = (typeof held === "object" && held !== null ? held : {}) as Record<string, unknown>;
  return {
    level: LEVELS.find((known) => known === level) ?? "unknown",
    note: typeof note === "string" ? note : "",
  };
}

const TONE: Record<Level, string> = { yes: "text-ok", partial: "text-warn", no: "text-ink-2", unknown: "text-ink-3" };

function PartForm({ held, name, onDone }: { held: Held<Customer>; name: PartName; onDone: () => void }) {
  const [seen] = useState(held);
  const [part, setPart] = useState(partOf(seen.record.qualification, name));
  const { save } = useSave();
  const submit = async () => {
    const before = seen.record.qualification ?? {};
    const kept = (before[name] ?? {}) as Record<string, unknown>;
    const note = part.note.trim();
    const { note: _, ...others } = kept;
    const next = { ...before, [name]: { ...others, level: part.level, ...(note ? { note } : {}) } };
    try {
      await save(
        [changeField("customers", seen, "qualification", next)],
        t("field.saved", { field: t(`qualification.${name}`) }),
      );
      onDone();
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <form
      className="grid gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <SelectField
        label={t(`qualification.${name}`)}
        value={part.level}
        autoFocus
        onChange={(event) => setPart({ ...part, level: event.target.value as Level })}
        options={LEVELS.map((value) => ({ value, label: t(`level.${value}`) }))}
      />
      <TextField
        label={t("qualification.note")}
        value={part.note}
        maxLength={2000}
        onChange={(event) => setPart({ ...part, note: event.target.value })}
      />
      <Button variant="primary" type="submit" className="justify-self-start">
        {t("form.save")}
      </Button>
    </form>
  );
}

/** Budget, authority, need and timeline: how far each is known, and a word on why. */
export function QualificationPanel({ held }: { held: Held<Customer> }) {
  const [open, setOpen] = useState<PartName | null>(null);
  const { qualification } = held.record;
  const good = PARTS.filter((name) => ["yes", "partial"].includes(partOf(qualification, name).level)).length;
  return (
    <Panel title={t("qualification.title")} count={t("qualification.of", { count: good })}>
      <ul>
        {PARTS.map((name) => {
          const { level, note } = partOf(qualification, name);
          return (
            <li key={name}>
              <Popover
                label={t(`qualification.${name}`)}
                align="end"
                open={open === name}
                onOpenChange={(next) => setOpen(next ? name : null)}
                width="w-[280px]"
                trigger={
                  <button
                    type="button"
                    className="-mx-1.5 grid w-[calc(100%+12px)] grid-cols-[88px_minmax(0,1fr)_auto] items-baseline gap-2 rounded-sm px-1.5 py-0.5 text-left hover:bg-hover"
                  >
                    <span className="text-ink-3">{t(`qualification.${name}`)}</span>
                    <span className="cut" title={note}>
                      {note}
                    </span>
                    <span className={cx("font-medium text-small", TONE[level])}>{t(`level.${level}`)}</span>
                  </button>
                }
              >
                <PartForm held={held} name={name} onDone={() => setOpen(null)} />
              </Popover>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
