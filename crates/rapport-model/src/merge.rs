//! The merge of one change into one record, unit by unit. Pure: the server's `accept` and the tests call the same function.
//!
//! Base versions decide whether two people disagreed; (updatedAt, device) decides who wins when they did.

use crate::mutation::{Change, UnitEdit};
use crate::stamp::{Stamp, Stamps};
use crate::{Actor, Id, Merge, Millis, Record, Result, clock, defect, unit};
use serde_json::Value;

/// One line of the field history.
#[derive(Clone, Debug, PartialEq)]
pub struct Logged {
    pub unit: String,
    pub before: Value,
    pub after: Value,
    /// Whether `before` is a value that its author had not seen overwritten: one press takes it back.
    pub overridden: bool,
    /// For an overridden value: who wrote it.
    pub lost_by: Option<Id>,
}

/// A value that lost and is worth a card: status, owner, deletes.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    pub unit: String,
    pub loser: Id,
    pub winner: Id,
    pub mine: Value,
    pub theirs: Value,
    pub original: Value,
}

/// What a change did to a record.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Judged {
    /// Whether the record or a stamp changed.
    pub changed: bool,
    /// Whether it met somebody else's edit.
    pub joined: bool,
    pub log: Vec<Logged>,
    pub cards: Vec<Lost>,
}

/// Where and when the change is judged.
#[derive(Clone, Copy, Debug)]
pub struct Context {
    pub author: Actor,
    /// The version that the record gets if it changes.
    pub version: i64,
    /// Whether somebody else edited what hangs on the record after the author of a delete had last seen it.
    pub child_touched: bool,
    /// Whether the change was held for something that was missing, while its author's later ones may have been taken.
    pub waited: bool,
    pub now: Millis,
}

/// Merges `change` into `record`. On an error the record is half changed: judge a copy.
pub fn merge(record: &mut dyn Record, stamps: &mut Stamps, change: &Change, at: &Context) -> Result<Judged> {
    let mut judged = Judged::default();
    for (name, edit) in &change.units {
        if name == unit::DELETED {
            merge_deleted(record, stamps, edit, at, &mut judged)?;
        } else {
            merge_unit(record, stamps, name, edit, at, &mut judged)?;
        }
    }
    let edits_content = change.units.keys().any(|name| name != unit::DELETED);
    if edits_content {
        bring_back(record, stamps, change.base_version(), at, &mut judged);
    }
    if judged.changed {
        record.meta_mut().updated_at = stamps.latest();
        record.meta_mut().version = at.version;
    }
    Ok(judged)
}

fn merge_unit(
    record: &mut dyn Record,
    stamps: &mut Stamps,
    name: &str,
    edit: &UnitEdit,
    at: &Context,
    judged: &mut Judged,
) -> Result<()> {
    let held = stamps.of(name);
    let stands = unit::get(record, name)?;
    let mut mine = incoming(edit, &held, at);
    let disputed = held.version > edit.base_version && held.device != at.author.device && !defect::on("base version ignored");
    let rule = unit::merge_rule(record.kind(), name).unwrap_or(Merge::Plain);
    // A text that is not the one its author saw holds somebody's words, whoever joined them in.
    let text_moved = rule == Merge::Text && held.version > edit.base_version && stands != edit.base && stands != edit.value;
    if text_moved && defect::on("text join loses a side") {
        return Ok(());
    }
    let overlay = |stamps: &mut Stamps| {
        if disputed {
            stamps.overlaid(held);
        }
    };
    if text_moved {
        overlay(stamps);
        judged.joined |= disputed;
        // Of words that do not go together the later ones stand last, whoever arrived first.
        let joined = match mine.rank() < held.rank() {
            true => join_texts(&edit.base, &edit.value, &stands),
            false => join_texts(&edit.base, &stands, &edit.value),
        };
        mine.updated_at = mine.updated_at.max(held.updated_at);
        return take(record, stamps, name, joined, mine, None, judged);
    }
    let typed_over = held.device == at.author.device && held.version > edit.base_version && edit.updated_at < held.updated_at;
    if at.waited && typed_over {
        note_lost(name, edit, stands, at.author.user, judged);
        return Ok(());
    }
    if disputed && stands == edit.value && mine.rank() <= held.rank() {
        // The same was written by both, and the other's stamp is the later.
        stamps.overlaid(mine);
        judged.changed = true;
        return Ok(());
    }
    if !disputed || stands == edit.value {
        // Nobody else wrote it since, or they wrote the same: the author's own order decides.
        mine.updated_at = mine.updated_at.max(held.updated_at);
        overlay(stamps);
        return take(record, stamps, name, edit.value.clone(), mine, None, judged);
    }
    judged.joined = true;
    let claimed = rule == Merge::Claim && edit.base.is_null() && !stands.is_null() && !defect::on("claim goes to the later");
    let wins = (mine.rank() > held.rank() || defect::on("last arrival wins")) && !claimed;
    if matches!(rule, Merge::Card | Merge::Claim) && held.user != at.author.user {
        let (loser, winner) = if wins { (held.user, at.author.user) } else { (at.author.user, held.user) };
        let (lost, theirs) = if wins { (stands.clone(), edit.value.clone()) } else { (edit.value.clone(), stands.clone()) };
        let original = edit.base.clone();
        judged.cards.push(Lost { unit: name.to_owned(), loser, winner, mine: lost, theirs, original });
    }
    if wins {
        overlay(stamps);
        return take(record, stamps, name, edit.value.clone(), mine, Some(held.user), judged);
    }
    // It was made all the same: whoever deletes has to have seen it, as if it had come behind the delete.
    stamps.overlaid(mine);
    judged.changed = true;
    note_lost(name, edit, stands, at.author.user, judged);
    Ok(())
}

