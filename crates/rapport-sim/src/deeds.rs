//! What people do on their laptops, as forms would send it. Whatever is typed carries a word of its own, so that it can be found
//! again.

use crate::dice::Dice;
use crate::laptop::Laptop;
use crate::story::Deed;
use rapport_model::mutation::{Change, Op, UnitEdit};
use rapport_model::{BoxedRecord, Customer, Id, Kind, Millis, Record, Result, Source, unit};
use rapport_store::Tx;
use rapport_store::outbox::Base;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Names that people choose; few, so that they clash.
const NAMES: [&str; 5] = ["Acme", "Borealis", "Cirrus", "Dovre", "Eikesdal"];
const TAGS: [&str; 3] = ["vip", "optics", "fair"];
/// Fields of a customer that merge as one plain value each.
pub const PLAIN: [&str; 3] = ["industry", "source", "companyName"];

/// An estimate that no rule lets pass.
const WRONG: i64 = -5;

/// What a deed typed: the change, and the words to look for.
pub struct Typed {
    pub changes: Vec<Change>,
    pub words: Vec<String>,
}

struct Desk<'a> {
    laptop: &'a Laptop,
    dice: Dice,
    /// The word that this deed types.
    word: String,
    sales: [Id; 2],
}

/// What the deed would change, from what is shown here; `None` if there is nothing to do it with.
pub fn typed(laptop: &Laptop, deed: Deed, pick: u64, word: &str, sales: [Id; 2]) -> Option<Typed> {
    let mut desk = Desk { laptop, dice: Dice::new(pick), word: word.to_owned(), sales };
    let changes = match deed {
        Deed::NewCustomer => Some(vec![desk.new_customer()]),
        Deed::EditCustomer => desk.edit_customer(),
        Deed::Tag => desk.tag(),
        Deed::Notes => desk.notes(),
        Deed::Owner => desk.owner(),
        Deed::Status => desk.status(),
        Deed::NewContact => desk.new_contact(),
        Deed::EditContact => desk.edit_contact(),
        Deed::NewCall => desk.new_call(),
        Deed::EditCall => desk.edit_call(),
        Deed::Delete => desk.trash(Op::Delete),
        Deed::Restore => desk.trash(Op::Restore),
        Deed::Undo => Some(laptop.undo.clone()).filter(|undo| !undo.is_empty()),
        Deed::Bulk => desk.bulk(),
        Deed::Poison => desk.poison(),
        Deed::Stillborn => Some(vec![desk.stillborn()]),
        Deed::Correct => desk.correct(),
        Deed::Ghost => desk.ghost(),
    }?;
    let said = serde_json::to_string(&changes).unwrap_or_default();
    let words = if said.contains(word) && deed != Deed::Undo { vec![word.to_owned()] } else { Vec::new() };
    Some(Typed { changes, words })
}

fn edits(seen: Option<&dyn Record>, fields: &[(&str, Value)]) -> BTreeMap<String, UnitEdit> {
    let base_version = seen.map_or(0, |record| record.meta().version);
    let edit = |name: &str, value: &Value| {
        let base = seen.and_then(|record| unit::get(record, name).ok()).unwrap_or_default();
        UnitEdit { value: value.clone(), base, base_version, updated_at: Millis(0), seen: Millis(0) }
    };
    fields.iter().map(|(name, value)| ((*name).to_owned(), edit(name, value))).collect()
}

fn put(kind: Kind, id: Id, seen: Option<&dyn Record>, fields: &[(&str, Value)]) -> Change {
    Change { kind: kind.text().into(), id, op: Op::Put, units: edits(seen, fields) }
}

