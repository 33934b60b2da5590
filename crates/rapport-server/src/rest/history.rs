//! The changes of a customer and of what hangs on it, newest first.

use super::place::Place;
use super::told::Told;
use super::{bad, list, pairs};
use crate::caller::Caller;
use crate::http::Answer;
use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rapport_model::{Code, Error, Facet, Id, Kind, Millis, Result, Sight};
use serde_json::{Value, json};

/// What [`page`] answers.
pub const ANSWER: &str = "{ items: { id: string; kind: string; recordId: string; unit: string; before: unknown; after: unknown; by: string; \
     at: number; mutationId: string | null; overridden: boolean; lostBy: string | null }[]; next: string | null }";

/// The kinds whose changes are told. Old values are of every facet, so only who sees all of them reads the history.
fn kinds(sight: &Sight) -> Result<Vec<Kind>> {
    if sight.hides(Facet::Figures) {
        return Err(Error::new(Code::Forbidden, "Your role does not read the history. Ask the owner or an administrator."));
    }
    Ok(std::iter::once(Kind::Customers).chain(Kind::CHILDREN.iter().copied()).collect())
}

pub async fn page(caller: Caller, place: Place, request: Request) -> Answer<Told> {
    let (mut limit, mut after) = (list::PAGE_ROWS, None);
    for (name, value) in pairs(&request)? {
        match name.as_str() {
            "limit" => limit = list::limit(&value)?,
            "cursor" => after = Some(parse_cursor(&value)?),
            _ => return Err(bad(&name, "History takes limit and cursor.").into()),
        }
    }
    let told = caller
        .read(move |tx, sight| {
            place.parent(tx, sight)?;
            let customer = place.customer.unwrap_or_default();
            let mut lines = tx.history_page(customer, &kinds(sight)?, after, limit + 1)?;
            let more = lines.len() > limit;
            lines.truncate(limit);
            let next = lines.last().filter(|_| more).map(|line| write_cursor(line.at, line.id));
            let items: Vec<Value> = lines
                .iter()
                .map(|line| {
                    let mut item = json!(line);
                    item["kind"] = json!(line.kind.map(Kind::text));
                    item
                })
                .collect();
            Ok(Told::json(json!({ "items": items, "next": next })))
        })
        .await?;
    Ok(told)
}

fn write_cursor(at: Millis, id: Id) -> String {
    URL_SAFE_NO_PAD.encode(json!([at, id]).to_string())
}

fn parse_cursor(text: &str) -> Result<(Millis, Id)> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let place = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    place.ok_or_else(|| bad("cursor", "The cursor is not one that this history gave. Start from the first page."))
}
