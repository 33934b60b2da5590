//! What somebody leaves behind goes to others: customers, then open follow-ups, in bounded steps that can be taken up again.
//!
//! Draft quotes follow their customers. Who gets what is decided by [`Receivers`], for the preview and for the work alike.

use crate::accept::{Context, edit, write_server};
use rapport_model::change::difference;
use rapport_model::quote::QuoteStatus;
use rapport_model::text::name_key;
use rapport_model::{Card, Code, Customer, Error, Id, Interaction, Kind, Meta, Millis, Quote, Record, Result, Role, Team, User};
use rapport_store::Tx;
use rapport_store::list::{PAGE_ROWS_MAX, Query};
use rapport_store::people::Handing;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Records of one step at most.
const STEP_RECORDS_MAX: usize = 100;

/// Records told by id that could not be moved.
const FAILED_TOLD_MAX: usize = 50;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Mode {
    /// All of it to the first one named.
    User,
    /// To those named, one after the other; to every active seller if nobody is named.
    RoundRobin,
    /// To the team whose territory fits best, one member after the other; else to the first one named.
    Territory,
    /// Customers to nobody; follow-ups to the customer's owner, else to the administrator who does it.
    Unassign,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Plan {
    pub mode: Mode,
    #[serde(default)]
    pub user_ids: Vec<Id>,
}

/// What is kept with the plan: who asked for it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Asked {
    pub plan: Plan,
    pub by: Id,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    pub customers: i64,
    pub follow_ups: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failed {
    pub kind: Kind,
    pub id: Id,
    pub code: String,
}

/// How far a handover is, and what it did.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct State {
    /// Customers are done; follow-ups are moved now.
    customers_done: bool,
    after: Id,
    turns: BTreeMap<Id, usize>,
    pub customers: i64,
    pub follow_ups: i64,
    /// Draft quotes that go along, and devices that are signed out.
    pub draft_quotes: i64,
    pub devices: i64,
    /// Nil = nobody.
    pub shares: BTreeMap<Id, Share>,
    /// Customers that fit no territory.
    pub fallback: i64,
    pub failed: Vec<Failed>,
}

/// Who may get what.
pub struct Receivers {
    mode: Mode,
    named: Vec<Id>,
    /// Every team with its members who may own customers.
    teams: Vec<(Team, Vec<Id>)>,
    active: BTreeSet<Id>,
}

/// Whether somebody may own customers.
fn may_own(user: &User) -> bool {
    user.is_active && user.meta.deleted_at.is_none() && matches!(user.role, Role::Admin | Role::Sales)
}

impl Receivers {
    pub fn load(tx: &mut Tx<'_>, leaver: Id, plan: &Plan) -> Result<Receivers> {
        let users: Vec<User> = tx.all::<User>()?.into_iter().filter(|user| may_own(user) && user.meta.id != leaver).collect();
        let active: BTreeSet<Id> = users.iter().map(|user| user.meta.id).collect();
        let refused = |message: &str| Error::field(Code::InvalidAssignment, "handover.userIds", message);
        if plan.user_ids.iter().any(|id| !active.contains(id)) {
            return Err(refused("Name people who work here, may own customers, and stay."));
        }
        let mut named = plan.user_ids.clone();
        match plan.mode {
            Mode::User if named.is_empty() => return Err(refused("Name the person who takes over.")),
            Mode::RoundRobin if named.is_empty() => {
                named = users.iter().filter(|user| user.role == Role::Sales).map(|user| user.meta.id).collect();
                if named.is_empty() {
                    return Err(refused("Nobody else sells here. Name who takes over."));
                }
            }
            _ => {}
        }
        let members = |team: &Team| {
            let of_team = users.iter().filter(|user| user.team_id == Some(team.meta.id));
            of_team.map(|user| user.meta.id).collect::<Vec<_>>()
        };
        let teams = tx.all::<Team>()?.into_iter().map(|team| (members(&team), team)).map(|(m, t)| (t, m)).collect();
        Ok(Receivers { mode: plan.mode, named, teams, active })
    }

    /// Who gets a customer; `true` beside it if no territory fitted.
    fn pick(&self, customer: &Customer, turns: &mut BTreeMap<Id, usize>) -> (Option<Id>, bool) {
        match self.mode {
            Mode::Unassign => (None, false),
            Mode::User => (self.named.first().copied(), false),
            Mode::RoundRobin => (next(Id::NIL, &self.named, turns), false),
            Mode::Territory => {
                let fitting = self.teams.iter().filter(|(_, members)| !members.is_empty());
                let fitting = fitting.filter_map(|(team, members)| Some((fit(team, customer)?, team.meta.id, members)));
                match fitting.max_by_key(|(fit, team, _)| (*fit, std::cmp::Reverse(*team))) {
                    Some((_, team, members)) => (next(team, members, turns), false),
                    None => (self.named.first().copied(), true),
                }
            }
        }
    }

