// Types the UI shares that are not records: all of them read off the generated command table, so that they cannot drift.
import type { Commands } from "../gen/commands";
import type { Customer, Interaction, Kind } from "../gen/records";

export type { RecordOf } from "../gen/records";

export type CommandName = keyof Commands;
export type Args<N extends CommandName> = Commands[N]["args"];
export type Result<N extends CommandName> = Commands[N]["result"];

export type SessionStatus = Result<"session.status">;
export type SyncStatus = Result<"sync.status">;
export type ImportReport = Result<"import.vcards">;
export type Overview = Result<"org.overview">;
export type CustomerPage = Result<"customers.page">;
export type ChangeEntry = CustomerPage["changes"][number];
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
  op: "put" | "delete" | "restore";
  units: Record<string, UnitEdit>;
}

export type CustomerStatus = Customer["status"];
export type InteractionType = Interaction["type"];
