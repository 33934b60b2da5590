//! Files beside a customer: what they are, and whether a copy lies on this device. Their bytes are the session's.

use crate::commands::Ctx;
use crate::queries;
use crate::save::{How, save};
use crate::today::Today;
use rapport_model::catalogue::CONTENT_BYTES_MAX;
use rapport_model::{Attachment, Code, Customer, Error, Id, Kind, Record, Result, Role};
use rapport_store::Tx;
use rapport_store::copies::Copy;
use rapport_store::list::Query;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashMap;

/// Files of one customer that are shown at most.
const SHOWN_MAX: usize = 500;

/// Characters of a name, its ending among them.
const NAME_CHARS_MAX: usize = 255;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct OfCustomer {
    customer_id: Id,
}

/// `attachments.list`: the files of a customer, newest first, each with where its content is.
pub fn list(args: OfCustomer, ctx: &Ctx) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    ctx.store.read(move |tx| {
        let filter = Map::from_iter([("customerId".to_owned(), json!(args.customer_id))]);
        let page = tx.list(Kind::Attachments, &Query { filter, limit: SHOWN_MAX, ..Query::default() })?;
        let records: Vec<&dyn Record> = page.items.iter().map(AsRef::as_ref).collect();
        let today = Today::of(tx, now)?;
        let mut items = queries::listed(tx, Kind::Attachments, &records, today)?;
        let digests: Vec<String> =
            records.iter().filter_map(|record| record.of::<Attachment>()).map(|one| one.sha256.clone()).collect();
        let copies = copies(tx, &digests)?;
        for item in items.as_array_mut().into_iter().flatten() {
            let copy = item["sha256"].as_str().and_then(|sha256| copies.get(sha256));
            item["copy"] = place(copy).into();
            item["unsent"] = copy.is_some_and(|copy| copy.unsent).into();
            item["refusal"] = copy.map(|copy| copy.refusal.as_str()).filter(|code| !code.is_empty()).into();
        }
        let customer = tx.get_as::<Customer>(args.customer_id)?;
        let own = actor.role == Role::Admin || (actor.role == Role::Sales && customer.assigned_to == Some(actor.user));
        Ok(queries::object([
            ("items", items),
            ("canAdd", (own && customer.meta.deleted_at.is_none()).into()),
            ("bytesHere", tx.copies_bytes()?.into()),
            ("bytesMax", CONTENT_BYTES_MAX.into()),
        ]))
    })
}

fn copies(tx: &mut Tx<'_>, digests: &[String]) -> Result<HashMap<String, Copy>> {
    let mut out = HashMap::new();
    for some in digests.chunks(200) {
        out.extend(tx.copies_among(some)?);
    }
    Ok(out)
}

/// In a word: here by somebody's wish, here, on its way, or at the server only.
fn place(copy: Option<&Copy>) -> &'static str {
    match copy {
        Some(copy) if copy.here && copy.kept => "kept",
        Some(copy) if copy.here => "here",
        Some(copy) if copy.wanted => "coming",
        _ => "away",
    }
}

/// A file that is added.
#[derive(Debug)]
pub struct New {
    pub customer: Id,
    pub name: String,
    pub mime: String,
    pub sha256: String,
    pub bytes: i64,
}

/// Makes the record of a file; its content lies here already.
pub fn add(tx: &mut Tx<'_>, ctx: &Ctx, new: New) -> Result<Value> {
    let (actor, now) = (ctx.actor, ctx.source.now());
    let sight = tx.sight(&actor)?;
    let New { customer, name, mime, sha256, bytes } = new;
    let body = json!({
        "customerId": customer, "ownerKind": Kind::Customers, "ownerId": customer, "name": file_name(&name),
        "mime": mime.chars().take(120).collect::<String>(), "bytes": bytes, "sha256": sha256,
    });
    let changes = crate::rest::create(Kind::Attachments, body, &[], &sight, ctx.source.as_ref())?;
    let saved = save(tx, actor, now, changes, None, How::Form)?;
    let before = tx.copy_find(&sha256)?.unwrap_or_default();
    // A content that the server has is not sent again, whatever it is called this time.
    let unsent = before.unsent || !before.here;
    tx.copy_put(&Copy { sha256, bytes, here: true, wanted: true, unsent, used_at: now, ..before })?;
    let records = saved.records.iter().map(|(kind, id)| queries::held(tx, *kind, *id, now)).collect::<Result<Value>>()?;
    Ok(queries::object([("saved", records), ("undo", json!(saved.undo))]))
}

/// A name without folders and without what no file system takes.
pub fn file_name(given: &str) -> String {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().map(|c| if c.is_control() || "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let clean = clean.trim().trim_end_matches('.').trim_start_matches('.').trim();
    let clean = if clean.is_empty() { "file" } else { clean };
    let (stem, end) = match clean.rsplit_once('.') {
        Some((stem, end)) if end.chars().count() <= 12 => (stem, format!(".{end}")),
        _ => (clean, String::new()),
    };
    stem.chars().take(NAME_CHARS_MAX - end.chars().count()).chain(end.chars()).collect()
}

/// Files that other programs run instead of showing them, and whatever is not known: those are saved on purpose, not opened.
pub fn may_be_opened(name: &str) -> Result<()> {
    const SHOWN: [&str; 44] = [
        "avif", "bmp", "csv", "doc", "docx", "eml", "flac", "gif", "heic", "heif", "ics", "jpeg", "jpg", "json", "log", "m4a",
        "md", "mkv", "mov", "mp3", "mp4", "msg", "odg", "odp", "ods", "odt", "ogg", "pdf", "png", "ppt", "pptx", "rtf", "tif",
        "tiff", "tsv", "txt", "vcf", "wav", "webm", "webp", "xls", "xlsx", "xml", "zip",
    ];
    let end = name.rsplit_once('.').map(|(_, end)| end.to_ascii_lowercase()).unwrap_or_default();
    if SHOWN.contains(&end.as_str()) {
        return Ok(());
    }
    let message =
        "Files of this kind are not opened from here, since they could run as a program. Save it, and open it from there.";
    Err(Error::field(Code::Forbidden, "name", message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_to_no_folder_and_keeps_its_ending() {
        for (given, name) in [
            ("/home/a/Angebot 2026.pdf", "Angebot 2026.pdf"),
            (r"C:\temp\plan.dwg", "plan.dwg"),
            ("../../.bashrc", "bashrc"),
            ("a\u{0}b?.txt", "a_b_.txt"),
            ("..", "file"),
            ("", "file"),
            ("見積書.xlsx", "見積書.xlsx"),
        ] {
            assert_eq!(file_name(given), name);
        }
        let long = file_name(&format!("{}.pdf", "ä".repeat(400)));
        assert!(long.chars().count() == NAME_CHARS_MAX && long.ends_with(".pdf"));
    }

    #[test]
    fn what_could_run_is_not_opened() {
        for name in ["a.pdf", "b.PNG", "c.d.xlsx"] {
            may_be_opened(name).expect(name);
        }
        for name in ["a.exe", "b.desktop", "c.sh", "pdf", "d.pdf.scr", "e.xlsm", "f.html", "g.lnk", ""] {
            assert_eq!(may_be_opened(name).expect_err(name).code, Code::Forbidden);
        }
    }
}