impl Desk<'_> {
    fn pick(&mut self, kind: Kind, fits: impl Fn(&BoxedRecord) -> bool) -> Option<BoxedRecord> {
        let rows: Vec<BoxedRecord> = self.laptop.rows(kind).into_values().filter(fits).collect();
        if rows.is_empty() {
            return None;
        }
        // People meet at the oldest records more often than elsewhere.
        let met = if self.dice.one_in(3) { rows.len() } else { rows.len().min(2) };
        Some(self.dice.of(&rows[..met]).clone())
    }

    fn living(&mut self, kind: Kind) -> Option<BoxedRecord> {
        self.pick(kind, |record| record.meta().deleted_at.is_none())
    }

    fn new_id(&self) -> Id {
        self.laptop.clock.id()
    }

    fn new_customer(&mut self) -> Change {
        let name = *self.dice.of(&NAMES);
        let name = if self.dice.one_in(3) { name.to_owned() } else { format!("{name} {}", self.word) };
        let notes = format!("secret {}\nsecond line\nthird line", self.word);
        put(
            Kind::Customers,
            self.new_id(),
            None,
            &[("name", json!(name)), ("notes", json!(notes)), ("industry", json!(self.word)), ("valueEstimate", json!(1000))],
        )
    }

    fn edit_customer(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Customers)?;
        // People meet at one field more often than at others.
        let field = if self.dice.one_in(2) { PLAIN[0] } else { *self.dice.of(&PLAIN) };
        let mut fields = vec![(field, json!(self.word))];
        if self.dice.one_in(6) {
            let name = *self.dice.of(&NAMES);
            fields.push(("name", json!(name)));
        }
        Some(vec![put(Kind::Customers, record.meta().id, Some(record.as_ref()), &fields)])
    }

    fn tag(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Customers)?;
        let tag = format!("tags/{}", self.dice.of(&TAGS));
        let has = unit::get(record.as_ref(), &tag).is_ok_and(|value| value == json!(true));
        let value = if has { Value::Null } else { json!(true) };
        Some(vec![put(Kind::Customers, record.meta().id, Some(record.as_ref()), &[(tag.as_str(), value)])])
    }

    fn notes(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Customers)?;
        let stands = unit::get(record.as_ref(), "notes").ok()?;
        let mut lines: Vec<String> = stands.as_str().unwrap_or_default().lines().map(str::to_owned).collect();
        let mine = format!("words {}", self.word);
        match lines.len() {
            0 => lines.push(mine),
            count => {
                let at = self.dice.below(count + 1);
                lines.insert(at, mine);
            }
        }
        Some(vec![put(Kind::Customers, record.meta().id, Some(record.as_ref()), &[("notes", json!(lines.join("\n")))])])
    }

    fn owner(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Customers)?;
        let to = if self.dice.one_in(4) { Value::Null } else { json!(*self.dice.of(&self.sales)) };
        Some(vec![put(Kind::Customers, record.meta().id, Some(record.as_ref()), &[("assignedTo", to)])])
    }

    fn status(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Customers)?;
        let status = *self.dice.of(&["prospect", "lead", "active", "inactive"]);
        let value = json!({ "status": status, "statusReason": self.word, "activeConfirmed": true });
        Some(vec![put(Kind::Customers, record.meta().id, Some(record.as_ref()), &[("status", value)])])
    }

    fn new_contact(&mut self) -> Option<Vec<Change>> {
        let customer = self.living(Kind::Customers)?.meta().id;
        let mut fields = vec![("customerId", json!(customer)), ("firstName", json!("")), ("lastName", json!(self.word))];
        if self.dice.one_in(2) {
            fields.push(("isPrimary", json!(true)));
        }
        Some(vec![put(Kind::Contacts, self.new_id(), None, &fields)])
    }

    fn edit_contact(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Contacts)?;
        let fields = match self.dice.below(4) {
            0 => vec![("isPrimary", json!(true))],
            1 => vec![("isActive", json!(false))],
            2 => vec![("mobile", json!(self.word))],
            _ => vec![("title", json!(self.word))],
        };
        Some(vec![put(Kind::Contacts, record.meta().id, Some(record.as_ref()), &fields)])
    }

    fn new_call(&mut self) -> Option<Vec<Change>> {
        let customer = self.living(Kind::Customers)?.meta().id;
        let fields = [("customerId", json!(customer)), ("type", json!("call")), ("subject", json!(self.word))];
        Some(vec![put(Kind::Interactions, self.new_id(), None, &fields)])
    }

    fn edit_call(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Interactions)?;
        let field = *self.dice.of(&["subject", "outcome"]);
        Some(vec![put(Kind::Interactions, record.meta().id, Some(record.as_ref()), &[(field, json!(self.word))])])
    }

    fn trash(&mut self, op: Op) -> Option<Vec<Change>> {
        let kind = *self.dice.of(&[Kind::Customers, Kind::Customers, Kind::Contacts, Kind::Interactions]);
        let deletes = op == Op::Delete;
        let record = self.pick(kind, |record| record.meta().deleted_at.is_none() == deletes)?;
        Some(vec![Change { kind: kind.text().into(), id: record.meta().id, op, units: BTreeMap::new() }])
    }

    fn bulk(&mut self) -> Option<Vec<Change>> {
        let rows: Vec<BoxedRecord> = self.laptop.rows(Kind::Customers).into_values().collect();
        let mine = |record: &&BoxedRecord| {
            record.meta().deleted_at.is_none()
                && record.of::<Customer>().is_some_and(|customer| {
                    self.laptop.role == rapport_model::Role::Admin || customer.assigned_to == Some(self.laptop.user)
                })
        };
        let changes: Vec<Change> = rows
            .iter()
            .filter(mine)
            .take(5)
            .map(|record| put(Kind::Customers, record.meta().id, Some(record.as_ref()), &[("companyName", json!(self.word))]))
            .collect();
        (changes.len() > 1).then_some(changes)
    }

    /// What no form would send: it is put into the line by hand.
    fn poison(&mut self) -> Option<Vec<Change>> {
        let record = self.living(Kind::Customers)?;
        let mut units = edits(Some(record.as_ref()), &[("name", json!("")), ("industry", json!(self.word))]);
        units.values_mut().for_each(|edit| edit.updated_at = self.laptop.clock.now());
        Some(vec![Change { kind: "customers".into(), id: record.meta().id, op: Op::Put, units }])
    }
}

