//! The contract with the interfaces, declared once: every command, what it takes, what it answers, in TypeScript's words.
//!
//! `cargo xtask gen` writes it to the interface; tests hold it against what the hosts really dispatch.

/// One command.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    pub name: &'static str,
    pub args: &'static str,
    pub result: &'static str,
}

/// The shapes that answers are made of.
const ANSWERS: &str = include_str!("contract/answers.ts");

const NOTHING: &str = "Record<string, never>";

macro_rules! contract {
    ($($name:literal: $args:expr => $result:expr;)+) => {
        /// Every command that an interface may call; `session.*`, `sync.*`, `import.*` and `app.*` belong to the host.
        pub const COMMANDS: &[Command] = &[$(Command { name: $name, args: $args, result: $result }),+];
    };
}

contract! {
    "session.status": NOTHING => "Status";
    "session.connect": "{ server: string; email: string; password: string; passphrase?: string }" => "Status";
    "session.enrol": "{ link: string; passphrase?: string }" => "Status";
    "session.startLocal": "{ name: string; company: string; passphrase?: string }" => "Status";
    "session.lookAround": "{ passphrase?: string }" => "Status";
    "session.unlock": "{ passphrase: string }" => "Status";
    "session.signOut": "{ discardWaiting: boolean }" => "Status";
    "records.list": "{ kind: Kind; filter?: Record<string, unknown>; sort?: string; cursor?: string; limit?: number; customerId?: string; }" => "{ items: unknown[]; next: string | null; total: number }";
    "records.get": "{ kind: Kind; id: string }" => "Held<unknown>";
    "records.ids": "{ kind: Kind; filter?: Record<string, unknown>; sort?: string }" => "{ ids: string[]; total: number }";
    "records.history": "{ kind: Kind; id: string }" => "History";
    "records.bulk": "{ kind: Kind; ids: string[]; units?: Record<string, unknown>; delete?: boolean; dryRun?: boolean }" => "Partial<BulkPreview> & { changed?: number; undo?: Edit[] }";
    "records.save": "{ changes: Edit[] }" => "{ saved: Held<unknown>[]; undo: Edit[] }";
    "ids.mint": "{ count: number }" => "{ ids: string[] }";
    "customers.page": "{ id: string }" => "{ customer: Held<Customer>; contacts: Listed<Contact>[]; interactions: Listed<Interaction>[]; quotes: Listed<Quote>[]; orders: Listed<Order>[]; changes: ChangeEntry[]; older: string | null; interactionsTotal: number; attachments: Listed<Attachment>[]; value: CustomerValue | null; score: LeadScore | null; }";
    "customers.lanes": "{ filter?: Record<string, unknown> }" => "{ lanes: { status: Customer[\"status\"]; count: number; value: number }[] }";
    "customers.duplicates": NOTHING => "{ pairs: LikePair[]; total: number }";
    "customers.like": "{ name: string; email?: string; phone?: string; city?: string }" => "{ found: Like[] }";
    "customers.merge": "{ into: string; from: string; fields?: Record<string, \"this\" | \"other\"> }" => "{ moved: number; undo: Edit[] }";
    "customers.part": "{ id: string; name?: string }" => "{ undo: Edit[] }";
    "search.query": "{ q: string; limit: number }" => "{ hits: Hit[] }";
    "sync.status": NOTHING => "SyncStatus";
    "sync.now": NOTHING => "SyncStatus";
    "sync.carry": "{ path: string }" => "{ path: string; mutations: number; changes: number }";
    "sync.waiting": NOTHING => "{ items: WaitingRecord[]; total: number }";
    "sync.merges": NOTHING => "{ items: MergeEntry[] }";
    "devices.list": NOTHING => "{ items: Device[] }";
    "devices.revoke": "{ id: string }" => NOTHING;
    "sync.workOffline": "{ on: boolean }" => "SyncStatus";
    "import.read": "{ path?: string; text?: string; content?: string; fileName?: string; mapping?: Record<string, string> }" => "ImportReport";
    "import.take": "{ path?: string; text?: string; content?: string; fileName?: string; mapping?: Record<string, string> }" => "ImportReport";
    "import.status": NOTHING => "{ running: { batchId: string; done: number; total: number; cancelled: boolean } | null; undoable: string[] }";
    "import.cancel": NOTHING => NOTHING;
    "import.revert": "{ batchId: string }" => "{ reverted: number; kept: { count: number; names: string[] } }";
    "import.saveRefused": "{ path: string }" => "{ path: string }";
    "export.write": "{ path: string; kind: Kind; filter?: Record<string, unknown>; sort?: string; format: \"csv\" | \"xlsx\" | \"vcard\" | \"json\" }" => "{ path: string; rows: number; bytes: number }";
    "export.pick": "{ name: string }" => "{ path: string | null }";
    "import.pick": NOTHING => "{ path: string | null }";
    "attachments.list": "{ customerId: string }" => "{ items: BesideFile[]; canAdd: boolean; bytesHere: number; bytesMax: number }";
    "attachments.add": "{ customerId: string; name: string; mime?: string; content: string }" => "{ saved: Held<unknown>[]; undo: Edit[] }";
    "attachments.open": "{ id: string }" => "{ path: string }";
    "attachments.save": "{ id: string; path: string }" => "{ path: string }";
    "attachments.keep": "{ id: string; on: boolean }" => NOTHING;
    "attachments.room": "{ megabytes?: number }" => "{ megabytes: number; bytesHere: number }";
    "org.overview": NOTHING => "{ me: User; users: User[]; teams: Team[]; org: Org; counts: { customers: number } }";
    "cards.list": NOTHING => "{ items: Card[] }";
    "cards.resolve": "{ id: string; choice: \"mine\" | \"theirs\" | \"dismiss\" }" => NOTHING;
    "today.page": "{ team?: boolean }" => "TodayPage";
    "today.due": NOTHING => "{ overdue: number; today: number }";
    "calendar.range": "{ from: number; to: number }" => "{ followUps: FollowUp[]; meetings: Meeting[] }";
    "calendar.save": NOTHING => "SavedFile";
    "sales.list": "{ kind: \"quotes\" | \"orders\"; status?: string; mine?: boolean; cursor?: string }" => "{ items: (QuoteRow | Named<Order>)[]; next: string | null; total: number | null }";
    "sales.totals": "{ items: Line[]; discountAmount?: number | null; taxAmount?: number | null; currency?: string }" => "Totals";
    "quotes.board": "{ mine?: boolean }" => "{ lanes: Lane[]; weighted: Sum[] }";
    "quotes.page": "{ id: string }" => "QuotePage";
    "quotes.act": "{ id: string; verb: Verb; with?: Record<string, unknown> }" => "{ shows: { kind: Kind; id: string }; undo: Edit[] }";
    "orders.page": "{ id: string }" => "OrderPage";
    "reports.get": "ReportArgs" => "ReportAnswer";
    "reports.save": "ReportArgs" => "SavedFile";
    "trash.list": NOTHING => "{ items: Trashed[] }";
    "trash.restore": "{ kind: Kind; id: string; name?: string }" => "{ restored: Held<unknown>; undo: Edit[] }";
    "profile.save": "{ name: string }" => NOTHING;
    "org.save": "{ name?: string; currency?: string; country?: string; timeZone?: string }" => NOTHING;
    "app.choices": NOTHING => "Choices";
    "app.choose": "{ language?: \"en\" | \"de\"; keepInTray?: boolean; autostart?: boolean }" => "Choices";
    "app.notices": NOTHING => "{ text: string }";
    "app.info": NOTHING => "{ version: string; dataFolder: string; os: string }";
}

/// `commands.ts`.
pub fn typescript() -> String {
    use std::fmt::Write;
    let mut out = String::from(
        "// Generated by `cargo xtask gen` from the contract in rapport-ops. Do not edit.\n\n\
         import type { Attachment, Card, Contact, Customer, CustomerValue, Interaction, Kind, LeadScore, Order, Org, Quote, Team, User } from \"./records\";\n\n",
    );
    out.push_str(ANSWERS);
    out.push_str("\nexport interface Commands {\n");
    for command in COMMANDS {
        let _ = writeln!(out, "  \"{}\": {{ args: {}; result: {} }};", command.name, command.args, command.result);
    }
    out.push_str("}\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_this_crate_is_in_the_contract() {
        for name in crate::commands::NAMES {
            assert!(COMMANDS.iter().any(|c| c.name == *name), "{name}");
        }
    }
}
