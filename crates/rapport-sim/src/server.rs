//! The office: the server's own code on a file, and what its administrator does.

use crate::dice::Dice;
use crate::disk::Fate;
use crate::machine::{self, Clock, Place};
use crate::story::{Order, Person};
use crate::wire::{Question, Reply, cut};
use rapport_model::access::{Actor, Role};
use rapport_model::mutation::{Change, Ending, Mutation, Op, Outcome, UnitEdit};
use rapport_model::wire::PushAnswer;
use rapport_model::wire::snapshot::SnapshotRequest;
use rapport_model::{BoxedRecord, Customer, Id, Kind, Meta, Org, Result, Source, User, version};
use rapport_ops::accept::{self, Context};
use rapport_store::migrate::Schema;
use rapport_store::{Store, Tx};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicI64;
use std::sync::{Arc, Mutex, PoisonError};

pub struct Server {
    pub store: Store,
    pub clock: Arc<Clock>,
    pub fate: Fate,
    path: PathBuf,
    people: Vec<Id>,
}

/// What a push came to, for the model.
pub struct Judged {
    pub mutations: Vec<Mutation>,
    pub outcomes: Vec<Outcome>,
    /// Mutations that had an outcome before; what was held is judged again.
    pub known: Vec<Id>,
}

/// What a push came to before it was committed.
#[derive(Clone, Default)]
struct Doubtful(Arc<Mutex<Option<Judged>>>);

impl Doubtful {
    fn put(&self, judged: Judged) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(judged);
    }

    fn take(&self) -> Option<Judged> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

const TEAM: Id = Id::from_bytes([7; 16]);

const PEOPLE: [(Person, &str, Role); 4] = [
    (Person::Marit, "Marit Solheim", Role::Admin),
    (Person::Sunniva, "Sunniva Dahl", Role::Sales),
    (Person::Odd, "Odd Berg", Role::Sales),
    (Person::Siri, "Siri Lund", Role::Support),
];

impl Server {
    pub fn found(place: &Place, truth: &Arc<AtomicI64>) -> Server {
        let (clock, fate) = (Arc::new(Clock::new(truth.clone(), 0xffff)), Fate::default());
        let path = place.file("org.db", Schema::Server);
        let store = machine::open(&path, &fate, Schema::Server).expect("the server's store");
        let people: Vec<Id> = PEOPLE.iter().map(|_| clock.id()).collect();
        let server = Server { store, clock, fate, path, people };
        server.settle_in();
        server
    }

    fn settle_in(&self) {
        let (clock, people) = (self.clock.clone(), self.people.clone());
        let founded = self.store.write(move |tx| {
            tx.sequence_start(version::next_epoch(0, clock.now()), clock.id())?;
            let org = Org { meta: Meta { id: clock.id(), ..Meta::default() }, name: "Halvorsen".into(), ..Org::default() };
            let users = PEOPLE.iter().zip(&people).map(|((_, name, role), id)| -> BoxedRecord {
                Box::new(User { meta: Meta { id: *id, ..Meta::default() }, name: (*name).into(), role: *role, ..User::default() })
            });
            let actor = Actor { user: people[0], role: Role::Admin, device: Id::NIL };
            let at = Context { actor, now: clock.now(), source: clock.as_ref() };
            accept::write_server(tx, &at, std::iter::once(Box::new(org) as BoxedRecord).chain(users).collect())
        });
        founded.expect("the office is founded");
    }

    pub fn user(&self, person: Person) -> (Id, Role) {
        let at = PEOPLE.iter().position(|(one, ..)| *one == person).unwrap_or(0);
        (self.people[at], PEOPLE[at].2)
    }

    pub fn sales_people(&self) -> [Id; 2] {
        [self.people[1], self.people[2]]
    }

    /// Those whose customers this user sees as her own team's.
    pub fn mates(&self, user: Id) -> Vec<Id> {
        let read = self.store.read(move |tx| {
            let team = tx.get_as::<User>(user)?.team_id;
            let mates = tx.all::<User>()?.into_iter().filter(|one| team.is_some() && one.team_id == team);
            Ok(mates.map(|mate| mate.meta.id).collect())
        });
        read.expect("the server's people")
    }

    /// The newest set of what this user's devices may hold.
    pub fn entitlement(&self, user: Id) -> i64 {
        self.store.read(move |tx| tx.entitlement_of(user)).expect("the server's entitlements")
    }

    /// The process is started again after it died.
    pub fn restart(&mut self) {
        self.store.close();
        self.store = machine::open(&self.path, &self.fate, Schema::Server).expect("the server's store opens again");
    }

    /// The process dies and comes back if the disk said so.
    pub fn rise(&mut self) -> bool {
        let dead = self.fate.is_dead();
        if dead {
            self.restart();
        }
        dead
    }

