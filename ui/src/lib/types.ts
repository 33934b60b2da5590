// Types the UI shares that are not records: all of them read off the generated command table, so that they cannot drift.
import type { Commands } from "../gen/commands";
import type { Customer, Interaction, Kind, Quote } from "../gen/records";

export type { RecordOf } from "../gen/records";

export type CommandName = keyof Commands;
export type Args<N extends CommandName> = Commands[N]["args"];
export type Result<N extends CommandName> = Commands[N]["result"];

export type AppInfo = Result<"app.info">;
export type SessionStatus = Result<"session.status">;
export type SyncStatus = Result<"sync.status">;
export type ImportReport = Result<"import.read">;
export type Overview = Result<"org.overview">;
export type CustomerPage = Result<"customers.page">;
export type ChangeEntry = CustomerPage["changes"][number];
export type TodayPage = Result<"today.page">;
export type FollowUp = TodayPage["followUps"][number];
export type News = TodayPage["news"][number];
export type QuoteRow = TodayPage["expiring"][number];
export type Board = Result<"quotes.board">;
export type Lane = Board["lanes"][number];
export type QuotePage = Result<"quotes.page">;
export type Verb = QuotePage["can"][number];
export type OrderPage = Result<"orders.page">;
export type Line = Quote["items"][number];
export type Meeting = Result<"calendar.range">["meetings"][number];
export type Trashed = Result<"trash.list">["items"][number];
export type ReportArgs = Args<"reports.get">;
export type Report = Result<"reports.get">;
export type Hit = Result<"search.query">["hits"][number];

export type RecordKind = Kind;

/** A row of a list: the record, and whether it still waits to be sent. */
export type Listed<T> = T & { waiting: boolean };

/** A record as it stands in the store; `version` is what an edit names as the state it was based on. */
export interface Held<T> {
  record: T;
  version: number;
  waiting: boolean;
  base: T | null;
}

export interface UnitEdit {
  value: unknown;
  base: unknown;
  baseVersion: number;
}

export interface Edit {
  kind: RecordKind;
  id: string;
  op: "put" | "delete" | "restore" | "merge";
  units: Record<string, UnitEdit>;
}

export type CustomerStatus = Customer["status"];
export type InteractionType = Interaction["type"];
