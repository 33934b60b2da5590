import { useRef, useState } from "react";
import { Button } from "../../components/Button";
import { useNear } from "../../components/useNear";
import type { Contact } from "../../gen/records";
import { cx } from "../../lib/cx";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { CustomerPage, Listed } from "../../lib/types";
import { EditsItem } from "./EditsItem";
import { DealItem, StatusItem } from "./EventItem";
import { InteractionItem } from "./InteractionItem";
import { FILTERS, type Filter, groups, type Happening } from "./timeline";
import { useOlder } from "./useOlder";

/** What the first screen shows, and a little more. */
const FIRST = 30;
const STEP = 80;
/** More is drawn before somebody has scrolled to the end. */
const AHEAD = 600;

function Item({ one, contacts }: { one: Happening; contacts: readonly Listed<Contact>[] }) {
  if (one.kind === "interaction") return <InteractionItem interaction={one.interaction} contacts={contacts} />;
  if (one.kind === "deal") return <DealItem deal={one.deal} at={one.at} />;
  if (one.kind === "status") return <StatusItem entry={one.entry} />;
  return <EditsItem edits={one.edits} />;
}

function Filters({ filter, onChoose }: { filter: Filter; onChoose: (filter: Filter) => void }) {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of toggle buttons
    <div role="group" aria-label={t("timeline.filter")} className="mt-4 flex gap-0.5 pl-8">
      {FILTERS.map((value) => (
        <button
          key={value}
          type="button"
          aria-pressed={value === filter}
          onClick={() => onChoose(value)}
          className={cx(
            "h-6 rounded-sm px-2 text-small",
            value === filter ? "bg-pressed font-medium text-ink" : "text-ink-2 hover:bg-hover",
          )}
        >
          {t(`timeline.filter.${value}`)}
        </button>
      ))}
    </div>
  );
}

/** What happened with a customer, newest first. It is drawn in steps and read in pages, so that a long life opens as fast as a short one. */
export function Timeline({ page }: { page: CustomerPage }) {
  const [filter, setFilter] = useState<Filter>("all");
  const [shown, setShown] = useState(FIRST);
  const end = useRef<HTMLDivElement>(null);
  const { contacts, changes, quotes, orders } = page;
  const older = useOlder(page.customer.record._id, page.older, shown > FIRST);
  const told = groups({ interactions: [...page.interactions, ...older.interactions], changes, quotes, orders }, filter);
  const held = told.reduce((sum, group) => sum + group.happenings.length, 0);
  const unread = page.interactionsTotal - page.interactions.length - older.interactions.length;
  const left = held - Math.min(shown, held) + (filter === "all" || filter === "interactions" ? Math.max(0, unread) : 0);
  const more = () => {
    setShown(shown + STEP);
    if (shown + STEP > held && older.hasMore && older.interactions.length > 0) older.fetchMore();
  };
  useNear(end, AHEAD, shown < held ? shown : null, more);
  let room = shown;
  return (
    <>
      <Filters filter={filter} onChoose={setFilter} />
      {held === 0 ? <p className="mt-4 pb-8 pl-9 text-ink-3">{t("timeline.empty")}</p> : null}
      <section aria-label={t("timeline.label")} className="relative mt-1 pb-8">
        {held === 0 ? null : (
          <div aria-hidden="true" className="absolute top-2.5 bottom-8 left-[11.5px] w-px bg-line" />
        )}
        {told.map((group) => {
          const part = group.happenings.slice(0, Math.max(0, room));
          room -= part.length;
          if (part.length === 0) return null;
          return (
            <section key={group.title} aria-label={group.title}>
              <h2 className="pt-2 pb-1 pl-9 font-medium text-ink-3 text-small">{group.title}</h2>
              {part.map((one) => (
                <Item key={one.id} one={one} contacts={contacts} />
              ))}
            </section>
          );
        })}
        <div ref={end}>
          {left > 0 ? (
            <Button className="relative mt-3 ml-9" onClick={more}>
              {t("timeline.older", { count: left, shown: count(left) })}
            </Button>
          ) : null}
        </div>
      </section>
    </>
  );
}
