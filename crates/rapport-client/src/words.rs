//! Words outside of the window: in notifications and in the tray. Everything else is in the interface's own catalogue.

use chrono::{DateTime, TimeZone, Utc};
use rapport_model::{Day, Millis};
use rapport_ops::reminders::moments::{Due, Note, Thing, day_of};
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    En,
    De,
}

/// Names that a word about many gives.
const NAMES_MAX: usize = 3;

/// Characters of somebody's text that a notification shows.
const ABOUT_MAX: usize = 120;

/// A notification as it is shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Notice {
    pub title: String,
    pub body: String,
    /// What it is pressed for.
    pub press: &'static str,
    /// The place in the interface that it leads to.
    pub place: String,
}

impl Language {
    /// As the system speaks, until the interface says otherwise.
    pub fn of_system() -> Language {
        let set =
            ["LC_ALL", "LC_MESSAGES", "LANG"].iter().find_map(|name| std::env::var(name).ok().filter(|set| !set.is_empty()));
        if set.is_some_and(|set| set.to_lowercase().starts_with("de")) { Language::De } else { Language::En }
    }

    fn of(self, english: &'static str, german: &'static str) -> &'static str {
        match self {
            Language::En => english,
            Language::De => german,
        }
    }

    pub fn open(self) -> &'static str {
        self.of("Open Rapport", "Rapport öffnen")
    }

    pub fn sync_now(self) -> &'static str {
        self.of("Sync now", "Jetzt synchronisieren")
    }

    pub fn work_offline(self) -> &'static str {
        self.of("Work offline", "Offline arbeiten")
    }

    pub fn quit(self) -> &'static str {
        self.of("Quit Rapport", "Rapport beenden")
    }

    /// What is due, by the counts of overdue ones and of today's.
    pub fn due(self, overdue: i64, today: i64) -> String {
        let both = overdue + today;
        match (self, both, overdue) {
            (Language::En, 0, _) => "No follow-ups due".to_owned(),
            (Language::De, 0, _) => "Nichts nachzufassen".to_owned(),
            (Language::En, 1, 0) => "1 follow-up due".to_owned(),
            (Language::En, _, 0) => format!("{both} follow-ups due"),
            (Language::De, _, 0) => format!("Nachfassen: {both}"),
            (Language::En, 1, _) => "1 follow-up overdue".to_owned(),
            (Language::En, ..) => format!("{both} follow-ups due, {overdue} overdue"),
            (Language::De, ..) => format!("Nachfassen: {both}, davon {overdue} überfällig"),
        }
    }

    /// How a note reads at `now` in `zone`.
    pub fn notice<Z: TimeZone>(self, note: &Note, now: Millis, zone: &Z) -> Notice {
        match note {
            Note::One(thing) => Notice {
                title: short(&thing.customer_name),
                body: self.one(thing, now, zone),
                press: self.of("Open customer", "Kunden öffnen"),
                place: format!("/customers/{}", thing.customer),
            },
            Note::Several(things) => {
                let timed = things.iter().any(|thing| matches!(thing.due, Due::At(_)));
                Notice {
                    title: self.several(things.len(), timed),
                    body: self.names(things),
                    press: self.of("Open Today", "Heute öffnen"),
                    place: "/today".to_owned(),
                }
            }
        }
    }

    fn one<Z: TimeZone>(self, thing: &Thing, now: Millis, zone: &Z) -> String {
        let about = thing.about.as_deref().map(str::trim).filter(|about| !about.is_empty()).map(short);
        let head = match thing.due {
            Due::At(at) => clock(at, zone),
            Due::Day(day) if day < day_of(now, zone) => self.since(day),
            Due::Wall(at) if Day::of(at) < day_of(now, zone) => self.since(Day::of(at)),
            // The wall hangs wherever she is.
            Due::Wall(at) => clock(at, &Utc),
            Due::Day(_) => self.of("Follow-up for today", "Heute nachfassen").to_owned(),
        };
        match about {
            Some(about) => format!("{head} · {about}"),
            None => head,
        }
    }

    fn since(self, day: Day) -> String {
        let date = DateTime::<Utc>::from_timestamp_millis(day.ms()).unwrap_or_default();
        match self {
            Language::En => format!("Overdue since {}", date.format("%-d %b %Y")),
            Language::De => format!("Überfällig seit {}", date.format("%-d.%-m.%Y")),
        }
    }

    fn several(self, count: usize, timed: bool) -> String {
        match (self, timed) {
            (Language::En, false) => format!("{count} follow-ups are due"),
            (Language::De, false) => format!("{count} Kunden warten auf Sie"),
            (Language::En, true) => format!("{count} appointments are about to begin"),
            (Language::De, true) => format!("{count} Termine beginnen gleich"),
        }
    }

    fn names(self, things: &[Thing]) -> String {
        let mut names: Vec<String> = Vec::new();
        for name in things.iter().map(|thing| short(&thing.customer_name)) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let more = names.len().saturating_sub(NAMES_MAX);
        names.truncate(NAMES_MAX);
        let shown = names.join(", ");
        match (self, more) {
            (_, 0) => shown,
            (Language::En, _) => format!("{shown} and {more} more"),
            (Language::De, _) => format!("{shown} und {more} weitere"),
        }
    }
}

