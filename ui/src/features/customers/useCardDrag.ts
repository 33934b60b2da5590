// Dragging a card with the pointer: it follows the hand once it has moved a little, and is dropped on the lane under it.
import { type PointerEvent, useRef, useState } from "react";
import type { CustomerStatus } from "../../lib/types";

const STARTS_AFTER_PX = 5;

export interface Dragged {
  id: string;
  x: number;
  y: number;
  width: number;
  over: CustomerStatus | null;
}

function laneAt(x: number, y: number): CustomerStatus | null {
  const lane = document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-lane]");
  return (lane?.dataset.lane as CustomerStatus | undefined) ?? null;
}

export function useCardDrag(onDrop: (id: string, to: CustomerStatus) => void) {
  const [dragged, setDragged] = useState<Dragged | null>(null);
  const held = useRef<{ id: string; startX: number; startY: number; dx: number; dy: number; width: number } | null>(
    null,
  );
  const moved = useRef(false);

  const start = (id: string) => (event: PointerEvent<HTMLElement>) => {
    if (event.button !== 0) return;
    const box = event.currentTarget.getBoundingClientRect();
    const { clientX: startX, clientY: startY } = event;
    held.current = { id, startX, startY, dx: startX - box.left, dy: startY - box.top, width: box.width };
    moved.current = false;
  };
  const move = (event: PointerEvent<HTMLElement>) => {
    const card = held.current;
    if (!card) return;
    const { clientX, clientY } = event;
    if (!moved.current && Math.hypot(clientX - card.startX, clientY - card.startY) < STARTS_AFTER_PX) return;
    if (!moved.current) event.currentTarget.setPointerCapture(event.pointerId);
    moved.current = true;
    const over = laneAt(clientX, clientY);
    setDragged({ id: card.id, x: clientX - card.dx, y: clientY - card.dy, width: card.width, over });
  };
  const end = () => {
    const dropped = dragged;
    held.current = null;
    setDragged(null);
    if (dropped?.over) onDrop(dropped.id, dropped.over);
  };
  const cancel = () => {
    held.current = null;
    moved.current = false;
    setDragged(null);
  };
  return {
    dragged,
    cancel,
    /** A press that moved the card opens nothing. */
    hasMoved: () => moved.current,
    handlers: (id: string) => ({
      onPointerDown: start(id),
      onPointerMove: move,
      onPointerUp: end,
      onPointerCancel: cancel,
    }),
  };
}
