export interface ErrorBody {
  code: string;
  message: string;
  field?: string;
  details?: unknown;
  traceId: string;
}

export interface Status {
  state: "none" | "locked" | "noKeyring" | "ready" | "broken";
  reason?: string;
  user?: User;
  org?: Org;
  server?: string | null;
  deviceCode?: string;
  lastServer?: string;
  lastEmail?: string;
  signedOut?: boolean;
}

export interface Edit {
  kind: Kind;
  id: string;
  op: "put" | "delete" | "restore";
  units: Record<string, { value: unknown; base: unknown; baseVersion: number }>;
}

export type Listed<T> = T & { waiting: boolean };

export interface Held<T> {
  record: T;
  version: number;
  waiting: boolean;
  base: T | null;
}

export interface ChangeEntry {
  id: string;
  recordId: string;
  unit: string;
  before: unknown;
  after: unknown;
  by: string;
  at: number;
  overridden: boolean;
  lostBy: string | null;
}

/** What became of one record, newest first. */
export interface History {
  lines: ChangeEntry[];
  madeAt: number;
  madeBy: string;
  version: number;
}

/** What a bulk edit would do: nothing is changed yet. */
export interface BulkPreview {
  fits: string[];
  unchanged: number;
  shown: { id: string; name: string; units: { unit: string; before: unknown; after: unknown }[] }[];
  refused: { id: string; name: string; error: ErrorBody }[];
}

export interface SyncStatus {
  phase: "localOnly" | "idle" | "syncing" | "offline" | "signInNeeded" | "stopped";
  waiting: number;
  done: number;
  total: number;
  cards: number;
  lastSuccess: number | null;
  offlineSince: number | null;
  error?: ErrorBody;
  skewMs?: number;
  workOffline: boolean;
}

export interface ImportReport {
  fileName: string;
  cards: number;
  taken: { customers: number; contacts: number };
  merged: number;
  already: number;
  skipped: { index: number; line: number; name: string; reason: string; message: string }[];
  notes: string[];
  batchId: string;
}

export interface Hit {
  kind: Kind;
  id: string;
  customerId: string;
  title: string;
  subtitle: string;
}