    /// Who gets a follow-up: the owner of its customer, else whom the plan names, else who asked.
    fn pick_for(&self, customer: Option<&Customer>, turns: &mut BTreeMap<Id, usize>, by: Id) -> Id {
        let owner = customer.and_then(|c| c.assigned_to).filter(|owner| self.active.contains(owner));
        owner.or_else(|| customer.and_then(|customer| self.pick(customer, turns).0)).unwrap_or(by)
    }
}

fn next(of: Id, people: &[Id], turns: &mut BTreeMap<Id, usize>) -> Option<Id> {
    let turn = turns.entry(of).or_default();
    let picked = people.get(*turn % people.len().max(1)).copied();
    *turn += 1;
    picked
}

fn same_text(one: &str, other: &str) -> bool {
    !one.trim().is_empty() && name_key(one) == name_key(other)
}

/// How many parts of a territory a customer fits; `None` if it misses one, or the territory says nothing.
fn fit(team: &Team, customer: &Customer) -> Option<usize> {
    let address = customer.address.clone().unwrap_or_default();
    let territory = &team.territory;
    let zip = address.zip_code.replace(' ', "");
    let prefix = |p: &String| !p.trim().is_empty() && zip.starts_with(&p.replace(' ', ""));
    let parts = [
        (territory.countries.is_empty(), territory.countries.iter().any(|c| same_text(c, &address.country))),
        (territory.zip_prefixes.is_empty(), territory.zip_prefixes.iter().any(prefix)),
        (
            territory.industries.is_empty(),
            territory.industries.iter().any(|i| same_text(i, customer.industry.as_deref().unwrap_or_default())),
        ),
    ];
    let asked = parts.iter().filter(|(open, _)| !open).count();
    (asked > 0 && parts.iter().all(|(open, fits)| *open || *fits)).then_some(asked)
}

/// What would be moved, to whom; nothing is written.
pub fn preview(tx: &mut Tx<'_>, leaver: Id, plan: &Plan, by: Id) -> Result<State> {
    let receivers = Receivers::load(tx, leaver, plan)?;
    let mut state = State::before(tx, leaver)?;
    let mut owners: BTreeMap<Id, Option<Id>> = BTreeMap::new();
    for kind in [Kind::Customers, Kind::Interactions] {
        let mut after = Id::NIL;
        loop {
            let ids = tx.assigned_to(kind, leaver, after, PAGE_ROWS_MAX)?;
            let Some(last) = ids.last() else { break };
            after = *last;
            let found = tx.find_many(kind, &ids)?;
            for record in ids.iter().filter_map(|id| found.get(id)) {
                if let Some(customer) = record.of::<Customer>().filter(|c| c.meta.deleted_at.is_none()) {
                    let (to, fallback) = receivers.pick(customer, &mut state.turns);
                    owners.insert(customer.meta.id, to);
                    state.note_customer(to, fallback);
                } else if let Some(call) = record.of::<Interaction>().filter(|i| i.has_open_follow_up()) {
                    let Some(mut customer) = living(tx, call.customer_id)? else { continue };
                    customer.assigned_to = owners.get(&call.customer_id).copied().unwrap_or(customer.assigned_to);
                    let to = receivers.pick_for(Some(&customer), &mut state.turns, by);
                    state.note_follow_up(to);
                }
            }
        }
    }
    Ok(state)
}

fn living(tx: &mut Tx<'_>, customer: Id) -> Result<Option<Customer>> {
    Ok(tx.find_as::<Customer>(customer)?.filter(|c| c.meta.deleted_at.is_none()))
}

/// Draft quotes that go along: those on her customers, and those that she wrote on others'.
fn draft_quotes(tx: &mut Tx<'_>, leaver: Id) -> Result<i64> {
    let filter = Map::from_iter([("status".to_owned(), Value::String(QuoteStatus::Draft.text().to_owned()))]);
    let mut query = Query { filter, limit: PAGE_ROWS_MAX, ..Query::default() };
    let mut count = 0;
    loop {
        let page = tx.list(Kind::Quotes, &query)?;
        for quote in page.items.iter().filter_map(|record| record.of::<Quote>()) {
            let hers = quote.meta.created_by == leaver
                || tx.find_as::<Customer>(quote.customer_id)?.is_some_and(|c| c.assigned_to == Some(leaver));
            count += i64::from(hers);
        }
        match page.next {
            Some(next) => query.cursor = Some(next),
            None => return Ok(count),
        }
    }
}

