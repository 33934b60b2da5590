import { useEffect, useState } from "react";
import { t } from "../lib/i18n";
import { useStore } from "../lib/store";
import { hideToast, type Toast, toasts } from "../lib/ui";
import { Keys } from "./Keys";

const SHOWN_MS = 8000;

function ToastBody({ toast }: { toast: Toast }) {
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(hideToast, SHOWN_MS);
    return () => clearTimeout(timer);
  }, [held]);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: resting the pointer on it only keeps it open longer
    <div
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className="flex h-10 animate-appear items-center gap-3 whitespace-nowrap rounded-md bg-toast pr-1.5 pl-3 text-toast-ink shadow-pop"
    >
      <span className="cut max-w-[52vw]">{toast.text}</span>
      {toast.action ? (
        <button
          type="button"
          onClick={() => {
            hideToast();
            toast.action?.run();
          }}
          className="inline-flex h-control items-center gap-1.5 rounded-sm bg-(--on-toast-fill) px-3 font-medium"
        >
          {toast.action.label}
          {toast.action.keys ? <Keys of={toast.action.keys} tone="onToast" /> : null}
        </button>
      ) : null}
    </div>
  );
}

/** One toast at a time, 16 above the status bar, 8 seconds unless the pointer or the focus rests on it. */
export function ToastHost() {
  const { current } = useStore(toasts);
  return (
    <section
      aria-label={t("toast.region")}
      aria-live="polite"
      className="fixed bottom-11 left-1/2 z-(--z-toast) -translate-x-1/2"
    >
      {current ? <ToastBody key={current.id} toast={current} /> : null}
    </section>
  );
}