/// What does not stand is in the history.
fn note_lost(name: &str, edit: &UnitEdit, stands: Value, author: Id, judged: &mut Judged) {
    if defect::on("lost value not logged") {
        return;
    }
    judged.log.push(Logged {
        unit: name.to_owned(),
        before: edit.value.clone(),
        after: stands,
        overridden: true,
        lost_by: Some(author),
    });
}

/// The stamp of an edit as it counts here: the future is cut, whatever lies before its base is lifted above it.
fn incoming(edit: &UnitEdit, held: &Stamp, at: &Context) -> Stamp {
    let based_on = if held.version <= edit.base_version { held.updated_at } else { Millis(0) };
    Stamp {
        version: at.version,
        updated_at: clock::cut(edit.updated_at, at.now, based_on),
        device: at.author.device,
        user: at.author.user,
    }
}

fn take(
    record: &mut dyn Record,
    stamps: &mut Stamps,
    name: &str,
    value: Value,
    stamp: Stamp,
    lost_by: Option<Id>,
    judged: &mut Judged,
) -> Result<()> {
    let before = unit::get(record, name)?;
    unit::set(record, name, value)?;
    let after = unit::get(record, name)?;
    if before != after && !defect::on("history forgotten") {
        let overridden = lost_by.is_some();
        judged.log.push(Logged { unit: name.to_owned(), before, after, overridden, lost_by });
    }
    stamps.put(name, stamp);
    judged.changed = true;
    Ok(())
}

/// The lines that an author put in: those of the text beyond the ones that its base had.
fn added_lines(base: &str, text: &str) -> String {
    let mut had: Vec<&str> = base.lines().collect();
    let added = text.lines().filter(|line| match had.iter().position(|h| h == line) {
        Some(at) => {
            had.swap_remove(at);
            false
        }
        None => true,
    });
    added.collect::<Vec<_>>().join("\n")
}

/// Long text: three-way by lines; where the same lines changed, what stands is kept and the author's lines follow it.
pub fn join_texts(base: &Value, stands: &Value, mine: &Value) -> Value {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (base, stands, mine) = (text(base), text(stands), text(mine));
    if mine.is_empty() || stands.contains(&mine) {
        return Value::String(stands);
    }
    if mine.contains(&stands) {
        return Value::String(mine);
    }
    let lined = |text: &str| format!("{text}\n");
    let joined = match diffy::merge(&lined(&base), &lined(&stands), &lined(&mine)) {
        Ok(joined) => joined.trim_end_matches('\n').to_owned(),
        Err(_) => format!("{stands}\n{}", added_lines(&base, &mine)).trim_end_matches('\n').to_owned(),
    };
    Value::String(joined)
}

/// A delete stands unless somebody else edited the record after the version that its author saw.
fn merge_deleted(record: &mut dyn Record, stamps: &mut Stamps, edit: &UnitEdit, at: &Context, judged: &mut Judged) -> Result<()> {
    let touched = (at.child_touched || stamps.touched_by_others(edit.base_version, at.author.device))
        && !defect::on("delete wins over an unseen edit");
    let held = stamps.of(unit::DELETED);
    let unseen = held.version > edit.base_version && held.device != at.author.device;
    if !edit.value.is_null() && unseen && record.meta().deleted_at.is_some() {
        // Two people deleted it: nothing to decide.
        return Ok(());
    }
    if edit.value.is_null() || !touched {
        let mine = incoming(edit, &held, at);
        if edit.value.is_null() {
            stamps.restored(mine);
        }
        return take(record, stamps, unit::DELETED, edit.value.clone(), mine, None, judged);
    }
    if record.meta().deleted_at.is_some() {
        return Ok(());
    }
    judged.joined = true;
    judged.log.push(Logged {
        unit: unit::DELETED.to_owned(),
        before: edit.value.clone(),
        after: Value::Null,
        overridden: true,
        lost_by: Some(at.author.user),
    });
    judged.cards.push(Lost {
        unit: unit::DELETED.to_owned(),
        loser: at.author.user,
        winner: at.author.user,
        mine: edit.value.clone(),
        theirs: Value::Null,
        original: Value::Null,
    });
    Ok(())
}

/// An edit by somebody who had not seen the delete brings the record back; the stamp of the delete stays as it is.
fn bring_back(record: &mut dyn Record, stamps: &Stamps, base_version: i64, at: &Context, judged: &mut Judged) {
    let held = stamps.of(unit::DELETED);
    let unseen = (held.version > base_version || defect::on("every edit brings back")) && held.device != at.author.device;
    let Some(deleted_at) = record.meta().deleted_at.filter(|_| unseen) else { return };
    record.meta_mut().deleted_at = None;
    judged.changed = true;
    judged.joined = true;
    let before = Value::from(deleted_at.0);
    judged.log.push(Logged {
        unit: unit::DELETED.to_owned(),
        before: before.clone(),
        after: Value::Null,
        overridden: true,
        lost_by: Some(held.user),
    });
    judged.cards.push(Lost {
        unit: unit::DELETED.to_owned(),
        loser: held.user,
        winner: at.author.user,
        mine: before,
        theirs: Value::Null,
        original: Value::Null,
    });
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
