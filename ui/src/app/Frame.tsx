import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { Button } from "../components/Button";
import { ToastHost } from "../components/Toast";
import { NewCustomer } from "../features/customers/NewCustomer";
import { Palette } from "../features/palette/Palette";
import { ConnectDialog } from "../features/session/ConnectDialog";
import { SignOutDialog } from "../features/session/SignOutDialog";
import { ShortcutSheet } from "../features/shortcuts/ShortcutSheet";
import { call } from "../lib/call";
import { t } from "../lib/i18n";
import { useKeys } from "../lib/keymap";
import type { SessionStatus } from "../lib/types";
import { ui } from "../lib/ui";
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
  useKeys({
    "mod+k": () => ui.set({ palette: true }),
    "/": () => ui.set({ palette: true }),
    "?": () => ui.set({ shortcuts: true }),
    c: () => ui.set({ newCustomer: "" }),
    "g t": () => navigate("/today"),
    "g c": () => navigate("/customers"),
    "g q": () => navigate("/quotes"),
    "g o": () => navigate("/orders"),
    "g a": () => navigate("/calendar"),
    "g r": () => navigate("/reports"),
    "g x": () => navigate("/trash"),
    "g i": () => navigate("/inbox"),
    "g m": () => navigate("/import"),
    "g s": () => navigate("/settings"),
    "mod+z": () => void undo(),
    "mod+shift+z": () => void redo(),
    "mod+shift+s": () => void syncNow(),
  });
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
      <SignInBanner shown={expired} />
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
