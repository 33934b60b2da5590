//! The reports of a device: the same analytics as the server's, over what is here.

use crate::Ctx;
use crate::analytics::scope::What;
use crate::analytics::{self, Asked, csv};
use rapport_model::{Code, Error, Id, Millis, Result};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ReportArgs {
    /// value, leads, interactions, activity.
    what: String,
    #[serde(default)]
    from: Option<Millis>,
    /// Not in the period any more.
    #[serde(default)]
    to: Option<Millis>,
    #[serde(default)]
    owner_id: Option<Id>,
}

/// `reports.get`.
pub fn get(args: ReportArgs, ctx: &Ctx) -> Result<Value> {
    let what = match args.what.as_str() {
        "value" => What::Value,
        "leads" => What::Leads,
        "interactions" => What::Interactions,
        "activity" => What::Report,
        _ => return Err(Error::field(Code::InvalidValue, "what", "A report is value, leads, interactions or activity.")),
    };
    let asked = Asked { from: args.from, to: args.to, owner: args.owner_id, ..Asked::default() };
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.read(move |tx| {
        let sight = tx.sight(&actor)?;
        let question = analytics::question(tx, &sight, what, &asked, now)?;
        analytics::answer(tx, &question, now)
    })
}

/// The same as a file for a spreadsheet.
pub fn file(args: ReportArgs, ctx: &Ctx) -> Result<Vec<u8>> {
    csv::csv(&get(args, ctx)?)
}
