//! Which customers may be one and the same: what they say of themselves is compared part by part, and each part gives or takes
//! points (Fellegi and Sunter 1969). Pure: whoever holds customers asks.
//!
//! Names that are looked for while somebody types are the store's (`alike.rs`); here two whole customers are held side by side.

mod blocks;
mod facts;

use crate::slips::{alike, slips};
pub use blocks::pairs;
pub use facts::{Facts, telling_words};
use facts::{Name, PHONE_DIGITS};

/// Points from which two customers are shown as one that may be there twice.
pub const POINTS_MIN: f64 = 4.0;

/// How alike two names are at least, and the points for it.
const NAME_POINTS: [(f64, f64); 4] = [(0.999, 5.0), (0.9, 4.0), (0.8, 3.0), (NAME_MIN, 1.0)];
/// Names that are less alike than this have nothing in common, but maybe a word.
const NAME_MIN: f64 = 0.65;
/// How alike two people's names are at least, and the most points for it.
const PERSON_MIN: f64 = 0.9;
const PERSON_POINTS: f64 = 3.0;
/// The most points of two whose names are less alike than 0.8, and of one of their people.
const NAME_POINTS_WITH_PERSON: f64 = 2.5;
const ADDRESS_POINTS: f64 = 2.5;
const NEIGHBOUR_POINTS: f64 = 1.0;
const TOWN_POINTS: f64 = 1.0;

crate::choice! {
    /// What two customers have in common.
    Reason {
        SameName "sameName",
        LikeName "likeName",
        PartOfName "partOfName",
        SamePerson "samePerson",
        SameMail "sameMail",
        SamePhone "samePhone",
        SameWebsite "sameWebsite",
        SameAddress "sameAddress",
        SameTown "sameTown",
    }
}

/// How alike two customers are, and why.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Likeness {
    /// The higher, the more alike; below 0 they contradict each other.
    pub points: f64,
    /// Names, ways to reach them, places.
    pub reasons: Vec<Reason>,
}

impl Likeness {
    fn give(&mut self, points: f64, reason: Reason) {
        self.points += points;
        self.reasons.push(reason);
    }

    pub fn is_enough(&self) -> bool {
        self.points >= POINTS_MIN
    }
}

/// Holds two customers side by side.
pub fn compare(one: &Facts, other: &Facts) -> Likeness {
    let mut out = Likeness::default();
    compare_names(one, other, &mut out);
    compare_ways(one, other, &mut out);
    compare_places(one, other, &mut out);
    out
}

/// The same, of two that are enough alike; that most others are not shows before their words are compared. Those who are
/// `unreached` share no way to reach them.
fn compare_enough(one: &Facts, other: &Facts, unreached: bool) -> Option<Likeness> {
    may_be_enough(one, other, unreached).then(|| compare(one, other)).filter(Likeness::is_enough)
}

fn may_be_enough(one: &Facts, other: &Facts, unreached: bool) -> bool {
    let mut ways = Likeness::default();
    if !unreached {
        compare_ways(one, other, &mut ways);
    }
    let wanted = POINTS_MIN - ways.points - places_max(one, other);
    let names = || together(&one.names, &other.names).chain(across(one, other));
    // Any two names may share a word; with a person that is worth more than a name that is not much alike.
    let Some((least, _)) = NAME_POINTS.iter().rev().find(|(_, points)| *points >= wanted) else { return false };
    if wanted > NAME_POINTS_WITH_PERSON {
        return nearest(names(), *least) >= *least;
    }
    wanted <= 0.0 || most(names()) >= NAME_MIN || most(people(one, other)) >= PERSON_MIN
}

fn places_max(one: &Facts, other: &Facts) -> f64 {
    let mut zips = Likeness::default();
    compare_zips(one, other, &mut zips);
    let street = match both(&one.street, &other.street) {
        true if same_house(one, other) => ADDRESS_POINTS,
        true if near_house(one, other) => NEIGHBOUR_POINTS,
        _ => 0.0,
    };
    let town = if both(&one.town, &other.town) { TOWN_POINTS } else { 0.0 };
    zips.points + street + town
}

fn most<'a>(pairs: impl Iterator<Item = (&'a Name, &'a Name)>) -> f64 {
    pairs.map(|(name, theirs)| name.likeness_max(theirs)).fold(0.0, f64::max)
}

