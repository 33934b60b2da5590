// What the pill says: one state at a time, the most pressing first.
import { Check, CloudOff, HardDrive, LogIn, type LucideIcon, RefreshCw, TriangleAlert } from "lucide-react";
import { since } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { SyncStatus } from "../../lib/types";

export interface Pill {
  text: string;
  icon: LucideIcon | "ring";
  tone: string;
  turning?: boolean;
}

const DAY = 86_400_000;

/** Amber after a day without success, red after a week with waiting work. */
function lateTone(sync: SyncStatus, now: number): string | null {
  if (sync.waiting === 0 || sync.lastSuccess === null) return null;
  const age = now - sync.lastSuccess;
  if (age > 7 * DAY) return "text-sync-needs-you";
  return age > DAY ? "text-sync-late" : null;
}

export function pillOf(sync: SyncStatus, now: number = Date.now()): Pill {
  const late = lateTone(sync, now);
  if (sync.phase === "localOnly") {
    return { text: t("sync.localOnly"), icon: HardDrive, tone: "text-sync-offline" };
  }
  if (sync.phase === "signInNeeded") return { text: t("sync.signInNeeded"), icon: LogIn, tone: "text-sync-needs-you" };
  if (sync.cards > 0) {
    return { text: t("sync.needsYou", { count: sync.cards }), icon: TriangleAlert, tone: "text-sync-needs-you" };
  }
  if (sync.phase === "stopped") return { text: t("sync.stopped"), icon: TriangleAlert, tone: "text-sync-needs-you" };
  if (sync.workOffline) return { text: t("sync.workingOffline"), icon: CloudOff, tone: late ?? "text-sync-offline" };
  if (sync.phase === "offline") {
    const text = sync.offlineSince ? t("sync.offlineSince", { since: since(sync.offlineSince) }) : t("sync.offline");
    return { text, icon: CloudOff, tone: late ?? "text-sync-offline" };
  }
  if (sync.phase === "syncing") {
    const text = sync.total > 0 ? t("sync.syncingOf", { done: sync.done, total: sync.total }) : t("sync.syncing");
    return { text, icon: RefreshCw, tone: "text-sync-busy", turning: true };
  }
  if (sync.waiting > 0) {
    return { text: t("sync.waiting", { count: sync.waiting }), icon: "ring", tone: late ?? "text-sync-waiting" };
  }
  return { text: t("sync.saved"), icon: Check, tone: "text-sync-saved" };
}
