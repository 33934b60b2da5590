import { useQueryClient } from "@tanstack/react-query";
import { Keyboard, Plus, Redo2, RefreshCw, Undo2 } from "lucide-react";
import { useEffect, useRef } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { Button } from "../components/Button";
import { ToastHost } from "../components/Toast";
import { NewCustomer } from "../features/customers/NewCustomer";
import { Palette } from "../features/palette/Palette";
import { ConnectDialog } from "../features/session/ConnectDialog";
import { SampleBanner } from "../features/session/SampleBanner";
import { SignOutDialog } from "../features/session/SignOutDialog";
import { ShortcutSheet } from "../features/shortcuts/ShortcutSheet";
import { useActions } from "../lib/actions";
import { call } from "../lib/call";
import { t } from "../lib/i18n";
import { useKeys } from "../lib/keymap";
import { PLACES } from "../lib/places";
import type { SessionStatus } from "../lib/types";
import { ui } from "../lib/ui";
import { useKeyChoices } from "../record/keyChoices";
import { useSync } from "../record/queries";
import { useSave } from "../record/save";
import { Rail } from "./Rail";
import { StatusBar } from "./StatusBar";

function SignInBanner({ shown }: { shown: boolean }) {
  if (!shown) return null;
  return (
    <div role="status" className="col-span-2 flex h-9 items-center gap-3 border-warn-line border-b bg-warn-soft px-4">
      <span>{t("signIn.banner")}</span>
      <Button variant="link" onClick={() => ui.set({ connect: true })}>
        {t("signIn.action")}
      </Button>
    </div>
  );
}

function useGlobalKeys() {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { undo, redo } = useSave();
  const syncNow = async () => {
    try {
      client.setQueryData(["sync"], await call("sync.now", {}));
    } catch {
      ui.set({ sync: true }); // the popover shows the error and its way on
    }
  };
  useKeyChoices();
  useKeys({
    "mod+k": () => ui.set({ palette: true }),
    "/": () => ui.set({ palette: true }),
    ...Object.fromEntries(PLACES.map(({ go, to }) => [`g ${go}`, () => navigate(to)])),
  });
  useActions([
    { keys: "c", label: "customer.new", icon: Plus, run: () => ui.set({ newCustomer: "" }) },
    { keys: "mod+z", label: "undo.last", icon: Undo2, run: () => void undo() },
    { keys: "mod+shift+z", label: "redo.last", icon: Redo2, run: () => void redo() },
    { keys: "mod+shift+s", label: "sync.now", icon: RefreshCw, run: () => void syncNow() },
    { keys: "?", label: "shortcuts.title", icon: Keyboard, run: () => ui.set({ shortcuts: true }) },
  ]);
}

/** A new screen takes the focus when what had it is gone, so that keys and screen readers start there. */
function useScreenFocus() {
  const screen = useRef<HTMLDivElement>(null);
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: on each new screen
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) screen.current?.focus({ preventScroll: true });
    });
    return () => cancelAnimationFrame(frame);
  }, [pathname]);
  return screen;
}

export function Frame({ status }: { status: SessionStatus }) {
  const sync = useSync().data;
  useGlobalKeys();
  const screen = useScreenFocus();
  const expired = status.signedOut === true || sync?.phase === "signInNeeded";
  return (
    <div className="grid h-full grid-cols-[var(--rail)_minmax(0,1fr)] grid-rows-[auto_minmax(0,1fr)_var(--statusbar)] max-mid:grid-cols-[var(--rail-narrow)_minmax(0,1fr)]">
      {status.sample ? <SampleBanner status={status} /> : <SignInBanner shown={expired} />}
      <Rail status={status} cards={sync?.cards ?? 0} />
      <div
        ref={screen}
        tabIndex={-1}
        className="relative row-start-2 focus-visible:outline-none grid min-h-0 min-w-0 overflow-hidden bg-surface"
      >
        <Outlet />
      </div>
      <StatusBar />
      <NewCustomer />
      <Palette />
      <ShortcutSheet />
      <ConnectDialog />
      <SignOutDialog />
      <ToastHost />
    </div>
  );
}