/// Ways to reach them.
fn compare_ways(one: &Facts, other: &Facts, out: &mut Likeness) {
    if share(&one.mails, &other.mails) {
        out.give(5.0, Reason::SameMail);
    } else if !one.mails.is_empty() && !other.mails.is_empty() {
        out.points -= 0.5;
    }
    if one.phones.iter().any(|mine| other.phones.iter().any(|theirs| same_phone(mine, theirs))) {
        out.give(4.0, Reason::SamePhone);
    }
    if !one.host.is_empty() && one.host == other.host {
        out.give(2.5, Reason::SameWebsite);
    }
}

/// The names that go together best count: what two customers are called, and what one is called and somebody of the other's people.
fn compare_names(one: &Facts, other: &Facts, out: &mut Likeness) {
    let own = || together(&one.names, &other.names);
    let best = nearest(own().chain(across(one, other)), NAME_MIN);
    let mut person = PERSON_POINTS;
    match NAME_POINTS.iter().find(|(least, _)| best >= *least) {
        Some((least, points)) => {
            out.give(*points, if *least > 0.99 { Reason::SameName } else { Reason::LikeName });
            if *least == NAME_MIN {
                person = 1.5;
            }
        }
        // A first name that was left out, or another one: where the address is the same, that is worth a look.
        None if own().any(|(name, theirs)| name.shares_word(theirs)) => {
            out.give(0.0, Reason::PartOfName);
            person = 2.5;
        }
        None => out.points -= 3.0,
    }
    // There are many of the same name, and who changes jobs is with two: that alone makes no two firms one, a town beside it neither.
    if best < 0.8 && nearest(people(one, other), PERSON_MIN) >= PERSON_MIN {
        out.give(person, Reason::SamePerson);
    }
}

/// What one is called, and the people of the other.
fn across<'a>(one: &'a Facts, other: &'a Facts) -> impl Iterator<Item = (&'a Name, &'a Name)> {
    together(&one.names, &other.people).chain(together(&one.people, &other.names)).filter(both_full)
}

fn people<'a>(one: &'a Facts, other: &'a Facts) -> impl Iterator<Item = (&'a Name, &'a Name)> {
    together(&one.people, &other.people).filter(both_full)
}

/// One word of a firm is the last name of many: a person's name is held against a firm's with both of its words.
fn both_full((name, theirs): &(&Name, &Name)) -> bool {
    name.words.len() > 1 && theirs.words.len() > 1
}

fn together<'a>(mine: &'a [Name], theirs: &'a [Name]) -> impl Iterator<Item = (&'a Name, &'a Name)> {
    mine.iter().flat_map(move |name| theirs.iter().map(move |other| (name, other)))
}

/// How alike the nearest two are; 0 if that is less than `least`.
fn nearest<'a>(pairs: impl Iterator<Item = (&'a Name, &'a Name)>, least: f64) -> f64 {
    pairs.fold(0.0, |best, (name, theirs)| name.likeness(theirs, least.max(best)).max(best))
}

/// One may lack country or area; what both say has to be the same.
fn same_phone(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    short == long || (short.len() >= PHONE_DIGITS && long.ends_with(short))
}

/// Whether two streets name one house, as far as they say: "12" is in "12-14" and in "12/2/14".
fn same_house(one: &Facts, other: &Facts) -> bool {
    one.houses.is_empty() || other.houses.is_empty() || share(&one.houses, &other.houses)
}

/// Whether a number may be the other one with a slip of the pen, or the neighbour's.
fn near_house(one: &Facts, other: &Facts) -> bool {
    one.houses.iter().any(|mine| other.houses.iter().any(|theirs| slips(mine, theirs) <= 1))
}

fn both(mine: &str, theirs: &str) -> bool {
    !mine.is_empty() && !theirs.is_empty()
}

fn compare_zips(one: &Facts, other: &Facts, out: &mut Likeness) {
    if both(&one.zip, &other.zip) {
        out.points += match slips(&one.zip, &other.zip) {
            0 => 1.5,
            1 => 1.0,
            _ => -1.0,
        };
    }
}

