//! Mistyped names are found: every kind of wrong letter, in a store that is being written to.

use super::{id, open, put};
use rapport_model::{Contact, Customer, Id, Meta, Millis};
use rapport_store::alike::{Called, Index, Rank};

/// A small generator of its own, so that the same names come every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const STARTS: &[&str] = &[
    "Al", "Ber", "Cam", "Dor", "El", "Fal", "Gro", "Hal", "Im", "Jor", "Kram", "Lind", "Mor", "Nor", "Ost", "Pet", "Rös", "Schä",
    "Tor", "Wal",
];
const MIDDLES: &[&str] = &["ba", "de", "fen", "gar", "hi", "ka", "lo", "men", "ni", "po", "ra", "sen", "ti", "vo", "wer", "zel"];
const ENDS: &[&str] =
    &["ch", "der", "feld", "gaard", "huber", "ic", "keil", "lund", "mann", "nen", "rup", "ska", "stein", "tti", "wald", "y"];
const TRADES: &[&str] =
    &["Metallbau", "Logistics", "Dental", "Bakery", "Optics", "Travel", "Energie", "Design", "Software", "Foods"];
const FORMS: &[&str] = &["GmbH", "AG", "Ltd", "s.r.o.", "AB", "& Co", "B.V.", ""];

fn name(dice: &mut Dice) -> String {
    let root = format!("{}{}{}", dice.pick(STARTS), dice.pick(MIDDLES), dice.pick(ENDS));
    let trade = if dice.below(3) == 0 { "" } else { dice.pick(TRADES) };
    format!("{root} {trade} {}", dice.pick(FORMS)).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One letter swapped with its neighbour, dropped, added or replaced.
fn mistype(name: &str, how: usize, dice: &mut Dice) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = dice.below(letters.len() - 1);
    let other = char::from(b'a' + dice.below(26) as u8);
    match how {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, other),
        _ => letters[at] = other,
    }
    letters.into_iter().collect()
}

#[test]
fn ninety_five_of_a_hundred_mistyped_names_are_among_the_first_ten() {
    let mut dice = Dice(26);
    let mut names = std::collections::BTreeSet::new();
    let mut index = Index::default();
    let mut all: Vec<(Id, String)> = Vec::new();
    while all.len() < 100_000 {
        // Names are unique in an organisation.
        let mut text = name(&mut dice);
        if !names.insert(text.clone()) {
            text = format!("{text} {}", ["Nord", "Süd", "West", "Ost", "2"][dice.below(5)]);
            if !names.insert(text.clone()) {
                let (start, middle) = (dice.pick(STARTS), dice.pick(MIDDLES));
                text = format!("{start}{middle} {text}");
                if !names.insert(text.clone()) {
                    continue;
                }
            }
        }
        let id = Id::from_bytes((all.len() as u128 + 1).to_be_bytes());
        index.put(id, &[Called { rank: Rank::Name, text: text.clone() }]);
        all.push((id, text));
    }
    let mut found = [0; 4];
    for n in 0..2000 {
        let (id, name) = &all[dice.below(all.len())];
        let typed = mistype(name, n % 4, &mut dice);
        found[n % 4] += usize::from(index.find(&typed, 10).contains(id));
    }
    assert!(found.iter().sum::<usize>() >= 1900, "of 500 each, swapped, dropped, added, replaced: {found:?}");
    assert!(found.iter().all(|one| *one >= 460), "of 500 each, swapped, dropped, added, replaced: {found:?}");
}

#[test]
fn a_mistyped_name_is_found_behind_what_was_meant_and_follows_every_save() {
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let mut made = Vec::new();
    for (n, name) in [(1, "Hubert Reisen"), (2, "Huber"), (3, "Zimmermann Bau")] {
        let mut c = Customer { meta: Meta { id: id(n), ..Meta::default() }, name: name.into(), ..Customer::default() };
        c.compute_own();
        made.push(c);
    }
    put(&store, made);
    let search = |text: &'static str| store.read(move |tx| tx.search_customers(text, 10, None)).expect("searched");
    assert_eq!(search("zimermann"), [], "the names were not learnt yet");
    store.learn_names().expect("learnt");
    assert_eq!(search("huber"), [id(2), id(1)], "what starts so comes first");
    assert_eq!((search("hubre"), search("zimermann"), search("xyz")), (vec![id(2), id(1)], vec![id(3)], vec![]));
    store
        .write(|tx| {
            let mut c = tx.get_as::<Customer>(id(3))?;
            c.name = "Andersson Bau".into();
            c.compute_own();
            tx.put(&c)?;
            let person = Contact {
                meta: Meta { id: id(9), ..Meta::default() },
                customer_id: id(2),
                first_name: "Agnieszka".into(),
                last_name: "Wójcik".into(),
                ..Contact::default()
            };
            tx.put(&person)?;
            tx.refresh_customers(&[id(2), id(3)], Millis(0)).map(drop)
        })
        .expect("written");
    assert_eq!((search("zimermann"), search("anderson bau"), search("agnieska")), (vec![], vec![id(3)], vec![id(2)]));
    let undone = store.write(|tx| {
        tx.drop_search(id(3))?;
        Err::<(), _>(rapport_model::Error::internal("taken back"))
    });
    assert!(undone.is_err());
    assert_eq!(search("anderson bau"), [id(3)], "what was rolled back is as it was");
    store.write(|tx| tx.drop_search(id(3))).expect("written");
    assert_eq!(search("anderson bau"), []);
}