impl State {
    /// What is there before anything is moved.
    fn before(tx: &mut Tx<'_>, leaver: Id) -> Result<State> {
        let devices = tx.devices_of(leaver)?.iter().filter(|device| device.revoked_at.is_none()).count();
        let devices = i64::try_from(devices).unwrap_or(i64::MAX);
        Ok(State { draft_quotes: draft_quotes(tx, leaver)?, devices, ..State::default() })
    }

    fn note_customer(&mut self, to: Option<Id>, fallback: bool) {
        self.customers += 1;
        self.fallback += i64::from(fallback);
        self.shares.entry(to.unwrap_or(Id::NIL)).or_default().customers += 1;
    }

    fn note_follow_up(&mut self, to: Id) {
        self.follow_ups += 1;
        self.shares.entry(to).or_default().follow_ups += 1;
    }

    fn note_failed(&mut self, kind: Kind, id: Id, error: &Error) {
        if self.failed.len() < FAILED_TOLD_MAX {
            self.failed.push(Failed { kind, id, code: error.code.text().to_owned() });
        }
    }
}

/// One record on its way to somebody else.
struct Move {
    before: Box<dyn Record>,
    after: Box<dyn Record>,
    to: Option<Id>,
    fallback: bool,
}

/// Moves the next records. Returns the handover as it stands; `done_at` says that nothing is left.
pub fn step(tx: &mut Tx<'_>, at: &Context<'_>, leaver: Id) -> Result<Handing<Asked, State>> {
    let found = tx.handover_find::<Asked, State>(leaver)?;
    let mut handing = found.ok_or_else(|| Error::new(Code::NotFound, "There is nothing to hand over."))?;
    if handing.done_at.is_some() {
        return Ok(handing);
    }
    let receivers = Receivers::load(tx, leaver, &handing.plan.plan)?;
    let kind = if handing.state.customers_done { Kind::Interactions } else { Kind::Customers };
    let ids = tx.assigned_to(kind, leaver, handing.state.after, STEP_RECORDS_MAX)?;
    let moves = moves(tx, kind, &ids, &receivers, &mut handing)?;
    write_moves(tx, at, kind, moves, &mut handing.state)?;
    match (ids.last(), kind) {
        (Some(last), _) => handing.state.after = *last,
        (None, Kind::Customers) => {
            handing.state.customers_done = true;
            handing.state.after = Id::NIL;
        }
        (None, _) => {
            handing.done_at = Some(at.now);
            tell(tx, at, leaver, &handing.state)?;
        }
    }
    tx.handover_put(leaver, &handing)?;
    Ok(handing)
}

fn moves(
    tx: &mut Tx<'_>,
    kind: Kind,
    ids: &[Id],
    receivers: &Receivers,
    handing: &mut Handing<Asked, State>,
) -> Result<Vec<Move>> {
    let found = tx.find_many(kind, ids)?;
    let (by, turns) = (handing.plan.by, &mut handing.state.turns);
    let mut out = Vec::new();
    for record in ids.iter().filter_map(|id| found.get(id)).filter(|record| record.meta().deleted_at.is_none()) {
        let mut after = record.clone();
        let (to, fallback) = if let Some(customer) = after.of_mut::<Customer>() {
            let (to, fallback) = receivers.pick(customer, turns);
            customer.assigned_to = to;
            (to, fallback)
        } else if let Some(call) = after.of_mut::<Interaction>().filter(|call| call.has_open_follow_up()) {
            let Some(customer) = living(tx, call.customer_id)? else { continue };
            call.assigned_to = receivers.pick_for(Some(&customer), turns, by);
            (Some(call.assigned_to), false)
        } else {
            continue;
        };
        out.push(Move { before: record.clone(), after, to, fallback });
    }
    Ok(out)
}

/// All of them at once; where a rule refuses one, one by one, so that it holds up no other.
fn write_moves(tx: &mut Tx<'_>, at: &Context<'_>, kind: Kind, moves: Vec<Move>, state: &mut State) -> Result<()> {
    let change = |one: &Move| difference(one.before.as_ref(), one.after.as_ref(), at.now);
    let all = moves.iter().filter_map(|one| change(one).transpose()).collect::<Result<Vec<_>>>()?;
    if all.is_empty() {
        return Ok(());
    }
    let together = edit(tx, at, all).map(drop);
    for one in moves {
        let mut result = together.clone();
        if let (Err(_), Some(change)) = (&together, change(&one)?) {
            result = edit(tx, at, vec![change]).map(drop);
        }
        match result {
            Ok(()) if kind == Kind::Customers => state.note_customer(one.to, one.fallback),
            Ok(()) => state.note_follow_up(one.to.unwrap_or_default()),
            Err(error) if error.code == Code::Internal || error.code.retry() => return Err(error),
            Err(error) => state.note_failed(kind, one.before.meta().id, &error),
        }
    }
    Ok(())
}

