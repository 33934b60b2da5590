//! Reminders: what somebody is told now, and what she was told before. How it is said, and to whom, is its host's.
//!
//! What was told is kept with the device's progress, in the store: a start, a crash or a second look tells nothing twice.

pub mod moments;

use crate::Ctx;
use chrono::TimeZone;
use moments::{Due, GRACE_MS, Note, Thing, Told, Wish, day_of, due_now, gathered, moment, on_the_wall};
use rapport_model::derive::follow_up_subject;
use rapport_model::desk::Scope;
use rapport_model::time::AHEAD_MS;
use rapport_model::{Id, Interaction, Kind, Millis, Result, Setting};
use rapport_store::Tx;
use rapport_store::follow_ups::Due as DueQuery;
use rapport_store::screens::PlannedRow;

/// Where what was told lies.
const TOLD: &str = "reminded";

/// The setting of a device that holds its [`Wish`].
pub const WISH: &str = "reminders";

/// A follow-up that has been overdue for longer reminds nobody any more; Today shows it.
const DAYS_BACK: i64 = 30;

/// Follow-ups that one look reads.
const LOOK_MAX: usize = 500;

/// What one look finds.
#[derive(Debug, Default, PartialEq)]
pub struct Look {
    /// To be told, each of them noted with [`note_told`] once it was.
    pub notes: Vec<Note>,
    /// What she wrote herself after its moment: no news to her, to be noted without a word.
    pub known: Vec<Thing>,
}

/// What this device's user wishes.
pub fn wish(ctx: &Ctx) -> Result<Wish> {
    let device = ctx.actor.device;
    let settings = ctx.store.read(|tx| tx.all::<Setting>())?;
    let mine = |one: &&Setting| one.name == WISH && one.scope == Scope::Device && one.owner_id == Some(device);
    let newest = settings.iter().filter(mine).filter(|one| one.meta.deleted_at.is_none()).max_by_key(|one| one.meta.updated_at);
    Ok(newest.and_then(|one| serde_json::from_value(one.value.0.clone()).ok()).unwrap_or_default())
}

/// Looks at the follow-ups and planned talks of whoever acts. `zone` is where she is.
pub fn look<Z: TimeZone + Clone + Send + Sync + 'static>(ctx: &Ctx, wish: &Wish, zone: &Z) -> Result<Look>
where
    Z::Offset: Send,
{
    if !wish.on {
        return Ok(Look::default());
    }
    let (me, now, wish, zone) = (ctx.actor.user, ctx.source.now(), wish.bounded(), zone.clone());
    ctx.store.read(move |tx| {
        let told = tx.progress::<Told>(TOLD)?.unwrap_or_default();
        let mut things = follow_ups(tx, me, now, &zone)?;
        things.extend(planned(tx, me, now, &wish, &zone)?);
        let (mut known, mut news) = (Vec::new(), Vec::new());
        for thing in due_now(things, &told, &wish, now, &zone) {
            let since = moment(thing.due, &wish, &zone).unwrap_or(now);
            if wrote_after(tx, me, &thing, since)? { known.push(thing) } else { news.push(thing) }
        }
        Ok(Look { notes: gathered(news, now, &zone), known })
    })
}

/// From now on these were told.
pub fn note_told(ctx: &Ctx, things: &[Thing]) -> Result<()> {
    if things.is_empty() {
        return Ok(());
    }
    let (now, things) = (ctx.source.now(), things.to_vec());
    ctx.store.write(move |tx| {
        let mut told = tx.progress::<Told>(TOLD)?.unwrap_or_default();
        things.iter().for_each(|thing| told.note(thing, now));
        told.forget_old(now);
        tx.set_progress(TOLD, &told)
    })
}

/// How many follow-ups of hers are overdue, and how many are for today, by the organisation's day.
pub fn counts(ctx: &Ctx) -> Result<[i64; 2]> {
    let (me, now) = (ctx.actor.user, ctx.source.now());
    ctx.store.read(move |tx| {
        let today = crate::today::Today::of(tx, now)?.0;
        let due = DueQuery { users: vec![me], ..DueQuery::default() };
        let [overdue, for_today, ..] = tx.follow_up_counts(&due, today)?;
        Ok([overdue, for_today])
    })
}

fn follow_ups<Z: TimeZone>(tx: &mut Tx<'_>, me: Id, now: Millis, zone: &Z) -> Result<Vec<Thing>> {
    let today = day_of(now, zone);
    let (from, to) = (Some(today.plus(-DAYS_BACK)), Some(today));
    let found = tx.follow_ups(&DueQuery { users: vec![me], from, to, limit: LOOK_MAX, ..DueQuery::default() })?;
    let things = found.into_iter().filter_map(|one| {
        Some(Thing {
            due: if one.has_time { Due::Wall(one.date?) } else { Due::Day(one.day()?) },
            kind: one.kind,
            id: one.id,
            customer: one.customer,
            customer_name: one.customer_name,
            about: one.subject.map(|subject| follow_up_subject(&subject, one.notes.as_deref())),
        })
    });
    Ok(things.collect())
}

/// Talks that were written down before they happen; what is logged afterwards needs no reminder.
fn planned<Z: TimeZone>(tx: &mut Tx<'_>, me: Id, now: Millis, wish: &Wish, zone: &Z) -> Result<Vec<Thing>> {
    let (from, to) = (Millis(now.0 - GRACE_MS), Millis(now.0 + wish.lead_minutes * 60_000 + 1));
    let rows = tx.planned_rows(me, from, to)?;
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let records = tx.find_many(Kind::Interactions, &ids)?;
    let was_planned = |id: &Id, at: Millis| records.get(id).is_some_and(|one| one.meta().created_at.0 + AHEAD_MS < at.0);
    // What is its own follow-up at that very time is told as that.
    let is_follow_up = |id: &Id, at: Millis| {
        let one = records.get(id).and_then(|one| one.of::<Interaction>()).filter(|one| one.has_open_follow_up());
        one.filter(|one| one.follow_up_has_time).and_then(|one| on_the_wall(one.follow_up_date?, zone)) == Some(at)
    };
    let told_here = |row: &PlannedRow| was_planned(&row.id, row.at) && !is_follow_up(&row.id, row.at);
    let things = rows.into_iter().filter(told_here).map(|row| Thing {
        kind: Kind::Interactions,
        id: row.id,
        customer: row.customer,
        customer_name: row.customer_name,
        about: Some(row.subject),
        due: Due::At(row.at),
    });
    Ok(things.collect())
}

/// Whether she herself made or moved it after the moment at which she would have been told.
fn wrote_after(tx: &mut Tx<'_>, me: Id, thing: &Thing, since: Millis) -> Result<bool> {
    let made = tx.find_many(thing.kind, &[thing.id])?;
    let made = made.get(&thing.id).is_some_and(|one| one.meta().created_by == me && one.meta().created_at >= since);
    // A customer that is new may have come with its day.
    if made {
        return Ok(true);
    }
    let moves = ["followUp", "interactionDate", "nextFollowUpByHand"];
    let lines = tx.history_of(thing.id)?;
    Ok(lines.iter().any(|line| line.by == me && line.at >= since && moves.contains(&line.unit.as_str())))
}
