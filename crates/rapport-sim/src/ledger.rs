//! The ledger of words: everything that somebody typed and that a save acknowledged, until it is known what became of it.

use crate::check::Violation;
use crate::laptop::Laptop;
use crate::server::Server;
use crate::witness;
use rapport_model::mutation::Change;
use rapport_model::{Id, Kind, customer_of};
use std::collections::{BTreeMap, BTreeSet};

struct Word {
    records: Vec<(Kind, Id)>,
    /// What they hang on.
    on: Vec<Id>,
    /// One of them left its author's laptop, and what she remembered of it went along.
    left: bool,
    /// The author typed over it before it was sent.
    typed_over: bool,
    /// It was put into the line by hand, and the server has to refuse it.
    poison: bool,
}

#[derive(Default)]
pub struct Ledger {
    words: BTreeMap<String, Word>,
    /// By laptop: the words that wait in its line.
    waiting: BTreeMap<usize, BTreeSet<String>>,
}

fn words_in<'a>(words: &BTreeMap<String, Word>, mutations: impl Iterator<Item = &'a Vec<Change>>) -> BTreeSet<String> {
    let text: Vec<String> = mutations.map(|changes| serde_json::to_string(changes).unwrap_or_default()).collect();
    words.keys().filter(|word| text.iter().any(|line| line.contains(word.as_str()))).cloned().collect()
}

fn in_line(laptop: &Laptop, words: &BTreeMap<String, Word>) -> BTreeSet<String> {
    words_in(words, laptop.outbox().iter().map(|waiting| &waiting.changes))
}

/// Words in what a restored server is offered by a laptop: what waits, and what it remembers; what its user wrote over among them.
fn offered(laptop: &Laptop, words: &BTreeMap<String, Word>) -> BTreeSet<String> {
    let mut known = words_in(words, laptop.memory().iter());
    known.append(&mut in_line(laptop, words));
    known
}

impl Ledger {
    /// A save was acknowledged.
    pub fn saved(&mut self, laptop: &Laptop, changes: &[Change], words: Vec<String>, poison: bool) -> Result<(), Violation> {
        let records: Vec<(Kind, Id)> =
            changes.iter().filter_map(|change| Some((Kind::parse(&change.kind)?, change.id))).collect();
        let parent = |change: &Change| change.units.get("customerId").and_then(|edit| edit.value.as_str()?.parse().ok());
        let held = records.iter().filter_map(|(kind, id)| customer_of(laptop.rows(*kind).get(id)?.as_ref()));
        let on: Vec<Id> = changes.iter().filter_map(parent).chain(held).collect();
        for word in &words {
            let word_of = Word { records: records.clone(), on: on.clone(), left: false, typed_over: false, poison };
            self.words.insert(word.clone(), word_of);
        }
        if !words.is_empty() {
            witness::met("what was saved waits");
        }
        let before = self.waiting.remove(&laptop.number).unwrap_or_default();
        let now = in_line(laptop, &self.words);
        for word in before.difference(&now) {
            // A save takes out of the line only what its own author typed over or took back.
            self.words.entry(word.clone()).and_modify(|word| word.typed_over = true);
        }
        let missing = words.iter().find(|word| !now.contains(*word));
        self.waiting.insert(laptop.number, now.clone());
        match missing {
            Some(word) => Err(Violation::new("what was saved waits", format!("{word} is not in the line"))),
            None => Ok(()),
        }
    }

    /// Sync went on: what is not in line any more must be somewhere to be found.
    pub fn synced(&mut self, laptop: &Laptop, server: &Server) -> Result<(), Violation> {
        let now = in_line(laptop, &self.words);
        let before = self.waiting.insert(laptop.number, now.clone()).unwrap_or_default();
        // Others' words stand in a line as what was seen, or in a copy that is offered: they are accounted for by their authors.
        for word in before.difference(&now).filter(|word| is_of(word, laptop.number)) {
            self.account(word, &[laptop], server)?;
        }
        let sent =
            self.words.iter_mut().filter(|(word, entry)| is_of(word, laptop.number) && !entry.left && !now.contains(*word));
        for (_, entry) in sent {
            let holds = |(kind, id): &(Kind, Id)| laptop.holds(*kind, *id);
            entry.left = !entry.records.iter().all(holds);
        }
        Ok(())
    }