    /// A backup is made.
    pub fn back_up(&mut self) -> bool {
        let copy = self.path.with_extension("copy");
        let _ = std::fs::remove_file(&copy);
        let to = copy.clone();
        self.store.maintain(move |raw| raw.backup(&to)).is_ok()
    }

    /// It lives on from the backup, under a new epoch.
    pub fn go_back(&mut self) {
        self.store.close();
        let copy = self.path.with_extension("copy");
        machine::replace(&self.path, &copy);
        self.fate.heal();
        self.store = machine::open(&self.path, &self.fate, Schema::Server).expect("a backup opens");
        self.begin_epoch().expect("a new epoch");
    }

    /// Whether a record is gone for good.
    pub fn is_buried(&self, id: Id) -> bool {
        self.store.read(move |tx| Ok(tx.tombstone_find(id)?.is_some())).expect("the server's tombstones")
    }

    /// The number of its present life.
    pub fn epoch(&self) -> i64 {
        self.store.read(|tx| tx.sequence()).expect("the server's sequence").epoch
    }

    pub fn begin_epoch(&self) -> Result<()> {
        let clock = self.clock.clone();
        self.store.write(move |tx| {
            let epoch = tx.sequence()?.epoch;
            tx.sequence_new_epoch(version::next_epoch(epoch, clock.now()), clock.id())
        })
    }

    /// Answers one question, as the host does; a push also for the model.
    pub fn serve(&mut self, actor: Actor, question: &Question, judged: &mut Vec<Judged>) -> Result<Reply> {
        let doubtful = Doubtful::default();
        let answer = self.answer(actor, question, judged, &doubtful);
        if self.rise() {
            // It may have died after the commit: what was stored was judged.
            if let Some(one) = doubtful.take()
                && self.has_stored(&one)
            {
                judged.push(one);
            }
            return Err(cut());
        }
        answer
    }

    fn answer(&self, actor: Actor, question: &Question, judged: &mut Vec<Judged>, doubtful: &Doubtful) -> Result<Reply> {
        let now = self.clock.now();
        match question.clone() {
            Question::Pull(request) => self.store.read(move |tx| accept::pull(tx, &actor, &request, now)).map(Reply::Pull),
            Question::Push(request) => {
                let mut outcomes = Vec::new();
                for part in request.mutations.chunks(accept::BATCH_MUTATIONS_MAX) {
                    let (clock, part) = (self.clock.clone(), part.to_vec());
                    let (again, note) = (part.clone(), doubtful.clone());
                    let (known, mut said) = self.store.write(move |tx| {
                        let ids: Vec<Id> = part.iter().map(|mutation| mutation.mutation_id).collect();
                        let known = tx.outcomes(&ids)?.into_iter().filter(|(_, outcome)| outcome.ending != Ending::Held);
                        let known: Vec<Id> = known.map(|(id, _)| id).collect();
                        let at = Context { actor, now, source: clock.as_ref() };
                        let said = accept::push(tx, &at, part.clone())?;
                        note.put(Judged { mutations: part, outcomes: said.clone(), known: known.clone() });
                        Ok((known, said))
                    })?;
                    judged.push(Judged { mutations: again, outcomes: said.clone(), known });
                    outcomes.append(&mut said);
                }
                Ok(Reply::Push(PushAnswer { outcomes, server_time: now }))
            }
            Question::Digest(asked) => self
                .store
                .read(move |tx| {
                    let sight = tx.sight(&actor)?;
                    rapport_ops::agree::digest(tx, &sight, &asked)
                })
                .map(Reply::Digest),
            Question::Family(asked) => self
                .store
                .read(move |tx| {
                    let sight = tx.sight(&actor)?;
                    rapport_ops::agree::family_of(tx, &sight, &asked, now)
                })
                .map(Reply::Family),
            Question::Removals(asked) => self
                .store
                .read(move |tx| {
                    let sight = tx.sight(&actor)?;
                    rapport_ops::agree::removals(tx, &sight, &asked)
                })
                .map(Reply::Removals),
            Question::Snapshot(request) => {
                let mut blocks = Vec::new();
                let mut next = Some(request);
                while let Some(asked) = next.take() {
                    let again = asked.clone();
                    let block = self.store.read(move |tx| {
                        let sight = tx.sight(&actor)?;
                        rapport_ops::snapshot::snapshot(tx, &sight, &asked, now)
                    })?;
                    let block = block.seal()?;
                    next = block.head.next.clone().map(|from| SnapshotRequest { from: Some(from), ..again });
                    blocks.push(block);
                }
                Ok(Reply::Snapshot(blocks))
            }
        }
    }

    fn has_stored(&self, judged: &Judged) -> bool {
        // That it was held may have been stored before.
        let fresh = judged.outcomes.iter().filter(|outcome| outcome.ending != Ending::Held);
        let fresh = fresh.filter(|outcome| !judged.known.contains(&outcome.mutation_id));
        let fresh: Vec<(Id, Ending)> = fresh.map(|outcome| (outcome.mutation_id, outcome.ending)).collect();
        let ids: Vec<Id> = fresh.iter().map(|(id, _)| *id).collect();
        let stored = self.store.read(move |tx| tx.outcomes(&ids)).unwrap_or_default();
        fresh.iter().any(|(id, ending)| stored.get(id).is_some_and(|outcome| outcome.ending == *ending))
    }

