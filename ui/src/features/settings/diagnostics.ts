// What helps somebody who helps: how the app is set up and how its work stands. Nothing that names a person, a company, a
// place on the disk or a customer; a test holds it to that.
import type { AppInfo, SessionStatus, SyncStatus } from "../../lib/types";

export interface Seen {
  info: AppInfo | undefined;
  session: SessionStatus | undefined;
  sync: SyncStatus | undefined;
  customers: number | undefined;
  language: string;
  theme: string;
  density: string;
  window: { width: number; height: number; scale: number; agent: string };
  now: number;
}

const instant = (ms: number | null | undefined) => (ms ? new Date(ms).toISOString() : "never");

/** In English whatever the language of the window: it is read by others. */
export function diagnostics({ info, session, sync, customers, language, theme, density, window, now }: Seen): string {
  const lines: [string, unknown][] = [
    ["Rapport", `${info?.version ?? "?"} on ${info?.os ?? "?"}`],
    ["Time", instant(now)],
    ["Window", `${window.width} × ${window.height} at ${window.scale}`],
    ["Web view", window.agent],
    ["Look", `${language}, ${theme}, ${density}`],
    ["Session", `${session?.state ?? "?"}, ${session?.server ? "with a server" : "this device only"}`],
    ["Device", session?.deviceCode ?? "-"],
    ["Customers on this device", customers ?? "?"],
    ["Sync", `${sync?.phase ?? "?"}${sync?.workOffline ? ", work offline is on" : ""}`],
    ["Waiting, needing a decision", `${sync?.waiting ?? "?"}, ${sync?.cards ?? "?"}`],
    ["Last synced", instant(sync?.lastSuccess)],
    ["Offline since", instant(sync?.offlineSince)],
    ["Clock is off by", `${Math.round((sync?.skewMs ?? 0) / 1000)} s`],
    ["Customers read anew", `${sync?.repaired ?? 0}, last ${instant(sync?.repairedAt)}`],
    ["Sync error", sync?.error ? `${sync.error.code}, trace ${sync.error.traceId}` : "none"],
  ];
  return lines.map(([name, value]) => `${name}: ${value}`).join("\n");
}