    /// Whether a word is on the server, in its history, or on a card of these laptops.
    fn account(&self, word: &str, laptops: &[&Laptop], server: &Server) -> Result<(), Violation> {
        let Some(entry) = self.words.get(word) else { return Ok(()) };
        let mut cards = laptops.iter().flat_map(|laptop| laptop.cards());
        let on_card = cards.any(|card| serde_json::to_string(&card).unwrap_or_default().contains(word));
        let (wanted, records) = (word.to_owned(), entry.records.clone());
        let read = server.store.read(move |tx| {
            let mut found = Vec::new();
            for (kind, id) in records {
                let Some(row) = tx.find(kind, id)? else { continue };
                let mut texts = vec![row.to_json().to_string()];
                let mut seen = Vec::new();
                for line in tx.history_of(id)? {
                    // What somebody had seen and wrote over, told by her after a restored server has lost it: of its own saving it
                    // says nothing.
                    if line.overridden {
                        texts.push(line.before.to_string())
                    } else {
                        seen.push(line.before.to_string())
                    }
                    texts.push(line.after.to_string());
                }
                for card in tx.cards_about(id)? {
                    texts.extend(tx.find(Kind::Cards, card)?.map(|card| card.to_json().to_string()));
                }
                let in_any = |texts: &[String]| texts.iter().any(|text| text.contains(&wanted));
                found.push((id, in_any(&texts), in_any(&seen)));
            }
            Ok(found)
        });
        let found = read.expect("the server's rows");
        witness::met("nothing typed is lost");
        if found.len() > 1 {
            witness::met("whole or not at all");
        }
        if entry.poison || (on_card && !found.iter().any(|(_, has, _)| *has)) {
            witness::met("what is refused is shown");
        }
        if on_card || entry.records.iter().map(|(_, id)| id).chain(&entry.on).any(|id| server.is_buried(*id)) {
            // The records are gone for good, or it is shown.
            return Ok(());
        }
        if found.is_empty() {
            return Err(Violation::new("nothing typed is lost", format!("{word}: its record is nowhere")));
        }
        let has = found.iter().filter(|(_, has, _)| *has).count();
        // Where a record was made with it there is no line that says so.
        let whole = found.iter().all(|(_, has, seen)| *has || *seen);
        match has {
            0 if found.iter().any(|(_, _, seen)| *seen) => Ok(()),
            // It never could be taken, unless its author typed over what was wrong with it.
            0 if entry.poison => Err(Violation::new("what is refused is shown", format!("{word} is on no card"))),
            0 => Err(Violation::new("nothing typed is lost", format!("{word} is nowhere"))),
            some if !whole => {
                Err(Violation::new("whole or not at all", format!("{word} is in {some} of {} records", found.len())))
            }
            _ => Ok(()),
        }
    }

    /// The server was restored. What has left its author's laptop she cannot offer again; who wrote over it tells of it.
    pub fn server_restored(&mut self, laptops: &[Laptop]) {
        let offered: BTreeSet<String> = laptops.iter().flat_map(|laptop| offered(laptop, &self.words)).collect();
        for (word, entry) in &mut self.words {
            entry.typed_over |= entry.left && !offered.contains(word);
        }
    }

    /// A laptop's disk was replaced by an older copy: what waited on the other one alone is gone with it, and what it remembered.
    pub fn disk_restored(&mut self, who: usize, laptops: &[Laptop], server: &Server) {
        let now = in_line(&laptops[who], &self.words);
        let before = self.waiting.insert(who, now.clone()).unwrap_or_default();
        for word in before.difference(&now) {
            self.words.entry(word.clone()).and_modify(|word| word.typed_over = true);
        }
        let remembered = offered(&laptops[who], &self.words);
        for (word, entry) in self.words.iter_mut().filter(|(word, _)| is_of(word, who)) {
            // Its cards are those of then.
            entry.typed_over |= entry.poison;
            entry.left |= !remembered.contains(word);
        }
        let offered: BTreeSet<String> = laptops.iter().flat_map(|laptop| offered(laptop, &self.words)).collect();
        let lost = |(word, entry): &(&String, &Word)| {
            entry.left && !offered.contains(*word) && self.account(word, &[&laptops[who]], server).is_err()
        };
        let lost: Vec<String> = self.words.iter().filter(lost).map(|(word, _)| word.clone()).collect();
        for word in lost {
            self.words.entry(word).and_modify(|word| word.typed_over = true);
        }
    }

    /// In the end: everything that was not typed over is to be found, and nothing of it waits.
    pub fn close(&self, laptops: &[Laptop], server: &Server) -> Result<(), Violation> {
        let all: Vec<&Laptop> = laptops.iter().collect();
        for (at, laptop) in laptops.iter().enumerate() {
            let waiting = in_line(laptop, &self.words);
            for word in self.words.keys().filter(|word| is_of(word, laptop.number)) {
                if !self.words[word].typed_over && !waiting.contains(word) {
                    // Who had seen it and wrote over it may have had that refused: then it is on her card.
                    let cards_of = if self.words[word].left { &all[..] } else { &all[at..=at] };
                    self.account(word, cards_of, server)?;
                }
            }
        }
        Ok(())
    }
}

/// The word that a laptop types in its n-th deed: the same in every telling.
pub fn word_of(laptop: usize, n: usize) -> String {
    format!("w{laptop}x{n:03}q")
}

fn is_of(word: &str, laptop: usize) -> bool {
    word.starts_with(&format!("w{laptop}x"))
}
