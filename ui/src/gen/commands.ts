// Commands of the core: what each takes and returns.
import type { Card, Contact, Customer, Interaction, Kind, Org, Team, User } from "./records";

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

export interface Commands {
  "session.status": { args: Record<string, never>; result: Status };
  "session.connect": { args: { server: string; email: string; password: string; passphrase?: string }; result: Status };
  "session.enrol": { args: { link: string; passphrase?: string }; result: Status };
  "session.startLocal": { args: { name: string; company: string; passphrase?: string }; result: Status };
  "session.unlock": { args: { passphrase: string }; result: Status };
  "session.signOut": { args: { discardWaiting: boolean }; result: Status };
  "records.list": {
    args: {
      kind: Kind;
      filter?: Record<string, unknown>;
      sort?: string;
      cursor?: string;
      limit?: number;
      customerId?: string;
    };
    result: { items: unknown[]; next: string | null; total: number };
  };
  "records.get": { args: { kind: Kind; id: string }; result: Held<unknown> };
  "records.save": { args: { changes: Edit[] }; result: { saved: Held<unknown>[]; undo: Edit[] } };
  "ids.mint": { args: { count: number }; result: { ids: string[] } };
  "customers.page": {
    args: { id: string };
    result: {
      customer: Held<Customer>;
      contacts: Listed<Contact>[];
      interactions: Listed<Interaction>[];
      changes: ChangeEntry[];
    };
  };
  "search.query": { args: { q: string; limit: number }; result: { hits: Hit[] } };
  "sync.status": { args: Record<string, never>; result: SyncStatus };
  "sync.now": { args: Record<string, never>; result: SyncStatus };
  "sync.workOffline": { args: { on: boolean }; result: SyncStatus };
  "import.vcards": { args: { path?: string; text?: string; dryRun: boolean }; result: ImportReport };
  "import.pick": { args: Record<string, never>; result: { path: string | null } };
  "org.overview": {
    args: Record<string, never>;
    result: { me: User; users: User[]; teams: Team[]; org: Org; counts: { customers: number } };
  };
  "cards.list": { args: Record<string, never>; result: { items: Card[] } };
  "cards.resolve": { args: { id: string; choice: "mine" | "theirs" | "dismiss" }; result: Record<string, never> };
  "app.info": { args: Record<string, never>; result: { version: string; dataFolder: string; os: string } };
}