/// A card for each who got something.
fn tell(tx: &mut Tx<'_>, at: &Context<'_>, leaver: Id, state: &State) -> Result<()> {
    let name = tx.find_as::<User>(leaver)?.map(|user| user.name).unwrap_or_default();
    let cards = state.shares.iter().filter(|(user, _)| !user.is_nil()).map(|(user, share)| {
        let meta =
            Meta { id: at.source.id(), created_at: at.now, updated_at: at.now, created_by: at.actor.user, ..Meta::default() };
        let message = format!(
            "{name} left. {} customers and {} follow-ups are yours now, with their draft quotes.",
            share.customers, share.follow_ups
        );
        let (record_kind, record_id) = (Kind::Users.text().to_owned(), leaver);
        let kind = "handover".to_owned();
        let card = Card { meta, user_id: *user, kind, record_kind, record_id, message, at: at.now, ..Card::default() };
        Box::new(card) as Box<dyn Record>
    });
    write_server(tx, at, cards.collect())
}

/// Begins a handover, or begins it anew with another plan.
pub fn begin(tx: &mut Tx<'_>, leaver: Id, plan: Plan, by: Id) -> Result<()> {
    Receivers::load(tx, leaver, &plan)?;
    let state = State::before(tx, leaver)?;
    tx.handover_put(leaver, &Handing { plan: Asked { plan, by }, state, done_at: None::<Millis> })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_model::customer::Address;
    use rapport_model::people::Territory;

    fn team(n: u8, countries: &[&str], zips: &[&str], industries: &[&str]) -> Team {
        let texts = |of: &[&str]| of.iter().map(|t| (*t).to_owned()).collect();
        let territory = Territory { countries: texts(countries), zip_prefixes: texts(zips), industries: texts(industries) };
        Team { meta: Meta { id: Id::from_bytes([n; 16]), ..Meta::default() }, territory, ..Team::default() }
    }

    fn customer(country: &str, zip: &str, industry: Option<&str>) -> Customer {
        let address = Address { country: country.into(), zip_code: zip.into(), ..Address::default() };
        Customer { address: Some(address), industry: industry.map(str::to_owned), ..Customer::default() }
    }

    #[test]
    fn a_territory_fits_by_every_part_that_it_names() {
        let south = team(1, &["DE"], &["7", "8"], &[]);
        assert_eq!(fit(&south, &customer("de", "70 191", None)), Some(2));
        assert_eq!(fit(&south, &customer("DE", "10115", None)), None);
        assert_eq!(fit(&south, &customer("AT", "80000", None)), None);
        assert_eq!(fit(&team(2, &[], &[], &[]), &customer("DE", "7", None)), None, "a territory of nothing is no territory");
        assert_eq!(fit(&team(3, &[], &[], &["Optics"]), &customer("", "", Some("optics "))), Some(1));
        assert_eq!(fit(&team(4, &[], &[""], &[]), &customer("DE", "7", None)), None);
    }

    #[test]
    fn the_closest_territory_gets_it_and_its_members_take_turns() {
        let people: Vec<Id> = (10..14).map(|n| Id::from_bytes([n; 16])).collect();
        let receivers = Receivers {
            mode: Mode::Territory,
            named: vec![people[3]],
            teams: vec![
                (team(1, &["DE"], &[], &[]), vec![people[0]]),
                (team(2, &["DE"], &["7"], &[]), vec![people[1], people[2]]),
                (team(3, &["FR"], &[], &[]), vec![]),
            ],
            active: people.iter().copied().collect(),
        };
        let mut turns = BTreeMap::new();
        let mut to = |country: &str, zip: &str| receivers.pick(&customer(country, zip, None), &mut turns);
        assert_eq!(to("DE", "70191"), (Some(people[1]), false));
        assert_eq!(to("DE", "70191"), (Some(people[2]), false));
        assert_eq!(to("DE", "10115"), (Some(people[0]), false));
        assert_eq!(to("DE", "70191"), (Some(people[1]), false));
        assert_eq!(to("FR", "75001"), (Some(people[3]), true), "a team without members gets nothing");
    }
}
