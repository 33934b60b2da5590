import { Check, Flag } from "lucide-react";
import { Link } from "react-router";
import { IconButton } from "../../components/Button";
import { ICONS } from "../../components/kinds";
import { clock, longDay, timeOfDay } from "../../lib/format";
import { type Key, t } from "../../lib/i18n";
import type { InteractionType } from "../../lib/types";
import { useFollowUps } from "../../record/followUps";
import type { Entry } from "./grid";

function Title({ entry }: { entry: Entry }) {
  if (entry.sort === "followUp") return entry.followUp.about ?? t("today.byHand");
  return entry.meeting.subject;
}

function About({ entry }: { entry: Entry }) {
  if (entry.sort === "followUp") {
    const { customerName, minute } = entry.followUp;
    return minute === null ? customerName : `${timeOfDay(minute)} · ${customerName}`;
  }
  const { at, duration, type, customerName } = entry.meeting;
  const kind = t(`interaction.${type}` as Key);
  const until = duration ? ` – ${clock(at + duration * 60_000)}` : "";
  return `${clock(at)}${until}, ${kind} · ${customerName}`;
}

/** Everything of one day, each with its way to the customer. */
export function DayPanel({ day, entries }: { day: number; entries: readonly Entry[] }) {
  const { done } = useFollowUps();
  return (
    <>
      <h2 className="mb-2 font-semibold">{longDay(day)}</h2>
      {entries.length === 0 ? <p className="text-ink-3">{t("calendar.nothing")}</p> : null}
      <ul>
        {entries.map((entry) => {
          const Icon = entry.sort === "followUp" ? Flag : ICONS[entry.meeting.type as InteractionType];
          const customer = entry.sort === "followUp" ? entry.followUp.customerId : entry.meeting.customerId;
          return (
            <li
              key={`${entry.sort}${entry.id}`}
              className="grid grid-cols-[16px_minmax(0,1fr)_auto] gap-2 border-line-faint border-b py-2"
            >
              <Icon size={16} strokeWidth={1.75} className="mt-0.5 text-ink-3" aria-hidden="true" />
              <Link to={`/customers/${customer}`} className="min-w-0">
                <span className="block break-words font-medium">
                  <Title entry={entry} />
                </span>
                <span data-num className="block break-words text-ink-2 text-small">
                  <About entry={entry} />
                </span>
              </Link>
              {entry.sort === "followUp" ? (
                <IconButton
                  small
                  icon={Check}
                  label={t("today.markDone", { about: entry.followUp.about ?? entry.followUp.customerName })}
                  onClick={() => void done(entry.followUp)}
                />
              ) : null}
            </li>
          );
        })}
      </ul>
    </>
  );
}
