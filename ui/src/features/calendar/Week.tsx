import type { ReactNode, Ref } from "react";
import { cx } from "../../lib/cx";
import { dayNumber, today, wallMinutes, wallNow } from "../../lib/dates";
import { clock, longDay, timeOfDay, weekdayName } from "../../lib/format";
import { t } from "../../lib/i18n";
import { type Entry, minuteOf } from "./grid";
import { type Placed, placed, span } from "./hours";

interface Props {
  ref: Ref<HTMLTableElement>;
  days: readonly number[];
  day: number;
  entries: ReadonlyMap<number, Entry[]>;
  onDay: (day: number) => void;
}

/** Whole-day entries of a day; the panel beside the week has all of them. */
const WHOLE_MAX = 4;
const LINE_PX = 20;
/** From so long on there is room for whom it is about. */
const TWO_LINES_MINUTES = 45;

interface Hours {
  from: number;
  to: number;
}

/** How far down a minute stands. */
function share(minute: number, { from, to }: Hours): string {
  return `${((minute - from) / (to - from)) * 100}%`;
}

/** The hours between the first and the last. */
function between({ from, to }: Hours): number[] {
  return Array.from({ length: (to - from) / 60 - 1 }, (_, index) => from + (index + 1) * 60);
}

function titleOf(entry: Entry): { what: string; whom: string | null } {
  if (entry.sort === "meeting") return { what: entry.meeting.subject, whom: entry.meeting.customerName };
  const { about, customerName } = entry.followUp;
  return about === null ? { what: customerName, whom: null } : { what: about, whom: customerName };
}

/** Something to follow up is grey; a meeting has a line at its side, and colour while it lies ahead. */
function lookOf(entry: Entry): string {
  if (entry.sort === "followUp") return "rounded-xs bg-pressed";
  const { planned } = entry.meeting;
  return cx(
    "rounded-r-xs border-l-2",
    planned ? "border-(--focus) bg-accent-soft" : "border-line-strong bg-sunken text-ink-2",
  );
}

function Timed({ one, hours }: { one: Placed; hours: Hours }) {
  const { entry, minute, minutes, lane, lanes } = one;
  const { what, whom } = titleOf(entry);
  const time = entry.sort === "meeting" ? clock(entry.meeting.at) : timeOfDay(minute);
  return (
    <span
      className={cx(
        "absolute flex flex-col overflow-hidden px-1 py-px text-small shadow-[0_0_0_1px_var(--surface)]",
        lookOf(entry),
      )}
      style={{
        top: share(minute, hours),
        height: `max(${(minutes / (hours.to - hours.from)) * 100}%, 20px)`,
        left: `calc(${(lane / lanes) * 100}% + 2px)`,
        width: `calc(${100 / lanes}% - 4px)`,
      }}
    >
      <span className="cut block shrink-0">
        <span data-num className="text-ink-2">
          {time}
        </span>{" "}
        {what}
      </span>
      {whom && minutes >= TWO_LINES_MINUTES ? <span className="cut block text-ink-2">{whom}</span> : null}
    </span>
  );
}

function Whole({ entries, rows }: { entries: readonly Entry[]; rows: number }) {
  const shown = entries.length > rows ? entries.slice(0, rows - 1) : entries;
  return (
    <span className="flex flex-col gap-0.5 border-line border-b px-1 pb-1" style={{ height: rows * LINE_PX + 6 }}>
      {shown.map((entry) => {
        const { what, whom } = titleOf(entry);
        return (
          <span key={entry.id} className={cx("cut block shrink-0 px-1 text-small leading-[18px]", lookOf(entry))}>
            {what}
            {whom ? <span className="text-ink-2"> · {whom}</span> : null}
          </span>
        );
      })}
      {entries.length > shown.length ? (
        <span data-num className="px-1 text-ink-3 text-small">
          {t("calendar.more", { count: entries.length - shown.length })}
        </span>
      ) : null}
    </span>
  );
}

