import type { Ref } from "react";
import { cx } from "../../lib/cx";
import { dayNumber, today } from "../../lib/dates";
import { clock, longDay, timeOfDay, weekdayName } from "../../lib/format";
import { t } from "../../lib/i18n";
import { type Entry, monthStart } from "./grid";

interface Props {
  ref: Ref<HTMLTableElement>;
  days: readonly number[];
  day: number;
  entries: ReadonlyMap<number, Entry[]>;
  onDay: (day: number) => void;
}

/** Entries of a cell; the panel beside the grid has all of them. */
const SHOWN = 3;

function Line({ entry }: { entry: Entry }) {
  if (entry.sort === "followUp") {
    const { about, customerName, minute } = entry.followUp;
    return (
      <span className="cut block w-full shrink-0 rounded-xs bg-pressed px-1 text-small">
        {minute === null ? null : (
          <span data-num className="text-ink-2">
            {timeOfDay(minute)}{" "}
          </span>
        )}
        {about ?? customerName}
        {about ? ` · ${customerName}` : ""}
      </span>
    );
  }
  const { at, subject, customerName, planned } = entry.meeting;
  return (
    <span
      className={cx(
        "cut block w-full shrink-0 rounded-r-xs border-l-2 px-1 text-small",
        planned ? "border-(--focus) bg-accent-soft" : "border-line-strong text-ink-2",
      )}
    >
      <span data-num className="text-ink-2">
        {clock(at)}
      </span>{" "}
      {subject} · {customerName}
    </span>
  );
}

function Cell({ own, day, entries, onDay }: Omit<Props, "ref" | "days"> & { own: number }) {
  const found = entries.get(own) ?? [];
  const chosen = own === day;
  const now = own === today();
  const outside = monthStart(own) !== monthStart(day);
  const shown = found.length > SHOWN ? found.slice(0, SHOWN - 1) : found;
  return (
    <td className="relative border-line-faint border-r border-b p-0 last:border-r-0">
      <button
        type="button"
        data-day={own}
        tabIndex={chosen ? 0 : -1}
        aria-pressed={chosen}
        aria-current={now ? "date" : undefined}
        onClick={() => onDay(own)}
        className={cx(
          "absolute inset-0 flex flex-col gap-0.5 overflow-hidden p-1 text-left outline-offset-[-2px]",
          chosen ? "bg-cursor shadow-[inset_0_0_0_2px_var(--focus)]" : "hover:bg-hover",
          outside && "bg-sunken",
        )}
      >
        <span className="sr-only">{`${longDay(own)}, ${t("calendar.entries", { count: found.length })}`}</span>
        <span
          data-num
          className={cx(
            "inline-grid h-5 min-w-5 place-items-center self-start rounded-full px-0.5 text-small",
            now ? "bg-accent-fill font-semibold text-ink-on-accent" : outside ? "text-ink-3" : "text-ink-2",
          )}
        >
          {dayNumber(own)}
        </span>
        {shown.map((entry) => (
          <Line key={`${entry.sort}${entry.id}`} entry={entry} />
        ))}
        {found.length > shown.length ? (
          <span data-num className="px-1 text-ink-3 text-small">
            {t("calendar.more", { count: found.length - shown.length })}
          </span>
        ) : null}
      </button>
    </td>
  );
}

export function Month({ ref, days, ...rest }: Props) {
  const weeks = Array.from({ length: days.length / 7 }, (_, week) => days.slice(week * 7, week * 7 + 7));
  return (
    <table ref={ref} aria-label={t("calendar.title")} className="size-full table-fixed border-collapse">
      <thead>
        <tr className="h-8 bg-sunken text-ink-3 text-small shadow-[inset_0_-1px_var(--line)]">
          {days.slice(0, 7).map((own) => (
            <th key={own} scope="col" className="px-2 text-left font-medium">
              {weekdayName(own)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {weeks.map((week) => (
          <tr key={week[0]} style={{ height: `${100 / weeks.length}%` }}>
            {week.map((own) => (
              <Cell key={own} own={own} {...rest} />
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
