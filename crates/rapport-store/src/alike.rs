//! Names that are nearly what was typed: an index in memory, filled when it is first asked for and kept in step by every
//! commit.
//!
//! A signature of its letters and one of its pairs rule most names out; what is left is compared letter by letter, all letters of what was typed at
//! once (Myers 1999, with swaps after Hyyrö 2003). It holds names, companies, people and mail addresses, and no rows: who asks
//! reads them from the store.

mod pairs;
mod pattern;

use pairs::{NAMES, Pairs};
use pattern::{LETTERS_MIN, Pattern, letters, signature};
use rapport_model::Id;
use std::collections::{BinaryHeap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

/// From so many letters on, two may be wrong.
const LETTERS_FOR_TWO: usize = 9;

/// What a customer is called, and in which order that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Called {
    pub rank: Rank,
    pub text: String,
}

/// A hit in a name counts before one in a mail address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Name,
    Company,
    Person,
    Mail,
}

/// What a customer is called from now on; `None` takes it out.
pub(crate) type Named = (Id, Option<Vec<Called>>);

/// The entries of one customer.
#[derive(Clone, Copy)]
struct Span {
    first: u32,
    count: u32,
}

/// An entry of a customer that was renamed or is gone.
const DEAD: u32 = u32::MAX;

/// The names of all customers, one entry behind the other.
#[derive(Default)]
pub struct Index {
    letters: Vec<u64>,
    pairs: Pairs,
    /// Where the text of each entry begins.
    starts: Vec<u32>,
    docs: Vec<u32>,
    ranks: Vec<Rank>,
    bytes: Vec<u8>,
    ids: Vec<Id>,
    by_id: HashMap<Id, u32>,
    spans: Vec<Span>,
    dead: usize,
}

impl Index {
    /// What a customer is called from now on.
    pub fn put(&mut self, id: Id, called: &[Called]) {
        self.take_out(id);
        let doc = match self.by_id.get(&id) {
            Some(doc) => *doc,
            None => {
                let doc = self.ids.len() as u32;
                self.ids.push(id);
                self.spans.push(Span { first: 0, count: 0 });
                self.by_id.insert(id, doc);
                doc
            }
        };
        let first = self.docs.len() as u32;
        let mut before: Vec<Vec<u8>> = Vec::with_capacity(called.len());
        for Called { rank, text } in called {
            let text = letters(text);
            // "Lena Vogt" of the person Lena Vogt says nothing new.
            if text.len() < LETTERS_MIN - 1 || before.contains(&text) {
                continue;
            }
            self.letters.push(signature(&text));
            self.pairs.push(&text);
            self.starts.push(self.bytes.len() as u32);
            self.docs.push(doc);
            self.ranks.push(*rank);
            self.bytes.extend(&text);
            before.push(text);
        }
        self.spans[doc as usize] = Span { first, count: before.len() as u32 };
        if self.dead > 1000 && self.dead > self.docs.len() / 4 {
            self.pack();
        }
    }

    /// Takes the names of a customer out.
    pub fn take_out(&mut self, id: Id) {
        let Some(doc) = self.by_id.get(&id) else { return };
        let span = std::mem::replace(&mut self.spans[*doc as usize], Span { first: 0, count: 0 });
        for at in span.first..span.first + span.count {
            self.docs[at as usize] = DEAD;
            self.dead += 1;
        }
    }

    fn text(&self, at: usize) -> &[u8] {
        let end = self.starts.get(at + 1).map_or(self.bytes.len(), |end| *end as usize);
        &self.bytes[self.starts[at] as usize..end]
    }

    /// Writes the living entries one behind the other again.
    fn pack(&mut self) {
        let mut new = Index { ids: std::mem::take(&mut self.ids), by_id: std::mem::take(&mut self.by_id), ..Index::default() };
        new.spans = vec![Span { first: 0, count: 0 }; new.ids.len()];
        for at in (0..self.docs.len()).filter(|at| self.docs[*at] != DEAD) {
            let doc = self.docs[at];
            let span = &mut new.spans[doc as usize];
            if span.count == 0 {
                span.first = new.docs.len() as u32;
            }
            span.count += 1;
            new.letters.push(self.letters[at]);
            new.pairs.push(self.text(at));
            new.starts.push(new.bytes.len() as u32);
            new.docs.push(doc);
            new.ranks.push(self.ranks[at]);
            new.bytes.extend(self.text(at));
        }
        *self = new;
    }