/** The lines of the hours, and where the clock stands. */
function Lines({ hours, now }: { hours: Hours; now: number | null }) {
  return (
    <>
      {between(hours).map((minute) => (
        <span key={minute} className="absolute inset-x-0 h-px bg-line-faint" style={{ top: share(minute, hours) }} />
      ))}
      {now !== null && now > hours.from && now < hours.to ? (
        <span className="absolute inset-x-0 h-px bg-danger" style={{ top: share(now, hours) }} />
      ) : null}
    </>
  );
}

function Gutter({ hours, rows }: { hours: Hours; rows: number }) {
  return (
    <td aria-hidden="true" className="h-full w-16 border-line-faint border-r p-0 align-top">
      <span className="flex h-full flex-col pt-1">
        <span className="border-line border-b" style={{ height: rows * LINE_PX + 6 }} />
        <span className="relative flex-1">
          {between(hours).map((minute) => (
            <span
              key={minute}
              data-num
              className="absolute right-2 -translate-y-1/2 whitespace-nowrap text-ink-3 text-micro"
              style={{ top: share(minute, hours) }}
            >
              {timeOfDay(minute)}
            </span>
          ))}
        </span>
      </span>
    </td>
  );
}

function Day({
  own,
  chosen,
  count,
  onDay,
  children,
}: {
  own: number;
  chosen: boolean;
  count: number;
  onDay: Props["onDay"];
  children: ReactNode;
}) {
  return (
    <td className="relative border-line-faint border-r p-0 last:border-r-0">
      <button
        type="button"
        data-day={own}
        tabIndex={chosen ? 0 : -1}
        aria-pressed={chosen}
        aria-current={own === today() ? "date" : undefined}
        onClick={() => onDay(own)}
        className={cx(
          "absolute inset-0 flex flex-col pt-1 text-left outline-offset-[-2px]",
          chosen ? "bg-cursor shadow-[inset_0_0_0_2px_var(--focus)]" : "hover:bg-hover",
        )}
      >
        <span className="sr-only">{`${longDay(own)}, ${t("calendar.entries", { count })}`}</span>
        {children}
      </button>
    </td>
  );
}

/** A week on the wall: what takes the whole day above, everything else in its hour. */
export function Week({ ref, days, day, entries, onDay }: Props) {
  const of = (own: number) => entries.get(own) ?? [];
  const timed = days.map((own) => placed(of(own)));
  const whole = days.map((own) => of(own).filter((entry) => minuteOf(entry) < 0));
  const hours = span(timed);
  const rows = Math.min(WHOLE_MAX, Math.max(1, ...whole.map((one) => one.length)));
  const now = wallMinutes(wallNow()) ?? 0;
  return (
    <div className="flex min-h-0 overflow-y-auto">
      <table
        ref={ref}
        aria-label={t("calendar.title")}
        className="h-full min-h-[640px] w-full table-fixed border-collapse"
      >
        <thead className="sticky top-0 z-1">
          <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
            <td className="w-16" />
            {days.map((own) => (
              <th key={own} scope="col" className="px-2 text-left font-medium">
                {weekdayName(own)}{" "}
                <span
                  data-num
                  className={cx(
                    own === today() &&
                      "inline-grid h-5 min-w-5 place-items-center rounded-full bg-accent-fill px-0.5 font-semibold text-ink-on-accent",
                  )}
                >
                  {dayNumber(own)}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            <Gutter hours={hours} rows={rows} />
            {days.map((own, index) => (
              <Day key={own} own={own} chosen={own === day} count={of(own).length} onDay={onDay}>
                <Whole entries={whole[index] ?? []} rows={rows} />
                <span className="relative flex-1">
                  <Lines hours={hours} now={own === today() ? now : null} />
                  {(timed[index] ?? []).map((one) => (
                    <Timed key={`${one.entry.sort}${one.entry.id}`} one={one} hours={hours} />
                  ))}
                </span>
              </Day>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}
