import { ChevronLeft, ChevronRight, Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Button, IconButton } from "../../components/Button";
import { ErrorNote } from "../../components/ErrorNote";
import { Segments } from "../../components/Segments";
import { call, toAppError } from "../../lib/call";
import { addDays, today } from "../../lib/dates";
import { longDay, monthAndYear, shortDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import { showToast } from "../../lib/ui";
import { useCalendar } from "../../record/queries";
import { tellError } from "../../record/tell";
import { DayPanel } from "./DayPanel";
import { addMonths, daysOf, entriesByDay, type Span } from "./grid";
import { Month } from "./Month";
import { Week } from "./Week";

async function saveFile(): Promise<void> {
  try {
    const { path } = await call("calendar.save", {});
    showToast(t("file.saved", { path }));
  } catch (thrown) {
    tellError(thrown);
  }
}

function title(span: Span, day: number, days: readonly number[]): string {
  if (span === "month") return monthAndYear(day);
  return `${shortDay(days[0] ?? day)} – ${shortDay(days.at(-1) ?? day)}`;
}

/** A month or a week. Arrows move the day, [ and ] turn the page, t comes back to today. */
export default function CalendarScreen() {
  const [span, setSpan] = useState<Span>("month");
  const [day, setDay] = useState(today);
  const days = daysOf(span, day);
  const { data, error } = useCalendar(days[0] ?? day, days.at(-1) ?? day);
  const entries = entriesByDay(data?.followUps ?? [], data?.meetings ?? []);
  const grid = useRef<HTMLTableElement>(null);
  const panel = useRef<HTMLElement>(null);
  const [moved, setMoved] = useState(0);
  const go = (next: number) => {
    setDay(next);
    setMoved((count) => count + 1);
  };
  const turn = (direction: 1 | -1) => go(span === "month" ? addMonths(day, direction) : addDays(day, 7 * direction));
  // The day that a key chose takes the focus, so that it is read out.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only after a key moved it
  useEffect(() => {
    if (moved > 0) grid.current?.querySelector<HTMLButtonElement>(`[data-day="${day}"]`)?.focus();
  }, [moved]);
  useKeys({
    ArrowLeft: () => go(addDays(day, -1)),
    ArrowRight: () => go(addDays(day, 1)),
    ArrowUp: () => go(addDays(day, -7)),
    ArrowDown: () => go(addDays(day, 7)),
    PageUp: () => turn(-1),
    PageDown: () => turn(1),
    "[": () => turn(-1),
    "]": () => turn(1),
    t: () => go(today()),
    Enter: (event) => {
      const target = event.target;
      if (target instanceof HTMLElement && target.dataset.day) panel.current?.querySelector("a")?.focus();
      else if (target instanceof HTMLButtonElement || target instanceof HTMLAnchorElement) target.click();
    },
  });
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-1 border-line border-b px-4">
        <h1 className="mr-2 font-semibold text-lead" aria-live="polite">
          <span className="sr-only">{t("calendar.title")} </span>
          {title(span, day, days)}
        </h1>
        <IconButton icon={ChevronLeft} label={t("calendar.previous")} keys="[" onClick={() => turn(-1)} />
        <IconButton icon={ChevronRight} label={t("calendar.next")} keys="]" onClick={() => turn(1)} />
        <Button variant="quiet" keys="t" onClick={() => go(today())}>
          {t("today.title")}
        </Button>
        <span className="ml-auto flex items-center gap-2">
          <Segments
            label={t("calendar.span")}
            value={span}
            onChange={setSpan}
            options={[
              { value: "month", label: t("calendar.month") },
              { value: "week", label: t("calendar.week") },
            ]}
          />
          <Button icon={Download} onClick={() => void saveFile()}>
            {t("calendar.save")}
          </Button>
        </span>
      </header>
      {error ? <ErrorNote className="m-4" error={toAppError(error)} /> : null}
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_minmax(240px,300px)]">
        {span === "week" ? (
          <Week ref={grid} days={days} day={day} entries={entries} onDay={setDay} />
        ) : (
          <Month ref={grid} days={days} day={day} entries={entries} onDay={setDay} />
        )}
        <aside
          ref={panel}
          aria-label={longDay(day)}
          className="min-h-0 overflow-y-auto border-line border-l bg-sunken px-4 py-3"
        >
          <DayPanel day={day} entries={entries.get(day) ?? []} />
        </aside>
      </div>
    </main>
  );
}