/// The time where she is.
fn clock<Z: TimeZone>(at: Millis, zone: &Z) -> String {
    let there = zone.from_utc_datetime(&DateTime::<Utc>::from_timestamp_millis(at.0).unwrap_or_default().naive_utc());
    there.naive_local().format("%H:%M").to_string()
}

/// One line of it: a notification is no place for a page.
fn short(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= ABOUT_MAX { line } else { line.chars().take(ABOUT_MAX - 1).chain(['…']).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::FixedOffset;
    use rapport_model::{Id, Kind};

    /// 5 May 2026, 12:00 UTC.
    const NOON: Millis = Millis(1_777_982_400_000);

    fn thing(name: &str, about: Option<&str>, due: Due) -> Thing {
        let customer_name = name.to_owned();
        Thing { kind: Kind::Interactions, id: Id::NIL, customer: Id::NIL, customer_name, about: about.map(str::to_owned), due }
    }

    fn said(language: Language, note: &Note) -> (String, String) {
        let zone = FixedOffset::east_opt(2 * 3600).expect("a zone");
        let Notice { title, body, .. } = language.notice(note, NOON, &zone);
        (title, body)
    }

    #[test]
    fn one_thing_says_whom_when_and_what() {
        let talk = Note::One(thing("Acme", Some("Demo\nof the frames"), Due::At(Millis(NOON.0 + 30 * 60_000))));
        assert_eq!(said(Language::En, &talk), ("Acme".into(), "14:30 · Demo of the frames".into()));
        let late = Note::One(thing("Acme", Some("Call back"), Due::Day(Day::of(NOON).plus(-2))));
        assert_eq!(said(Language::En, &late).1, "Overdue since 3 May 2026 · Call back");
        assert_eq!(said(Language::De, &late).1, "Überfällig seit 3.5.2026 · Call back");
        let today = Note::One(thing("Acme", None, Due::Day(Day::of(NOON))));
        assert_eq!(said(Language::De, &today).1, "Heute nachfassen");
        let timed =
            |days: i64| Note::One(thing("Acme", Some("Ring"), Due::Wall(Millis(NOON.0 + 150 * 60_000 + days * 86_400_000))));
        assert_eq!(said(Language::En, &timed(0)).1, "14:30 · Ring");
        assert_eq!(said(Language::En, &timed(-1)).1, "Overdue since 4 May 2026 · Ring");
    }

    #[test]
    fn many_things_are_counted_and_some_named() {
        let of = |name: &str| thing(name, None, Due::Day(Day::of(NOON)));
        let note = Note::Several(vec![of("A"), of("B"), of("A"), of("C"), of("D")]);
        assert_eq!(said(Language::En, &note), ("5 follow-ups are due".into(), "A, B, C and 1 more".into()));
        assert_eq!(said(Language::De, &note).1, "A, B, C und 1 weitere");
        assert_eq!(Language::De.due(2, 3), "Nachfassen: 5, davon 2 überfällig");
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let long = thing("ü".repeat(500).as_str(), None, Due::Day(Day::of(NOON)));
        assert_eq!(said(Language::En, &Note::One(long)).0.chars().count(), ABOUT_MAX);
    }
}