    /// The customers that are called nearly so, the nearest first. Those with two wrong letters are looked for only if there are none with
    /// one: it takes several times as long, and they would mostly be others.
    pub fn find(&self, typed: &str, limit: usize) -> Vec<Id> {
        let typed = letters(typed);
        let mut found = Pattern::of(&typed, 1).map_or_else(Vec::new, |pattern| self.find_with(&pattern, limit));
        if found.is_empty() && typed.len() >= LETTERS_FOR_TWO {
            found = Pattern::of(&typed, 2).map_or_else(Vec::new, |pattern| self.find_with(&pattern, limit));
        }
        found
    }

    fn find_with(&self, pattern: &Pattern<'_>, limit: usize) -> Vec<Id> {
        // Twice as many as are wanted: some may be the same customer by another name.
        let kept = limit.saturating_mul(2).max(16);
        let mut best: BinaryHeap<(u32, usize, Rank, u32)> = BinaryHeap::with_capacity(kept + 1);
        for (block, (pairs, letters)) in self.pairs.blocks().zip(self.letters.chunks(NAMES)).enumerate() {
            for name in pattern.may_fit(pairs, letters) {
                let at = block * NAMES + name;
                let text = self.text(at);
                let Some(wrong) = pattern.wrong_in(text).filter(|_| self.docs[at] != DEAD) else { continue };
                best.push((wrong, text.len().abs_diff(pattern.length()), self.ranks[at], self.docs[at]));
                if best.len() > kept {
                    best.pop();
                }
            }
        }
        let mut out: Vec<Id> = Vec::with_capacity(limit);
        for (.., doc) in best.into_sorted_vec() {
            let id = self.ids[doc as usize];
            if out.len() < limit && !out.contains(&id) {
                out.push(id);
            }
        }
        out
    }

    /// Bytes that it holds in memory, about.
    pub fn bytes(&self) -> usize {
        let entries = self.letters.capacity() * 8 + self.pairs.bytes() + (self.starts.capacity() + self.docs.capacity()) * 4;
        let customers = self.ids.capacity() * size_of::<Id>() + self.spans.capacity() * size_of::<Span>();
        let map = self.by_id.capacity() * (size_of::<(Id, u32)>() + 1);
        entries + self.ranks.capacity() + self.bytes.capacity() + customers + map
    }

    fn shrink(&mut self) {
        self.letters.shrink_to_fit();
        self.pairs.shrink();
        self.starts.shrink_to_fit();
        self.docs.shrink_to_fit();
        self.ranks.shrink_to_fit();
        self.bytes.shrink_to_fit();
        self.ids.shrink_to_fit();
        self.spans.shrink_to_fit();
    }
}

enum State {
    Empty,
    /// Commits meanwhile.
    Filling(Vec<Named>),
    Ready(Box<Index>),
}

/// The index of one open store.
pub(crate) struct Alike {
    state: RwLock<State>,
    turn: Mutex<()>,
}

impl Default for Alike {
    fn default() -> Alike {
        Alike { state: RwLock::new(State::Empty), turn: Mutex::new(()) }
    }
}

impl Alike {
    /// Whoever fills it goes first; others wait for the index.
    pub fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn is_ready(&self) -> bool {
        matches!(&*self.state.read().unwrap_or_else(PoisonError::into_inner), State::Ready(_))
    }

    /// Whether anybody wants to hear of names.
    pub fn is_wanted(&self) -> bool {
        !matches!(&*self.state.read().unwrap_or_else(PoisonError::into_inner), State::Empty)
    }

    fn set(&self, state: State) -> State {
        std::mem::replace(&mut *self.state.write().unwrap_or_else(PoisonError::into_inner), state)
    }

    /// From here on commits are noted, so that a snapshot taken later misses nothing.
    pub fn begin(&self) {
        self.set(State::Filling(Vec::new()));
    }

    /// Forgets the names; who asks next learns them anew.
    pub fn give_up(&self) {
        self.set(State::Empty);
    }

    pub fn filled(&self, mut index: Index) {
        index.shrink();
        let mut state = self.state.write().unwrap_or_else(PoisonError::into_inner);
        // Given up meanwhile: so much changed that it is read anew when it is asked for.
        let State::Filling(meanwhile) = &mut *state else { return };
        apply(&mut index, std::mem::take(meanwhile));
        *state = State::Ready(Box::new(index));
    }

