import { Check, UserRound } from "lucide-react";
import { type RefObject, useRef } from "react";
import { Link } from "react-router";
import { IconButton } from "../../components/Button";
import { FollowUpPicker } from "../../components/FollowUpPicker";
import { Keys } from "../../components/Keys";
import { ICONS } from "../../components/kinds";
import { Popover } from "../../components/Popover";
import { cx } from "../../lib/cx";
import { isLate, timeOfDay, wallLong, wallRelative } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { FollowUp, InteractionType } from "../../lib/types";
import { dateOf } from "../../record/followUps";

interface Props {
  one: FollowUp;
  index: number;
  isToday: boolean;
  current: boolean;
  owner: string | null;
  /** The question when to come back to it is open. */
  asking: boolean;
  onAsk: (open: boolean) => void;
  onPoint: () => void;
  onDone: () => void;
  onMove: (wall: number) => void;
}

function Later({ asking, onAsk, onMove, about }: Pick<Props, "asking" | "onAsk" | "onMove"> & { about: string }) {
  const first: RefObject<HTMLButtonElement | null> = useRef(null);
  return (
    <Popover
      label={t("today.later", { about })}
      open={asking}
      onOpenChange={onAsk}
      align="end"
      width="w-auto"
      trigger={
        <button
          type="button"
          aria-label={t("today.later", { about })}
          aria-keyshortcuts="h"
          className="inline-flex items-center gap-1 rounded-xs px-1 text-ink-3 text-small hover:text-ink"
        >
          {t("today.laterShort")}
        </button>
      }
    >
      <h3 className="mb-2 font-semibold">{t("today.when")}</h3>
      <FollowUpPicker value={null} first={first} onChange={(wall) => (wall === null ? undefined : onMove(wall))} />
    </Popover>
  );
}

/** Under "Today" the day goes without saying. */
function dayText({ minute }: FollowUp, date: number, isToday: boolean): string {
  if (!isToday) return wallRelative(date);
  return minute === null ? "" : timeOfDay(minute);
}

/** One thing to do: the circle ticks it off, the row opens its customer. */
export function FollowUpRow(props: Props) {
  const { one, index, isToday, current, owner, asking } = props;
  const about = one.about ?? t("today.byHand");
  const date = dateOf(one);
  // What it goes back to; a day that was set on the customer goes back to nothing.
  const Icon = one.type === null ? UserRound : ICONS[one.type as InteractionType];
  return (
    <li
      data-row={index}
      aria-current={current ? "true" : undefined}
      onMouseMove={() => (current ? undefined : props.onPoint())}
      className={cx(
        "-mx-2 grid h-row grid-cols-[20px_16px_minmax(0,1.2fr)_minmax(0,1fr)_152px] items-center gap-2.5 border-line-faint border-b px-2",
        current && "bg-cursor shadow-[inset_2px_0_var(--focus)]",
      )}
    >
      <IconButton
        small
        icon={Check}
        label={t("today.markDone", { about })}
        onClick={props.onDone}
        className="size-4! justify-self-center rounded-full! text-transparent! shadow-[inset_0_0_0_1px_var(--line-strong)] hover:text-ok!"
      />
      <Icon size={16} strokeWidth={1.75} className="text-ink-3" aria-hidden="true" />
      <span className="cut" title={about}>
        {about}
        {owner ? <span className="ml-2 text-ink-3 text-small">{owner}</span> : null}
      </span>
      <span className="flex min-w-0 items-center gap-2.5">
        <Link
          to={`/customers/${one.customerId}`}
          tabIndex={-1}
          className="cut flex-1 text-ink-2"
          title={one.customerName}
        >
          {one.customerName}
        </Link>
        {current || asking ? (
          <span className="flex shrink-0 items-center gap-2 text-ink-3 text-small">
            <span className="inline-flex items-center gap-1 max-mid:hidden" aria-hidden="true">
              <Keys of="." />
              {t("today.doneShort")}
            </span>
            <span className="inline-flex items-center">
              <span aria-hidden="true">
                <Keys of="h" />
              </span>
              <Later asking={asking} onAsk={props.onAsk} onMove={props.onMove} about={about} />
            </span>
          </span>
        ) : null}
      </span>
      <span data-num className={cx("cut text-right", date !== null && isLate(date) ? "text-danger" : "text-ink-2")}>
        {date === null ? t("today.noDate") : <time title={wallLong(date)}>{dayText(one, date, isToday)}</time>}
      </span>
    </li>
  );
}