impl Desk<'_> {
    /// A customer that the server has to refuse.
    fn stillborn(&mut self) -> Change {
        let mut change = self.new_customer();
        let now = self.laptop.clock.now();
        change.units.values_mut().for_each(|edit| edit.updated_at = now);
        change.units.entry("valueEstimate".to_owned()).and_modify(|edit| edit.value = json!(WRONG));
        change
    }

    /// What was refused is put right, and made again as a whole with that.
    fn correct(&mut self) -> Option<Vec<Change>> {
        let wrong = |record: &BoxedRecord| record.to_json()["valueEstimate"] == json!(WRONG);
        let record = self.pick(Kind::Customers, |record| record.meta().deleted_at.is_none() && wrong(record))?;
        let fields = [("valueEstimate", json!(1000)), ("companyName", json!(self.word))];
        Some(vec![put(Kind::Customers, record.meta().id, Some(record.as_ref()), &fields)])
    }

    /// No form edits what is in the trash.
    fn ghost(&mut self) -> Option<Vec<Change>> {
        let record = self.pick(Kind::Customers, |record| record.meta().deleted_at.is_some() && record.meta().version > 0)?;
        let mut units = edits(Some(record.as_ref()), &[("industry", json!(self.word))]);
        units.values_mut().for_each(|edit| edit.updated_at = self.laptop.clock.now());
        Some(vec![Change { kind: "customers".into(), id: record.meta().id, op: Op::Put, units }])
    }
}

/// Work that waits for the customer; if the disk fails, there is none.
pub fn call_below(laptop: &mut Laptop, customer: Id) {
    let id = laptop.clock.id();
    let fields = [("customerId", json!(customer)), ("type", json!("call")), ("subject", json!("First call"))];
    let _ = laptop.change(vec![put(Kind::Interactions, id, None, &fields)]);
}

/// The record of a create that no rule has seen.
fn make(tx: &mut Tx<'_>, kind: Kind, change: &Change) -> Result<()> {
    let mut record = kind.blank();
    (record.meta_mut().id, record.meta_mut().created_at) = (change.id, change.updated_at());
    for (name, edit) in &change.units {
        unit::set(record.as_mut(), name, edit.value.clone())?;
    }
    tx.base_put(kind, change.id, &Base { version: 0, record: None })?;
    tx.put(record.as_ref())
}

/// Puts a change into the line that no rule has seen.
pub fn force_in(laptop: &Laptop, changes: Vec<Change>) -> Result<()> {
    laptop.store.write(move |tx| {
        for change in &changes {
            let kind = Kind::parse(&change.kind).unwrap_or(Kind::Customers);
            if tx.base_find(kind, change.id)?.is_some() {
                continue;
            }
            match tx.find(kind, change.id)?.filter(|record| record.meta().version > 0) {
                Some(record) => {
                    tx.base_put(kind, change.id, &Base { version: record.meta().version, record: Some(record.to_json()) })?
                }
                None if change.creates() => make(tx, kind, change)?,
                None => {}
            }
        }
        tx.outbox_add(None, &changes).map(drop)
    })
}