    /// What a commit changed.
    pub fn note(&self, named: Vec<Named>) {
        if named.is_empty() {
            return;
        }
        match &mut *self.state.write().unwrap_or_else(PoisonError::into_inner) {
            State::Empty => {}
            State::Filling(meanwhile) => meanwhile.extend(named),
            State::Ready(index) => apply(index, named),
        }
    }

    pub fn find(&self, typed: &str, limit: usize) -> Vec<Id> {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Ready(index) => index.find(typed, limit),
            _ => Vec::new(),
        }
    }

    pub fn bytes(&self) -> usize {
        match &*self.state.read().unwrap_or_else(PoisonError::into_inner) {
            State::Ready(index) => index.bytes(),
            _ => 0,
        }
    }
}

fn apply(index: &mut Index, named: Vec<Named>) {
    for (id, called) in named {
        match called {
            Some(called) => index.put(id, &called),
            None => index.take_out(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    fn name(text: &str) -> Vec<Called> {
        vec![Called { rank: Rank::Name, text: text.to_owned() }]
    }

    fn index(names: &[&str]) -> Index {
        let mut index = Index::default();
        for (n, text) in names.iter().enumerate() {
            index.put(id(n as u8), &name(text));
        }
        index
    }

    #[test]
    fn one_wrong_letter_of_any_kind_is_forgiven() {
        let index = index(&["Müller Präzision", "Bäckerei Huber", "Ковальчук", "So Clinic"]);
        for (typed, found) in [
            ("mullre prazision", 0),
            ("mulle przision", 0),
            ("hubber", 1),
            ("hubr", 1),
            ("Backerie Huber", 1),
            ("Ковальчк", 2),
            ("soclnic", 3),
        ] {
            assert_eq!(index.find(typed, 10).first(), Some(&id(found)), "{typed}");
        }
        assert_eq!(index.find("xyzzy", 10), []);
        assert_eq!(index.find("hub", 10), []);
    }

    #[test]
    fn no_place_of_a_wrong_letter_hides_a_name() {
        for name in ["Ute Böhm", "Bach", "Elisa Fontana", "Müller Präzision"] {
            let index = index(&["Zimmermann", name]);
            let letters: Vec<char> = name.chars().filter(|c| c.is_alphanumeric()).collect();
            for at in 0..letters.len() {
                let edited = |edit: &dyn Fn(&mut Vec<char>)| {
                    let mut letters = letters.clone();
                    edit(&mut letters);
                    letters.into_iter().collect::<String>()
                };
                let mut slips = vec![edited(&|all| all.insert(at, 'x')), edited(&|all| all[at] = 'x')];
                let dropped = || {
                    edited(&|all| {
                        all.remove(at);
                    })
                };
                slips.extend((letters.len() > LETTERS_MIN).then(dropped));
                slips.extend((at > 0).then(|| edited(&|all| all.swap(at - 1, at))));
                for typed in slips {
                    assert_eq!(index.find(&typed, 10), [id(1)], "{typed} of {name}");
                }
            }
        }
    }

    #[test]
    fn the_nearest_comes_first_and_names_before_mail() {
        let mut index = index(&["Hubert", "Huber"]);
        index.put(id(7), &[Called { rank: Rank::Mail, text: "huber".into() }]);
        assert_eq!(index.find("huber", 10), [id(1), id(7), id(0)]);
        assert_eq!(index.find("huber", 1), [id(1)]);
    }

    #[test]
    fn renamed_and_gone_customers_are_not_found_by_what_they_were() {
        let mut index = Index::default();
        for round in 0..2000_u32 {
            index.put(id(1), &name(&format!("Zimmermann {round}")));
        }
        index.put(id(2), &name("Zimmermann"));
        index.put(id(1), &name("Andersson"));
        assert_eq!((index.find("zimmermann", 10), index.find("anderson", 10)), (vec![id(2)], vec![id(1)]));
        index.take_out(id(2));
        assert_eq!(index.find("zimmermann", 10), []);
        assert!(index.docs.len() < 1500, "packed");
    }

    #[test]
    fn a_commit_while_the_index_fills_is_not_missed() {
        let alike = Alike::default();
        alike.note(vec![(id(1), Some(name("Nobody listens")))]);
        alike.begin();
        alike.note(vec![(id(1), Some(name("Andersson")))]);
        let mut old = Index::default();
        old.put(id(1), &name("Zimmermann"));
        alike.filled(old);
        assert_eq!((alike.find("zimmermann", 5), alike.find("andersson", 5)), (vec![], vec![id(1)]));
    }
}