    fn last(&self) -> i64 {
        self.store.read(|tx| Ok(tx.sequence()?.last)).unwrap_or(0)
    }

    /// An administrator's work. Returns what she changed, and whether it was taken.
    pub fn order(&mut self, order: Order, pick: u64, token: &str) -> Vec<Change> {
        let (clock, sales, admin) = (self.clock.clone(), self.sales_people(), self.people[0]);
        let (token, before) = (token.to_owned(), self.last());
        let told: Arc<Mutex<Vec<Change>>> = Arc::default();
        let note = told.clone();
        let done = self.store.write(move |tx| {
            let actor = Actor { user: admin, role: Role::Admin, device: Id::NIL };
            let at = Context { actor, now: clock.now(), source: clock.as_ref() };
            let changes = carry_out(tx, &at, order, &mut Dice::new(pick), &sales, &token)?;
            *note.lock().unwrap_or_else(PoisonError::into_inner) = changes.clone();
            Ok(changes)
        });
        if self.rise() && self.last() > before {
            return std::mem::take(&mut *told.lock().unwrap_or_else(PoisonError::into_inner));
        }
        // What is against a rule is refused, and nothing has happened.
        done.unwrap_or_default()
    }

    pub fn rows(&self, kind: Kind) -> BTreeMap<Id, BoxedRecord> {
        let read = self.store.read(move |tx| {
            let ids = tx.ids(kind)?;
            tx.find_many(kind, &ids)
        });
        read.expect("the server's rows").into_iter().collect()
    }
}

fn edit_of(record: &Customer, unit: &str, value: Value, at: &Context<'_>) -> Result<Change> {
    let base = rapport_model::unit::get(record, unit)?;
    let edit = UnitEdit { value, base, base_version: record.meta.version, updated_at: at.now, seen: rapport_model::Millis(0) };
    let units = BTreeMap::from([(unit.to_owned(), edit)]);
    Ok(Change { kind: "customers".into(), id: record.meta.id, op: Op::Put, units })
}

/// Those who sell become a team, or are none any more.
fn regroup(tx: &mut Tx<'_>, at: &Context<'_>, sales: &[Id]) -> Result<()> {
    let together = tx.get_as::<User>(sales[0])?.team_id.is_some();
    let users: Vec<(Kind, Id)> = sales.iter().map(|id| (Kind::Users, *id)).collect();
    let amended = accept::amend(tx, at, &users, |record| {
        if let Some(user) = record.of_mut::<User>() {
            user.team_id = (!together).then_some(TEAM);
        }
        Ok(())
    });
    amended.map(drop)
}

fn carry_out(tx: &mut Tx<'_>, at: &Context<'_>, order: Order, dice: &mut Dice, sales: &[Id], token: &str) -> Result<Vec<Change>> {
    if order == Order::Team {
        regroup(tx, at, sales)?;
        return Ok(Vec::new());
    }
    let mut customers: Vec<Customer> = tx.all::<Customer>()?;
    customers.sort_by_key(|customer| customer.meta.id);
    match order {
        Order::Purge => customers.retain(|customer| customer.meta.deleted_at.is_some()),
        Order::Unarchive => customers.retain(|customer| customer.archived_at.is_some()),
        Order::Erase => {}
        _ => customers.retain(|customer| customer.meta.deleted_at.is_none() && customer.archived_at.is_none()),
    }
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let one = dice.of(&customers).clone();
    let changes = match order {
        Order::Edit => vec![edit_of(&one, "website", json!(format!("https://{token}.example")), at)?],
        Order::Assign => vec![edit_of(&one, "assignedTo", json!(dice.of(sales)), at)?],
        Order::AssignMany => {
            let to = *dice.of(sales);
            customers.iter().map(|customer| edit_of(customer, "assignedTo", json!(to), at)).collect::<Result<_>>()?
        }
        Order::Delete => vec![rapport_ops::rest::delete(&one, at.now)],
        Order::Archive | Order::Unarchive => {
            accept::archive(tx, at, &[one.meta.id], order == Order::Archive)?;
            return Ok(Vec::new());
        }
        Order::Purge => {
            let family = accept::family(tx, one.meta.id)?;
            accept::purge(tx, at, &family, accept::Why::Purged)?;
            return Ok(Vec::new());
        }
        Order::Erase => {
            accept::erase(tx, at, one.meta.id)?;
            return Ok(Vec::new());
        }
        Order::Team => return Ok(Vec::new()),
    };
    accept::edit(tx, at, changes.clone())?;
    Ok(changes)
}
