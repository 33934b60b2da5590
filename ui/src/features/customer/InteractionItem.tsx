import { Check, Ellipsis, Flag, Pencil, Trash2 } from "lucide-react";
import { useRef, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { ICONS } from "../../components/kinds";
import { Menu } from "../../components/Menu";
import { WaitingDot } from "../../components/WaitingDot";
import type { Contact, Interaction } from "../../gen/records";
import { cx } from "../../lib/cx";
import { addDays, DAY_MS, localDay, moveTo, today, wallDay } from "../../lib/dates";
import { clock, dayAndTime, isLate, longDay, wallLong, wallRelative, wallShort, weekDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Held, Listed } from "../../lib/types";
import { changeFollowUp, remove } from "../../record/edits";
import { contactName } from "../../record/names";
import { getHeld } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { InteractionForm } from "./InteractionForm";
import { isPlanned } from "./timeline";

interface Props {
  interaction: Listed<Interaction>;
  contacts: readonly Listed<Contact>[];
}

export function useFollowUpDone() {
  const { save } = useSave();
  return async (interaction: Interaction, done: boolean) => {
    try {
      const seen = await getHeld("interactions", interaction._id);
      const edit = changeFollowUp(seen, { followUpDoneAt: done ? Date.now() : null });
      // What was planned for later and is done has happened now.
      if (done && isPlanned(seen.record.interactionDate, Date.now())) {
        const base = seen.record.interactionDate;
        edit.units.interactionDate = { value: Date.now(), base, baseVersion: seen.version };
      }
      await save([edit], t("followUp.done"));
    } catch (thrown) {
      tellError(thrown);
    }
  };
}

/** Puts the follow-up off by some days, counted from today at the earliest. */
export function useSnooze() {
  const { save } = useSave();
  return async (interaction: Interaction, days: number) => {
    try {
      const seen = await getHeld("interactions", interaction._id);
      const before = seen.record.followUpDate;
      const from = Math.max(today(), before === null ? 0 : wallDay(before));
      const wall = moveTo(addDays(from, days), before);
      const edit = changeFollowUp(seen, { followUpDate: wall });
      if (isPlanned(seen.record.interactionDate, Date.now())) {
        const base = seen.record.interactionDate;
        edit.units.interactionDate = { value: base + days * DAY_MS, base, baseVersion: seen.version };
      }
      await save([edit], t("followUp.snoozed", { day: wallShort(wall) }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
}

function FollowUpLine({ interaction }: { interaction: Interaction }) {
  const setDone = useFollowUpDone();
  if (!interaction.requiresFollowUp) return null;
  const { followUpDate: date, followUpDoneAt: doneAt, followUpNotes: notes } = interaction;
  const late = doneAt === null && date !== null && isLate(date);
  return (
    <p className="mt-1 flex items-center gap-1.5">
      {doneAt === null ? (
        <Flag size={13} strokeWidth={1.75} className={late ? "text-danger" : "text-ink-3"} aria-hidden="true" />
      ) : (
        <Check size={13} strokeWidth={2} className="text-ok" aria-hidden="true" />
      )}
      <span className={cx(doneAt !== null && "text-ink-3 line-through")}>
        {t("followUp.label")}{" "}
        {date === null ? null : (
          <span data-num title={wallLong(date)} className={late ? "text-danger" : ""}>
            {wallRelative(date)}
          </span>
        )}
        {notes ? ` · ${notes}` : ""}
      </span>
      {doneAt === null ? (
        <Button variant="link" className="ml-1" onClick={() => void setDone(interaction, true)}>
          {t("followUp.markDone")}
        </Button>
      ) : (
        <Button variant="link" className="ml-1" onClick={() => void setDone(interaction, false)}>
          {t("followUp.reopen")}
        </Button>
      )}
    </p>
  );
}

function timeText(at: number): string {
  if (isPlanned(at, Date.now())) return dayAndTime(at);
  return localDay(at) === today() ? clock(at) : weekDay(localDay(at));
}

export function InteractionItem({ interaction, contacts }: Props) {
  const [seen, setSeen] = useState<Held<Interaction> | null>(null);
  const menu = useRef<HTMLButtonElement>(null);
  const { save } = useSave();
  const Icon = ICONS[interaction.type];
  const contact = contacts.find((one) => one._id === interaction.contactId);
  const meta = [
    contact ? contactName(contact) : null,
    interaction.duration ? t("interaction.minutes", { count: interaction.duration }) : null,
  ].filter(Boolean);

  const edit = async () => {
    try {
      setSeen(await getHeld("interactions", interaction._id));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const drop = async () => {
    try {
      await save([remove("interactions", interaction._id)], t("interaction.deleted", { subject: interaction.subject }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <article className="group grid grid-cols-[24px_minmax(0,1fr)_auto] gap-x-3 pt-1.5 pb-2">
      <span
        title={t(`interaction.${interaction.type}`)}
        className="inset-line relative -mt-0.5 grid size-6 place-items-center rounded-full bg-surface text-ink-2"
      >
        <Icon size={13} strokeWidth={1.75} aria-hidden="true" />
        <span className="sr-only">{t(`interaction.${interaction.type}`)}</span>
      </span>
      <div data-selectable className="min-w-0 break-words">
        <span className="font-medium">{interaction.subject}</span>{" "}
        <span className="text-ink-3">{meta.join(" · ")}</span>{" "}
        {interaction.waiting ? <WaitingDot label={t("list.waiting")} /> : null}
        {interaction.description ? (
          <p className="mt-px max-w-[62ch] whitespace-pre-wrap text-ink-2">{interaction.description}</p>
        ) : null}
        {interaction.outcome ? (
          <p className="mt-px max-w-[62ch] text-ink-2">{t("interaction.outcome", { outcome: interaction.outcome })}</p>
        ) : null}
        <FollowUpLine interaction={interaction} />
      </div>
      <div className="flex items-start gap-1">
        <Menu
          align="end"
          trigger={
            <IconButton
              ref={menu}
              small
              icon={Ellipsis}
              label={t("interaction.more", { subject: interaction.subject })}
              className="-mt-0.5 opacity-0 focus-visible:opacity-100 group-hover:opacity-100 data-[state=open]:opacity-100"
            />
          }
          items={[
            { label: t("edit"), icon: Pencil, run: () => void edit() },
            { label: t("delete"), icon: Trash2, danger: true, run: () => void drop() },
          ]}
        />
        <time
          data-num
          title={`${longDay(localDay(interaction.interactionDate))}, ${clock(interaction.interactionDate)}`}
          className="pt-px text-ink-3 text-small"
        >
          {timeText(interaction.interactionDate)}
        </time>
      </div>
      {seen ? (
        <InteractionForm
          seen={seen}
          contacts={contacts}
          onClose={() => {
            setSeen(null);
            menu.current?.focus();
          }}
        />
      ) : null}
    </article>
  );
}
