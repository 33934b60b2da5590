import { useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "../../components/Button";
import { Dialog } from "../../components/Overlay";
import { StatusGlyph } from "../../components/Status";
import type { Customer } from "../../gen/records";
import { type AppError, call, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { count, roundMoney } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { CustomerStatus, Held, Listed, Overview } from "../../lib/types";
import { changeStatus } from "../../record/edits";
import type { ListArgs } from "../../record/pages";
import { currencyOf, getHeld, userName } from "../../record/queries";
import { StatusQuestion, wantsReason } from "../../record/StatusQuestion";
import { useSave } from "../../record/save";
import { BoardCard } from "./BoardCard";
import { useCardDrag } from "./useCardDrag";
import { useLane } from "./useLane";
import { STATUSES, type View } from "./view";

interface Props {
  view: View;
  args: ListArgs;
  overview: Overview | undefined;
  onOpen: (id: string) => void;
}

interface Question {
  held: Held<Customer>;
  to: CustomerStatus;
  error: AppError | null;
}

/** Moves a card: a step that needs a reason asks before it saves, and until then the card stays where it is. */
function useMoves(say: (text: string) => void) {
  const [question, setQuestion] = useState<Question | null>(null);
  const { save } = useSave();
  const send = async (held: Held<Customer>, to: CustomerStatus, reason: string | null, confirmed = false) => {
    const values = { name: held.record.name, status: t(`status.${to}`) };
    try {
      await save([changeStatus(held, to, reason, confirmed)], t("board.moved", values));
      setQuestion(null);
      say(t("board.moved", values));
    } catch (thrown) {
      setQuestion({ held, to, error: toAppError(thrown) });
    }
  };
  const move = async (id: string, to: CustomerStatus) => {
    const held = await getHeld("customers", id);
    if (held.record.status === to) return;
    if (wantsReason(held.record.status, to)) setQuestion({ held, to, error: null });
    else await send(held, to, null);
  };
  const cancel = () => {
    if (question) say(t("board.stays", { name: question.held.record.name }));
    setQuestion(null);
  };
  return { question, move, send, cancel };
}

interface LaneProps extends Props {
  status: CustomerStatus;
  total: number | null;
  value: number | null;
  target: boolean;
  lifted: string | null;
  drag: ReturnType<typeof useCardDrag>;
  onKey: (event: KeyboardEvent<HTMLElement>, customer: Listed<Customer>) => void;
}

function Lane({ status, total, value, target, lifted, drag, view, args, overview, onOpen, onKey }: LaneProps) {
  const shown = view.status.length === 0 || view.status.includes(status);
  const { customers, ready, more } = useLane(args, status, shown);
  const currency = currencyOf(overview);
  if (!shown) return null;
  return (
    <section
      data-lane={status}
      aria-label={t(`status.${status}`)}
      className={cx("flex min-w-[220px] flex-1 flex-col rounded-md", target && "bg-accent-soft")}
    >
      <header className="flex h-11 shrink-0 items-center gap-1.5 px-1">
        <StatusGlyph status={status} />
        <h2 className="font-medium">{t(`status.${status}`)}</h2>
        <span data-num className="text-ink-3">
          {total === null ? "" : count(total)}
        </span>
        <span data-num className="ml-auto text-ink-2">
          {value ? roundMoney(value, currency) : ""}
        </span>
      </header>
      <ul className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] content-start gap-2 overflow-y-auto p-0.5 pb-4">
        {target && lifted ? (
          <li aria-hidden="true" className="h-[76px] rounded-md border border-accent border-dashed" />
        ) : null}
        {customers.map((customer) => (
          <li key={customer._id}>
            <button
              type="button"
              data-card={customer._id}
              aria-describedby="board-help"
              {...drag.handlers(customer._id)}
              onKeyDown={(event) => onKey(event, customer)}
              onClick={() => (drag.hasMoved() ? undefined : onOpen(customer._id))}
              className={cx("block w-full touch-none rounded-md", lifted === customer._id && "opacity-30")}
            >
              <BoardCard
                customer={customer}
                owner={userName(overview, customer.assignedTo)}
                mine={customer.assignedTo === overview?.me._id}
                currency={currency}
              />
            </button>
          </li>
        ))}
        {ready && customers.length === 0 ? <li className="px-1 text-ink-3 text-small">{t("board.empty")}</li> : null}
        {more ? (
          <li>
            <Button variant="quiet" size="small" onClick={more}>
              {t("board.more")}
            </Button>
          </li>
        ) : null}
      </ul>
    </section>
  );
}

/** The card next to one: up and down within a lane, left and right to the card at the same height. */
function neighbour(card: HTMLElement, key: string): HTMLElement | null {
  const lane = card.closest<HTMLElement>("[data-lane]");
  if (!lane) return null;
  const cards = (of: Element | undefined) => [...(of?.querySelectorAll<HTMLElement>("[data-card]") ?? [])];
  const own = cards(lane);
  const at = own.indexOf(card);
  if (key === "ArrowDown" || key === "j") return own[at + 1] ?? null;
  if (key === "ArrowUp" || key === "k") return own[at - 1] ?? null;
  const lanes = [...(lane.parentElement?.querySelectorAll("[data-lane]") ?? [])];
  const step = key === "ArrowRight" ? 1 : -1;
  for (let index = lanes.indexOf(lane) + step; lanes[index]; index += step) {
    const found = cards(lanes[index]);
    if (found.length > 0) return found[Math.min(at, found.length - 1)] ?? null;
  }
  return null;
}

const MOVES = new Set(["ArrowDown", "ArrowUp", "ArrowLeft", "ArrowRight", "j", "k"]);

/** Customers by status. Arrows go from card to card, Shift and an arrow carries the card to the next lane; moves are spoken. */
export function Board(props: Props) {
  const [said, setSaid] = useState("");
  const { question, move, send, cancel } = useMoves(setSaid);
  const drag = useCardDrag((id, to) => void move(id, to));
  const board = useRef<HTMLDivElement>(null);
  const follow = useRef<string | null>(null);
  const { isActive: _, ...filter } = props.args.filter;
  const { data } = useQuery({
    queryKey: ["customers", "lanes", filter],
    queryFn: () => call("customers.lanes", { filter: { ...filter, includeInactive: true } }),
  });
  const laneOf = (status: CustomerStatus) => data?.lanes.find((lane) => lane.status === status);

  // A card that was carried by key keeps the focus in its new lane.
  useEffect(() => {
    const id = follow.current;
    const card = id ? board.current?.querySelector<HTMLElement>(`[data-card="${id}"]`) : null;
    if (!card || document.activeElement === card || question) return;
    card.focus();
    follow.current = null;
  });
  const onKey = (event: KeyboardEvent<HTMLElement>, customer: Listed<Customer>) => {
    if (event.key === "Escape") drag.cancel();
    if (!MOVES.has(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (!event.shiftKey) return neighbour(event.currentTarget, event.key)?.focus();
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    const to = STATUSES[STATUSES.indexOf(customer.status) + step];
    if (step === 0 || !to) return;
    follow.current = customer._id;
    void move(customer._id, to);
  };
  const lifted = drag.dragged?.id ?? question?.held.record._id ?? null;
  const target = drag.dragged?.over ?? question?.to ?? null;
  return (
    <div ref={board} className="relative flex min-h-0 flex-1 gap-3 overflow-x-auto bg-app px-4">
      <p id="board-help" className="sr-only">
        {t("board.help")}
      </p>
      <p role="status" className="sr-only">
        {said}
      </p>
      {STATUSES.map((status) => (
        <Lane
          key={status}
          {...props}
          status={status}
          total={data ? (laneOf(status)?.count ?? 0) : null}
          value={laneOf(status)?.value ?? null}
          target={target === status}
          lifted={lifted}
          drag={drag}
          onKey={onKey}
        />
      ))}
      {drag.dragged ? (
        <Ghost id={drag.dragged.id} x={drag.dragged.x} y={drag.dragged.y} width={drag.dragged.width} />
      ) : null}
      <Dialog
        open={question !== null}
        onClose={cancel}
        title={question ? t("board.ask", { name: question.held.record.name, status: t(`status.${question.to}`) }) : ""}
        about={t("board.nothingYet")}
      >
        {question ? (
          <StatusQuestion
            to={question.to}
            error={question.error}
            onSave={(reason) => void send(question.held, question.to, reason || null)}
            onConfirm={() => void send(question.held, question.to, null, true)}
            onClose={cancel}
          />
        ) : null}
      </Dialog>
    </div>
  );
}

/** The card in the hand: a copy of what is drawn at its place. */
function Ghost({ id, x, y, width }: { id: string; x: number; y: number; width: number }) {
  const holder = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const card = document.querySelector(`[data-card="${id}"]`)?.firstElementChild?.cloneNode(true);
    if (card) holder.current?.replaceChildren(card);
  }, [id]);
  return (
    <div
      ref={holder}
      aria-hidden="true"
      style={{ transform: `translate(${x}px, ${y}px)`, width }}
      className="pointer-events-none fixed top-0 left-0 z-(--z-popover) rounded-md shadow-pop"
    />
  );
}
