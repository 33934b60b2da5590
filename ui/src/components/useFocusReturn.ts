import { useRef } from "react";

/** The focus goes back to where it was before a dialog opened. Dialogs here are opened by keys, not by a trigger of their own. */
export function useFocusReturn() {
  const before = useRef<Element | null>(null);
  return {
    remember: () => {
      before.current = document.activeElement;
    },
    giveBack: (event: Event) => {
      event.preventDefault();
      if (before.current instanceof HTMLElement && before.current.isConnected) before.current.focus();
    },
  };
}
