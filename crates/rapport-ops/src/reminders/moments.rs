//! When somebody is reminded of what. Pure: clock, zone and memory are handed in, so that every one of them can be tried.

use chrono::{DateTime, Duration, LocalResult, Offset, TimeZone, Utc};
use rapport_model::{Day, Id, Kind, Millis};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const MINUTE_MS: i64 = 60_000;
const DAY_MS: i64 = 24 * 60 * MINUTE_MS;

/// So long after it began, a talk is still worth a word: the laptop was asleep.
pub const GRACE_MS: i64 = 60 * MINUTE_MS;

/// What was told by a clock that stood farther ahead than this was told by a wrong one, and counts no more.
const WRONG_CLOCK_MS: i64 = 12 * 60 * MINUTE_MS;

/// How long it is remembered what was told; what is older reminds nobody in any case.
const REMEMBERED_MS: i64 = 60 * DAY_MS;

/// Talks that are told one by one.
const SINGLE_MAX: usize = 3;

/// The longest gap in local time: an island that crosses the date line leaves out a day.
const GAP_MINUTES_MAX: i64 = 25 * 60;

/// What somebody wishes of her reminders.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Wish {
    pub on: bool,
    /// When a day's follow-ups are told: minutes after midnight, where she is.
    pub at_minute: i64,
    /// How long before a planned talk.
    pub lead_minutes: i64,
}

impl Default for Wish {
    fn default() -> Wish {
        Wish { on: true, at_minute: 9 * 60, lead_minutes: 15 }
    }
}

impl Wish {
    /// Within what makes sense, whoever wrote it.
    pub fn bounded(&self) -> Wish {
        Wish { on: self.on, at_minute: self.at_minute.clamp(0, 24 * 60 - 1), lead_minutes: self.lead_minutes.clamp(0, 24 * 60) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// A calendar day, wherever she is.
    Day(Day),
    /// A time on the wall, wherever she is: ms as if the wall hung in UTC.
    Wall(Millis),
    /// An instant.
    At(Millis),
}

/// Something to be reminded of.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    pub kind: Kind,
    pub id: Id,
    pub customer: Id,
    pub customer_name: String,
    pub about: Option<String>,
    pub due: Due,
}

impl Thing {
    /// What is moved is another reminder.
    fn key(&self) -> String {
        match self.due {
            Due::Day(day) => format!("{} day {}", self.id, day.ms()),
            Due::Wall(at) => format!("{} wall {}", self.id, at.0),
            Due::At(at) => format!("{} at {}", self.id, at.0),
        }
    }
}

/// What was told, and when by the clock of that time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Told(BTreeMap<String, i64>);

impl Told {
    pub fn note(&mut self, thing: &Thing, now: Millis) {
        self.0.insert(thing.key(), now.0);
    }

    /// A clock that is set back a little tells nothing twice; one that was days ahead has told nothing.
    fn has(&self, thing: &Thing, now: Millis) -> bool {
        self.0.get(&thing.key()).is_some_and(|at| at - now.0 <= WRONG_CLOCK_MS)
    }

    pub fn forget_old(&mut self, now: Millis) {
        self.0.retain(|_, at| now.0 - *at <= REMEMBERED_MS && *at - now.0 <= WRONG_CLOCK_MS);
    }
}

/// The calendar day where she is.
pub fn day_of<Z: TimeZone>(now: Millis, zone: &Z) -> Day {
    let utc = DateTime::<Utc>::from_timestamp_millis(now.0).unwrap_or_default();
    let ahead = zone.offset_from_utc_datetime(&utc.naive_utc()).fix().local_minus_utc();
    Day::of(Millis(now.0 + i64::from(ahead) * 1000))
}

/// When it is told. `None` = a day outside of any calendar.
pub fn moment<Z: TimeZone>(due: Due, wish: &Wish, zone: &Z) -> Option<Millis> {
    match due {
        Due::At(at) => Some(Millis(at.0 - wish.lead_minutes * MINUTE_MS)),
        Due::Wall(at) => on_the_wall(at, zone),
        Due::Day(day) => on_the_wall(Millis(day.ms() + wish.at_minute * MINUTE_MS), zone),
    }
}

/// When the wall where she is shows this time. One that the clocks leave out is when they go on; one that they show twice, its first.
pub fn on_the_wall<Z: TimeZone>(wall: Millis, zone: &Z) -> Option<Millis> {
    let wall = DateTime::<Utc>::from_timestamp_millis(wall.0)?.naive_utc();
    (0..=GAP_MINUTES_MAX / 15).find_map(|quarters| match zone.from_local_datetime(&(wall + Duration::minutes(quarters * 15))) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(Millis(at.timestamp_millis())),
        LocalResult::None => None,
    })
}

/// What is told now: its moment has come, it was not told, and it is not over.
pub fn due_now<Z: TimeZone>(things: Vec<Thing>, told: &Told, wish: &Wish, now: Millis, zone: &Z) -> Vec<Thing> {
    let is_due = |thing: &Thing| {
        let over = matches!(thing.due, Due::At(at) if now.0 > at.0 + GRACE_MS);
        !over && !told.has(thing, now) && moment(thing.due, wish, zone).is_some_and(|moment| moment <= now)
    };
    things.into_iter().filter(is_due).collect()
}

/// One notification.
#[derive(Clone, Debug, PartialEq)]
pub enum Note {
    One(Thing),
    /// Many at once are one word, never a storm.
    Several(Vec<Thing>),
}

impl Note {
    pub fn things(&self) -> &[Thing] {
        match self {
            Note::One(thing) => std::slice::from_ref(thing),
            Note::Several(things) => things,
        }
    }
}

/// Follow-ups of days come as one notification, talks one by one while they are few: a morning's list drowns no appointment. A
/// follow-up whose time has just come is told alone; one that was missed is among the others.
pub fn gathered<Z: TimeZone>(things: Vec<Thing>, now: Millis, zone: &Z) -> Vec<Note> {
    let just_come = |at| on_the_wall(at, zone).is_some_and(|moment| now.0 <= moment.0 + GRACE_MS);
    let (timed, rest): (Vec<_>, Vec<_>) = things.into_iter().partition(|thing| matches!(thing.due, Due::At(_)));
    let (mut fresh, mut of_days): (Vec<_>, Vec<_>) =
        rest.into_iter().partition(|thing| matches!(thing.due, Due::Wall(at) if just_come(at)));
    if fresh.len() > SINGLE_MAX {
        of_days.append(&mut fresh);
    }
    let mut notes: Vec<Note> = fresh.into_iter().map(Note::One).collect();
    if timed.len() > SINGLE_MAX {
        notes.push(Note::Several(timed));
    } else {
        notes.extend(timed.into_iter().map(Note::One));
    }
    match of_days.len() {
        0 => {}
        1 => notes.extend(of_days.into_iter().map(Note::One)),
        _ => notes.push(Note::Several(of_days)),
    }
    notes
}

#[cfg(test)]
#[path = "moments_tests.rs"]
mod tests;
