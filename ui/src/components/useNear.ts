import { type RefObject, useEffect, useRef } from "react";

function scrollerOf(element: Element): Element | null {
  for (let at = element.parentElement; at; at = at.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(at).overflowY)) return at;
  }
  return null;
}

/** Calls `run` while an element is shown, or less than `ahead` pixels away from it; looked at anew whenever `turn` changes. */
export function useNear(element: RefObject<Element | null>, ahead: number, turn: number | null, run: () => void) {
  const latest = useRef(run);
  latest.current = run;
  useEffect(() => {
    if (turn === null || !element.current) return;
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) latest.current();
      },
      { root: scrollerOf(element.current), rootMargin: `${ahead}px` },
    );
    watcher.observe(element.current);
    return () => watcher.disconnect();
  }, [element, ahead, turn]);
}
