import { TriangleAlert } from "lucide-react";
import { SelectField } from "../../components/Field";
import { timeOfDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useChoices, useSession } from "../../record/queries";
import { useSave } from "../../record/save";
import { choose, settingOf, useSettings } from "../../record/settings";
import { tellError } from "../../record/tell";
import { Section } from "./Section";
import { Tick } from "./Tick";

interface Wish {
  on: boolean;
  atMinute: number;
  leadMinutes: number;
}

const SETTING = "reminders";
const FIRST: Wish = { on: true, atMinute: 540, leadMinutes: 15 };
const LEADS = [0, 5, 10, 15, 30, 60, 120, 1440];

function wishOf(value: unknown): Wish {
  const given = typeof value === "object" && value !== null ? (value as Partial<Wish>) : {};
  return { ...FIRST, ...given };
}

/** Every half hour of a working day, and whatever else was chosen elsewhere. */
function times(chosen: number): number[] {
  const usual = Array.from({ length: 27 }, (_, index) => 360 + index * 30);
  return usual.includes(chosen) ? usual : [...usual, chosen].sort((a, b) => a - b);
}

function leadText(minutes: number): string {
  if (minutes === 0) return t("reminders.lead.0");
  if (minutes === 60) return t("reminders.lead.60");
  if (minutes === 120) return t("reminders.lead.120");
  if (minutes === 1440) return t("reminders.lead.1440");
  return t("reminders.lead.minutes", { minutes });
}

function Refused() {
  return (
    <p role="status" className="flex gap-2 rounded-sm bg-warn-soft px-3 py-2">
      <TriangleAlert size={16} strokeWidth={1.75} className="mt-0.5 shrink-0 text-warn" aria-hidden="true" />
      {t("reminders.refused")}
    </p>
  );
}

export function RemindersPart() {
  const choices = useChoices().data;
  const settings = useSettings().data;
  const { save } = useSave();
  const { data: session } = useSession();
  // Where nobody shows them there is nothing to choose; a made-up company reminds nobody.
  if (!choices?.reminders || !settings || session?.sample) return null;
  const wish = wishOf(settingOf(settings, SETTING, "device")?.value);
  const set = async (part: Partial<Wish>) => {
    try {
      await save([await choose(settings, SETTING, "device", null, { ...wish, ...part })], t("reminders.saved"));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const leads = LEADS.includes(wish.leadMinutes) ? LEADS : [...LEADS, wish.leadMinutes].sort((a, b) => a - b);
  return (
    <Section title={t("reminders.title")}>
      <div className="grid gap-3">
        <Tick
          label={t("reminders.on")}
          about={t("reminders.onAbout")}
          checked={wish.on}
          onChange={(on) => void set({ on })}
        />
        {wish.on ? (
          <div className="grid gap-3 pl-[164px]">
            <SelectField
              className="max-w-[260px]"
              label={t("reminders.at")}
              value={String(wish.atMinute)}
              options={times(wish.atMinute).map((minute) => ({ value: String(minute), label: timeOfDay(minute) }))}
              onChange={(event) => void set({ atMinute: Number(event.target.value) })}
            />
            <SelectField
              className="max-w-[260px]"
              label={t("reminders.lead")}
              value={String(wish.leadMinutes)}
              options={leads.map((minutes) => ({ value: String(minutes), label: leadText(minutes) }))}
              onChange={(event) => void set({ leadMinutes: Number(event.target.value) })}
            />
            {choices.reminders === "refused" ? <Refused /> : <p className="text-ink-3">{t("reminders.running")}</p>}
          </div>
        ) : null}
      </div>
    </Section>
  );
}