fn compare_places(one: &Facts, other: &Facts, out: &mut Likeness) {
    if both(&one.street, &other.street) {
        let same_house = same_house(one, other);
        let mut near = alike(&one.street, &other.street, 0.5);
        if same_house {
            // Of one house one says the door as well.
            let bare = |street: &str| street.chars().filter(|c| !c.is_ascii_digit()).collect::<String>();
            near = near.max(alike(&bare(&one.street), &bare(&other.street), 0.5));
        }
        match near {
            near if near >= 0.8 && same_house => out.give(ADDRESS_POINTS, Reason::SameAddress),
            near if near >= 0.8 && near_house(one, other) => out.points += NEIGHBOUR_POINTS,
            near if near < 0.5 => out.points -= 1.5,
            _ => {}
        }
    }
    compare_zips(one, other, out);
    if both(&one.town, &other.town) {
        if alike(&one.town, &other.town, 0.8) > 0.0 {
            out.give(TOWN_POINTS, Reason::SameTown);
        } else {
            out.points -= 1.0;
        }
    }
}

fn share(one: &[String], other: &[String]) -> bool {
    one.iter().any(|mine| other.contains(mine))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customer::Address;
    use crate::{Contact, Customer};
    use proptest::prelude::*;

    fn customer(name: &str, town: &str) -> Customer {
        let address = Some(Address { city: town.into(), ..Address::default() }).filter(|_| !town.is_empty());
        Customer { name: name.into(), address, ..Customer::default() }
    }

    fn facts(customer: &Customer) -> Facts {
        Facts::of(customer, &[])
    }

    fn alike(one: &Customer, other: &Customer) -> bool {
        compare(&facts(one), &facts(other)).is_enough()
    }

    #[test]
    fn what_a_company_is_in_law_makes_no_difference() {
        assert!(alike(&customer("Müller Präzision GmbH & Co. KG", ""), &customer("Mueller Präzision", "")));
        assert!(alike(&customer("The Acme Company", "Leeds"), &customer("ACME Ltd.", "Leeds")));
        assert!(!alike(&customer("Müller Präzision GmbH", ""), &customer("Weber Präzision GmbH", "")));
    }

    #[test]
    fn branches_in_two_towns_are_two() {
        let shop = |town: &str, zip: &str, street: &str| {
            let address = Address { city: town.into(), zip_code: zip.into(), street: street.into(), ..Address::default() };
            Customer { name: "Optik Huber".into(), address: Some(address), ..Customer::default() }
        };
        let here = shop("Salzburg", "5020", "Linzer Gasse 4");
        assert!(alike(&here, &shop("Salzburg", "5020", "Linzergasse 4")));
        assert!(!alike(&here, &shop("Graz", "8010", "Herrengasse 11")));
    }

    #[test]
    fn one_mail_or_phone_says_more_than_a_name() {
        let contact = |mail: &str, phone: &str| Contact {
            first_name: "Lena".into(),
            last_name: "Vogt".into(),
            email: Some(mail.into()),
            phone: Some(phone.into()),
            ..Contact::default()
        };
        let one = Facts::of(&customer("Vogt Consulting", ""), &[contact("lena@vogt.example", "+49 30 123456")]);
        let other = Facts::of(&customer("LV Beratung", ""), &[contact("Lena@Vogt.example ", "030 123456")]);
        let found = compare(&one, &other);
        assert_eq!(found.reasons, [Reason::SamePerson, Reason::SameMail, Reason::SamePhone]);
        assert!(found.is_enough());
    }

    #[test]
    fn two_firms_are_not_one_by_neighbours_and_names_that_many_have() {
        let firm = |name: &str, street: &str, person: &str, phone: &str| {
            let (first, last) = person.split_once(' ').unwrap_or((person, ""));
            let address = Address { city: "Köln".into(), zip_code: "50661".into(), street: street.into(), ..Address::default() };
            let contact = Contact { first_name: first.into(), last_name: last.into(), ..Contact::default() };
            let customer =
                Customer { name: name.into(), phone: Some(phone.into()), address: Some(address), ..Customer::default() };
            Facts::of(&customer, &[contact])
        };
        let one = firm("Nordstern Labortechnik AG", "Gartenweg 79", "Anna Schmidt", "+49 221 5550190");
        // The same first name, a house down the road, a number of another town.
        let other = firm("Krause Sensorik e. K.", "Gartenweg 12", "Anna Weber", "+49 30 5550190");
        assert!(!compare(&one, &other).is_enough());
        // One person at two firms of one town.
        let other = firm("Krause Sensorik e. K.", "Am Hang 3", "Anna Schmidt", "+49 221 777777");
        assert!(!compare(&one, &other).is_enough());
        // The next house, two people of one last name.
        let huber = firm("Hans Huber", "Hauptstr. 12", "Hans Huber", "");
        assert!(!compare(&huber, &firm("Maria Huber", "Hauptstr. 14", "Maria Huber", "")).is_enough());
        // Whoever is called by one word may be anybody.
        let desk = firm("Krause Sensorik e. K.", "Gartenweg 79", "Empfang", "");
        assert!(!compare(&firm("Nordstern Labortechnik AG", "Gartenweg 79", "Empfang", ""), &desk).is_enough());
        // One person at two firms of one trade.
        let bau = firm("Müller Bau", "", "Anna Schmidt", "");
        let mut other = firm("Weber Bau", "", "Anna Schmidt", "");
        other.zip.clear();
        assert!(!compare(&bau, &other).is_enough());
        // A door behind the number is the same house.
        let door = firm("Nordstern Labor", "Gartenweg 79/2/14", "Ute Bos", "");
        assert!(compare(&one, &door).reasons.contains(&Reason::SameAddress));
        // One house, one person.
        let other = firm("Krause Sensorik e. K.", "Gartenweg 79", "Anna Schmidt", "+49 221 777777");
        assert_eq!(compare(&one, &other).reasons, [Reason::SamePerson, Reason::SameAddress, Reason::SameTown]);
        assert!(compare(&one, &other).is_enough());
    }

    #[test]
    fn a_phone_number_is_the_same_however_it_is_dialled() {
        let digits = |phone: &str| {
            let customer = Customer { phone: Some(phone.into()), ..customer("Huber", "") };
            facts(&customer).phones.concat()
        };
        let same = |one: &str, other: &str| same_phone(&digits(one), &digits(other));
        for way in ["030 1234567", "0049 30 1234567", "+49 (0)30 1234567", "+49 (030) 1234567", "1234567", "+493012345 67"] {
            assert!(same("+49 30 1234567", way), "{way}");
        }
        assert!(!same("+49 30 1234567", "+49 40 1234567"));
        assert!(!same("+49 30 1234567", "234567"));
    }

    #[test]
    fn pairs_are_found_among_many_and_each_once() {
        let mut all: Vec<Facts> =
            (0..300).map(|n| facts(&customer(&format!("Firma {}", WORDS[n % 7].repeat(n / 7 + 1)), ""))).collect();
        all.push(facts(&customer("Nordlicht Optik", "Kiel")));
        all.push(facts(&customer("Nordlicht Optk GmbH", "Kiel")));
        let found = pairs(&all);
        let of_two: Vec<_> = found.iter().filter(|(one, other, _)| *one >= 300 && *other >= 300).collect();
        assert_eq!(of_two.len(), 1);
        assert_eq!(of_two[0].2.reasons, [Reason::LikeName, Reason::SameTown]);
    }

    fn anybody() -> impl Strategy<Value = Facts> {
        let name = "(Nord|Nrod|Süd)(stern|stren|licht) ?(Optik|Otpik|Bau)?( GmbH)?";
        let street = "(Gartenweg|Gartnweg|Hauptstr\\.) ?(1|12|12-14|79)?";
        let person =
            ("(Anna|Ana|Ute)", "(Schmidt|Schmitt|Bos)", prop::option::of("[ab]@x\\.example"), prop::option::of("030 55501[12]"));
        let place = (street, "(5066[12]|5020)?", "(Köln|Koeln|Graz)?");
        (name, prop::collection::vec(person, 0..3), place).prop_map(|(name, people, (street, zip_code, city))| {
            let address = Some(Address { street, zip_code, city, ..Address::default() });
            let people: Vec<Contact> = people
                .into_iter()
                .map(|(first_name, last_name, email, phone)| Contact {
                    first_name,
                    last_name,
                    email,
                    phone,
                    ..Contact::default()
                })
                .collect();
            Facts::of(&Customer { name, address, ..Customer::default() }, &people)
        })
    }

    proptest! {
        #[test]
        fn whoever_is_left_out_is_not_alike(one in anybody(), other in anybody()) {
            let all = compare(&one, &other);
            let reached = [Reason::SameMail, Reason::SamePhone].iter().any(|way| all.reasons.contains(way));
            prop_assert_eq!(compare_enough(&one, &other, !reached).is_some(), all.is_enough());
            prop_assert_eq!(compare_enough(&one, &other, false).is_some(), all.is_enough());
        }
    }

    const WORDS: [&str; 7] = ["ab", "cde", "fgh", "ijkl", "mno", "pqr", "stu"];
}
