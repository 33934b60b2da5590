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
  /** The server signed the last one out and its data was wiped; what waited lies in this file, sealed for an administrator. */
  revoked?: { rescued: string | null };

  /** The version of the app that the server recommends, if this one is older. */
  newerApp?: string | null;
  /** A made-up company to look around in: nothing in it is kept when it is left. */
  sample?: boolean;
}

export interface Edit {
  kind: Kind;
  id: string;
  op: "put" | "delete" | "restore" | "merge";
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

export type LikeReason =
  | "sameName"
  | "likeName"
  | "partOfName"
  | "samePerson"
  | "sameMail"
  | "samePhone"
  | "sameWebsite"
  | "sameAddress"
  | "sameTown";

/** One of two customers that may be the same, with how much hangs on it. */
export interface LikeSide {
  customer: Customer;
  contacts: number;
  interactions: number;
  quotes: number;
  orders: number;
}

/** Two customers that may be the same; the first is the one to keep. */
export interface LikePair {
  reasons: LikeReason[];
  sides: [LikeSide, LikeSide];
}

/** A customer that looks like one that is being typed. */
export interface Like {
  id: string;
  name: string;
  city: string;
  assignedTo: string | null;
  reasons: LikeReason[];
}

/** What became of one record, newest first. */
export interface History {
  /** Of a customer: those that were merged into it and can be parted again. */
  merged: { id: string; name: string; at: number; moved: number }[];
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
  /** Customers that were not here as the server has them, and were read anew, ever; and when that was last. */
  repaired?: number;
  repairedAt?: number | null;
}

export interface ImportReport {
  fileName: string;
  cards: number;
  taken: { customers: number; contacts: number };
  merged: number;
  already: number;
  skipped: { index: number; line: number; name: string; reason: string; message: string }[];
  notes: ImportNote[];
  batchId: string | null;
  format?: "csv" | "xlsx" | "vcard";
  columns?: ImportColumn[];
  targets?: { name: string; label: string }[];
}

/** Something to know: its code, what it is about, the card that it is about, and the English sentence. */
export interface ImportNote {
  code: string;
  data?: Record<string, string | number>;
  card: { index: number; label: string } | null;
  message: string;
}

export interface ImportColumn {
  header: string;
  target: string;
  samples: string[];
  filled: number;
  blank: number;
  zero: number;
  refused: number;
}

export interface Hit {
  kind: Kind;
  id: string;
  customerId: string;
  title: string;
  /** Of a customer that was found by somebody there, who that is. */
  person?: string | null;
  subtitle: string;
}

export interface FollowUp {
  kind: "interactions" | "customers";
  id: string;
  customerId: string;
  customerName: string;
  day: number | null;
  /** Its time on the wall, in minutes after midnight; null = any time of that day. */
  minute: number | null;
  /** Of the interaction that asks for it. */
  type: string | null;
  about: string | null;
  assignedTo: string | null;
}

export interface News {
  what: "viewed" | "accepted" | "rejected" | "quoted" | "ordered" | "logged" | "given" | "status";
  type?: string;
  kind: "quotes" | "orders" | "customers";
  id: string;
  about: string;
  by: string;
  at: number;
  customerId: string;
  customerName: string;
}

export interface TodayPage {
  day: number;
  followUps: FollowUp[];
  counts: { overdue: number; today: number; upcoming: number; undated: number };
  expiring: QuoteRow[];
  needsPrimary: { items: { id: string; name: string; createdAt: number }[]; total: number | null };
  since: number | null;
  news: News[];
}

export interface Meeting {
  id: string;
  customerId: string;
  customerName: string;
  type: string;
  subject: string;
  at: number;
  duration: number | null;
  planned: boolean;
}

export type Named<T> = T & { waiting: boolean; customerName: string };

export type Line = Quote["items"][number];

/** A sum; one of more digits than a number has comes as text. */
export type Amount = number | string;

export interface Totals {
  lines: number[];
  subtotal: number;
  taxAmount: number;
  totalAmount: number;
  currency: string;
}

export interface Sum {
  currency: string;
  amount: Amount;
  weighted: Amount;
}

/** A quote in a list, with the verbs that may be done now. */
export type QuoteRow = Named<Quote> & { can: Verb[] };

export interface Lane {
  status: Quote["status"];
  count: number;
  weight: number;
  sums: Sum[];
  items: QuoteRow[];
}

export type Verb = "send" | "view" | "accept" | "reject" | "revise" | "convert";

export interface Called {
  id: string;
  name: string;
}

export interface Numbered {
  id: string;
  number: string;
}

export interface QuotePage {
  quote: Held<Quote>;
  customer: (Called & { trashed: boolean }) | null;
  contact: Called | null;
  order: (Numbered & { status: string }) | null;
  before: Numbered | null;
  after: Numbered | null;
  can: Verb[];
}

export interface OrderPage {
  order: Held<Order>;
  customer: (Called & { trashed: boolean }) | null;
  contact: Called | null;
  quote: Numbered | null;
  leftOut: Line[];
  legal: Order["status"][];
}

export interface Trashed {
  kind: "customers" | "contacts" | "interactions" | "quotes" | "orders" | "attachments";
  id: string;
  title: string;
  deletedAt: number;
  children: number;
  customerId?: string;
  customerName?: string;
  /** It lives on in this customer; restoring it parts the two. */
  mergedInto?: string;
  mergedIntoName?: string | null;
}

export interface ReportArgs {
  what: "value" | "leads" | "interactions" | "activity";
  from?: number;
  to?: number;
  ownerId?: string;
}

export interface Revenue {
  key: string;
  currency: string;
  revenue: Amount;
  orders: number;
  averageOrderValue: Amount;
}

export interface Counted {
  key: string;
  count: number;
}

export interface FollowUpFigures {
  due: number;
  doneInTime: number;
  doneLate: number;
  openOverdue: number;
  open: number;
  punctuality: number | null;
}

/** What each report has beside its head; a report has its own part of it. */
export interface ReportAnswer {
  asOf: number;
  from: number;
  to: number;
  tz: string;
  totals?: Revenue[];
  byType?: Revenue[] | Counted[];
  bySource?: Revenue[];
  byMonth?: Revenue[];
  pipeline?: { key: string; currency: string; amount: Amount; count: number }[];
  byStatus?: Counted[];
  funnel?: {
    created: number;
    converted: number;
    qualified: number;
    churned: number;
    steps: { key: string; entered: number; wentOn: number; rate: number | null }[];
  };
  timeToQualify?: { count: number; medianDays: number | null; p90Days: number | null };
  lostReasons?: Counted[];
  total?: number;
  planned?: number;
  byDay?: Counted[];
  byOutcome?: Counted[];
  followUps?: FollowUpFigures;
  dormant?: { total: number; items: { key: string; name: string; lastContact: number | null; days: number }[] };
  owners?: {
    key: string | null;
    name: string;
    customers: number;
    interactions: number;
    responseTime: { answered: number; waiting: number; medianHours: number | null; p90Hours: number | null };
    followUps: FollowUpFigures;
    wins: { answered: number; accepted: number; rate: number | null };
    revenue?: Revenue[];
  }[];
}

/** A file that was written for other programs. */
export interface SavedFile {
  path: string;
}

/** A record that waits to be sent; `since` by this device's clock, `held` = the server could not judge it yet. */
export interface WaitingRecord {
  kind: Kind;
  id: string;
  customerId: string | null;
  name: string | null;
  since: number;
  held: boolean;
}

/** A value that did not stand when two people changed the same. */
export interface MergeEntry {
  id: string;
  kind: Kind;
  recordId: string;
  customerId: string | null;
  name: string | null;
  unit: string;
  lost: unknown;
  stands: unknown;
  by: string;
  lostBy: string | null;
  at: number;
}

/** A device that somebody is or was signed in on, as the server knows it. */
export interface Device {
  _id: string;
  userId: string;
  name: string;
  code: string;
  createdAt: number;
  seenAt: number;
  revokedAt: number | null;
  thisOne: boolean;
  about: { app: string; schema: number; waiting: number; oldest: number | null; skewMs: number; at: number } | null;
}

/** A file beside a customer: here by somebody's wish, here, on its way, or at the server only. */
export type BesideFile = Listed<Attachment> & {
  copy: "kept" | "here" | "coming" | "away";
  /** The server has its content not yet. */
  unsent: boolean;
  /** The code of what stood in the way when it was last sent or fetched. */
  refusal: string | null;
};

/** What was chosen for this installation. */
export interface Choices {
  language: "en" | "de" | null;
  /** Closing the window leaves the app in the tray. */
  keepInTray: boolean;
  /** Starts with the computer; null where the host cannot do that. */
  autostart?: boolean | null;
  /** Whether there can be a tray; null where the host has none. */
  tray?: boolean | null;
  /** How the last notification went; null where nobody shows any. */
  reminders: "ready" | "shown" | "refused" | null;
}
