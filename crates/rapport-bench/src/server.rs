//! A server with many organisations under load: the real program, asked over HTTP by clients that wait for each answer.

use crate::figures::Figures;
use crate::load::{Ask, Habit, Until, run};
use crate::random::Random;
use crate::stand::Stand;
use crate::tell;
use crate::world::{Place, STORY_NOW, office_domain};
use rapport_model::access::Scope;
use rapport_model::{Error, Id, Kind, Result, Source};
use rapport_server::machine::{NewToken, create};
use rapport_server::{Folder, account};
use rapport_store::source::System;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

/// Clients at once; each request of theirs goes to an organisation by chance.
const CLIENTS: usize = 16;

/// Time of a figure that reads, in a round.
const READING: Duration = Duration::from_secs(3);
/// The same of what is asked for by one client after the other number of them.
const SHORT_READING: Duration = Duration::from_secs(2);
const SHORT_WRITES: usize = 300;
/// What is asked of a server before it is measured.
const WARM_WRITES: usize = 2_000;
const WARM_CLIENTS: usize = 64;
/// Requests of a figure that writes, in a round; few, since the store grows by them.
const WRITES: usize = 800;
const ANALYSES: usize = 200;
/// Pages that are read behind each first one.
const LATER_PAGES: usize = 4;

const READ_AIM: Option<f64> = Some(20.0);
const READS_AIM: Option<f64> = Some(2_000.0);
const CREATES_AIM: Option<f64> = Some(500.0);
const ANALYSIS_AIM: Option<f64> = Some(300.0);

const SORTS: &[&str] = &["name", "-updatedAt", "-lastContact", "nextFollowUp", "-value"];
const FILTERS: &[&str] = &["", "&isActive=true", "&status=lead", "&status=active&isActive=true"];
/// A day in ms, and the year that analytics are asked for.
const DAY_MS: i64 = 86_400_000;
const YEAR_MS: i64 = 365 * DAY_MS;

const GET: &str = "get one customer";
const FIRST: &str = "list of 100, first page with total";
const LATER: &str = "list of 100, later page";
const DUE: &str = "follow-ups of one user, 100";
const TIMELINE: &str = "interactions of one customer";
const SEARCH: &str = "search (q), 20 customers";
const CREATE: &str = "create a customer";
const CREATE_IN_ONE: &str = "create a customer, all in one organisation";
const UPDATE: &str = "change a phone number";
const ANALYSES_OF: &[(&str, &str, &str)] = &[
    ("analytics/value", "analytics of value, nothing kept", "analytics of value, kept"),
    ("analytics/leads", "analytics of leads, nothing kept", "analytics of leads, kept"),
    ("analytics/interactions", "analytics of interactions, nothing kept", "analytics of interactions, kept"),
    ("reports/activity", "activity report, nothing kept", "activity report, kept"),
];

/// One organisation, as its clients know it.
struct Org {
    /// Tokens of an administrator and of somebody in sales.
    admin: Arc<str>,
    sales: Arc<str>,
    customers: Vec<Id>,
    /// What people type: the first letters of a word of a name.
    typed: Vec<String>,
}

type Orgs = Arc<Vec<Org>>;

/// What is asked for in a round: name, habit, how long, what its requests per second are aimed at.
const LOADS: &[(&str, Habit<Visitor>, Until, Option<f64>)] = &[
    (GET, get, Until::After(READING), READS_AIM),
    ("list of 100", list, Until::After(READING), None),
    (DUE, due, Until::After(READING), None),
    (TIMELINE, timeline, Until::After(READING), READS_AIM),
    (SEARCH, search, Until::After(READING), None),
    ("reads of all kinds", mixed, Until::After(READING), READS_AIM),
    ("reads and one write in ten", busy, Until::After(READING), None),
    (CREATE, make, Until::Requests(WRITES), CREATES_AIM),
    (CREATE_IN_ONE, make_in_one, Until::Requests(WRITES), CREATES_AIM),
    (UPDATE, change, Until::Requests(WRITES), CREATES_AIM),
    ("analytics, nothing kept", analyse_anew, Until::Requests(ANALYSES), None),
    ("analytics, kept", analyse_again, Until::After(READING), None),
];

/// What is asked for by more and more clients: name, habit, how long.
const RISING: &[(&str, Habit<Visitor>, Until)] = &[
    (GET, get, Until::After(SHORT_READING)),
    (TIMELINE, timeline, Until::After(SHORT_READING)),
    (CREATE, make, Until::Requests(SHORT_WRITES)),
    (CREATE_IN_ONE, make_in_one, Until::Requests(SHORT_WRITES)),
];
const RISING_CLIENTS: &[usize] = &[1, 4, 64];

/// What is measured.
pub struct Task {
    pub customers: usize,
    pub orgs: usize,
    pub rounds: u32,
    /// On files and on PostgreSQL, interleaved.
    pub both: bool,
}

/// A server, and what there is to ask it for.
type Known = (Stand, Orgs);

pub fn measure(place: &Place, task: &Task, figures: &mut Figures) -> Result<()> {
    let &Task { customers, orgs, rounds, both } = task;
    let look = |folder: &Folder| known(folder, orgs).map(Arc::new);
    let mut stands: Vec<Known> = vec![Stand::on_files(place, customers, orgs, look)?];
    if both {
        stands.push(Stand::on_postgres(place, customers, orgs, look)?);
    }
    // The clients share one thread: they are not what is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Error::internal)?;
    let ask = |stand: &Known, figure: &Loaded, seed: u64, figures: &mut Figures| -> Result<()> {
        let before = stand.0.processor_seconds();
        let visitors = visitors(&stand.1, figure.clients, seed);
        let took = runtime.block_on(run(&stand.0.office.url, figure.until, visitors, figure.habit))?;
        let after = stand.0.processor_seconds();
        let name = figure.name(stand.0.store, both);
        figures.add(&name, "/s", figure.aim, took.rate());
        if let (Some(before), Some(after)) = (before, after) {
            let each = (after - before) * 1000.0 / took.samples.len().max(1) as f64;
            figures.add(&format!("{name}, processor"), "ms each", None, each);
        }
        for (of, time) in took.samples {
            figures.add_ms(&format!("{name}: {of}"), aim_of(of), time);
        }
        Ok(())
    };
    // What opens files and connections, prepares statements and fills caches is the start's, not these figures'.
    for (habit, until) in [
        (mixed as Habit<Visitor>, Until::After(READING)),
        (make, Until::Requests(WARM_WRITES)),
        (change, Until::Requests(WARM_WRITES)),
    ] {
        let warm = Loaded { of: "", habit, until, aim: None, clients: WARM_CLIENTS };
        stands.iter().try_for_each(|stand| ask(stand, &warm, 1, &mut Figures::default()))?;
    }
    let in_orgs = format!("{customers} customers in {orgs} organisations");
    for round in 0..rounds {
        tell(&format!("server with {in_orgs}: round {} of {rounds}", round + 1));
        figures.begin_round(round);
        for (at, figure) in loads(both).iter().enumerate() {
            let seed = u64::from(round) * 10_000 + at as u64 * 100 + 7;
            stands.iter().try_for_each(|stand| ask(stand, figure, seed, figures))?;
        }
        for (stand, _) in &stands {
            if let Some(bytes) = stand.office.memory_bytes() {
                figures.add(&named("memory of the server", stand.store, both), "MB", None, bytes / 1_000_000.0);
            }
        }
    }
    stands.into_iter().try_for_each(|(stand, _)| stand.end())
}

/// One load.
struct Loaded {
    of: &'static str,
    habit: Habit<Visitor>,
    until: Until,
    aim: Option<f64>,
    clients: usize,
}

impl Loaded {
    fn name(&self, store: &str, both: bool) -> String {
        let clients = match self.clients {
            CLIENTS => String::new(),
            1 => ", 1 client".into(),
            clients => format!(", {clients} clients"),
        };
        named(&format!("{}{clients}", self.of), store, both)
    }
}

fn named(figure: &str, store: &str, both: bool) -> String {
    if both { format!("{figure} [{store}]") } else { figure.to_owned() }
}

fn loads(both: bool) -> Vec<Loaded> {
    let usual = LOADS.iter().map(|&(of, habit, until, aim)| Loaded { of, habit, until, aim, clients: CLIENTS });
    let rising = RISING.iter().flat_map(|&(of, habit, until)| {
        RISING_CLIENTS.iter().map(move |&clients| Loaded { of, habit, until, aim: None, clients })
    });
    if both { usual.chain(rising).collect() } else { usual.collect() }
}

fn visitors(orgs: &Orgs, clients: usize, seed: u64) -> Vec<Visitor> {
    let one = |n: usize| Visitor { orgs: orgs.clone(), random: Random(seed + n as u64), pages: 0, page: None, changed: None };
    (0..clients).map(one).collect()
}

/// What the p99 of a figure is aimed at, ms.
fn aim_of(figure: &str) -> Option<f64> {
    match figure {
        CREATE | CREATE_IN_ONE | UPDATE => None,
        _ if ANALYSES_OF.iter().any(|(_, anew, _)| *anew == figure) => ANALYSIS_AIM,
        _ => READ_AIM,
    }
}

/// Makes tokens, and reads what there is to ask for.
fn known(folder: &Folder, orgs: usize) -> Result<Vec<Org>> {
    let source: Arc<dyn Source> = Arc::new(System);
    (0..orgs)
        .map(|n| {
            let token = |name: &str| -> Result<(Id, String)> {
                let email = format!("{name}@{}", office_domain(n));
                let org = account::org_of(folder, &email)?;
                let new = NewToken { name: "bench".into(), scope: Scope::Write, expires: "2".into(), email: Some(email) };
                Ok((org, create(folder, &source, org, &new)?.bearer))
            };
            let ((org, admin), (_, sales)) = (token("ingrid")?, token("marit")?);
            let store = folder.open_org(org)?;
            let (customers, names) = store.read(|tx| {
                let ids = tx.ids(Kind::Customers)?;
                let some: Vec<Id> = ids.iter().step_by((ids.len() / 200).max(1)).copied().collect();
                let found = tx.find_many(Kind::Customers, &some)?;
                let mut names: Vec<String> = found.values().map(|r| r.to_json()["name"].to_string()).collect();
                names.sort();
                Ok((ids, names))
            })?;
            store.close();
            let typed = names.iter().flat_map(|name| rapport_model::text::words(name)).filter_map(|word| {
                let letters: String = word.chars().take(4).collect();
                (letters.chars().count() == 4).then_some(letters)
            });
            Ok(Org { admin: admin.into(), sales: sales.into(), customers, typed: typed.collect() })
        })
        .collect()
}

/// One client: whom it asks, and what it remembers of its last answers.
struct Visitor {
    orgs: Orgs,
    random: Random,
    /// Pages read so far, and where the next one begins.
    pages: usize,
    page: Option<(usize, String)>,
    /// Of analytics: the organisation that was just written to.
    changed: Option<usize>,
}

impl Visitor {
    fn org(&mut self) -> usize {
        self.random.below(self.orgs.len())
    }

    fn customer(&mut self, org: usize) -> Id {
        *self.random.of(&self.orgs[org].customers)
    }
}

fn get(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let org = visitor.org();
    let path = format!("/api/customers/{}", visitor.customer(org));
    Ask::get(GET, &visitor.orgs[org].admin, path)
}

/// A first page, then the pages behind it, as one scrolls.
fn list(visitor: &mut Visitor, answer: &[u8]) -> Ask {
    if let Some((org, asked)) = visitor.page.take()
        && visitor.pages < LATER_PAGES
        && let Ok(Value::String(next)) = serde_json::from_slice(answer).map(|mut page: Value| page["next"].take())
    {
        visitor.pages += 1;
        let path = format!("{asked}&cursor={next}");
        visitor.page = Some((org, asked));
        return Ask::get(LATER, &visitor.orgs[org].admin, path);
    }
    let org = visitor.org();
    let path = format!("/api/customers?limit=100&sort={}{}", visitor.random.of(SORTS), visitor.random.of(FILTERS));
    visitor.pages = 0;
    visitor.page = Some((org, path.clone()));
    Ask::get(FIRST, &visitor.orgs[org].admin, path)
}

fn due(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let org = visitor.org();
    Ask::get(DUE, &visitor.orgs[org].sales, "/api/customers/interactions/follow-up?limit=100".into())
}

fn timeline(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let org = visitor.org();
    let path = format!("/api/customers/{}/interactions", visitor.customer(org));
    Ask::get(TIMELINE, &visitor.orgs[org].admin, path)
}

fn search(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let org = visitor.org();
    let typed: String = visitor.random.of(&visitor.orgs[org].typed).bytes().map(|byte| format!("%{byte:02X}")).collect();
    Ask::get(SEARCH, &visitor.orgs[org].admin, format!("/api/customers?limit=20&q={typed}"))
}

/// What an integration and a handful of browsers ask for, one thing with another.
fn mixed(visitor: &mut Visitor, answer: &[u8]) -> Ask {
    if visitor.page.is_some() && visitor.random.below(2) == 0 {
        return list(visitor, answer);
    }
    visitor.page = None;
    match visitor.random.below(20) {
        0..10 => get(visitor, answer),
        10..15 => timeline(visitor, answer),
        15..18 => list(visitor, answer),
        18 => due(visitor, answer),
        _ => search(visitor, answer),
    }
}

/// Nine requests of ten read.
fn busy(visitor: &mut Visitor, answer: &[u8]) -> Ask {
    match visitor.random.below(20) {
        0 => make(visitor, answer),
        1 => change(visitor, answer),
        _ => mixed(visitor, answer),
    }
}

fn made(visitor: &mut Visitor, org: usize, figure: &'static str) -> Ask {
    let number = visitor.random.below(usize::MAX);
    let body = json!({
        "name": format!("Made-up Optics {number:x}"), "type": "business", "status": "lead", "source": "Website",
        "email": format!("office@{number:x}.example"), "phone": "+49 30 1234567", "tags": ["measured"],
        "address": { "street": "Ringstraße 1", "city": "Berlin", "state": "", "zipCode": "10115", "country": "DE" },
        "primaryContact": { "firstName": "Petra", "lastName": "Hoffmann", "email": format!("petra@{number:x}.example") },
    });
    Ask::write(figure, &visitor.orgs[org].sales, "POST", "/api/customers".into(), body.to_string())
}

fn make(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let org = visitor.org();
    visitor.page = None;
    made(visitor, org, CREATE)
}

fn make_in_one(visitor: &mut Visitor, _: &[u8]) -> Ask {
    made(visitor, 0, CREATE_IN_ONE)
}

fn changed(visitor: &mut Visitor, org: usize) -> Ask {
    let path = format!("/api/customers/{}", visitor.customer(org));
    let body = json!({ "phone": format!("+49 30 {}", 1_000_000 + visitor.random.below(9_000_000)) });
    Ask::write(UPDATE, &visitor.orgs[org].admin, "PUT", path, body.to_string())
}

fn change(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let org = visitor.org();
    visitor.page = None;
    changed(visitor, org)
}

/// The address of a question, for the year before the story's end.
fn question(at: usize) -> String {
    let to = STORY_NOW.0 + DAY_MS;
    format!("/api/customers/{}?from={}&to={to}&tz=Europe/Berlin", ANALYSES_OF[at].0, to - YEAR_MS)
}

/// A write to an organisation, so that nothing is kept of it, then a question to it.
fn analyse_anew(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let Some(org) = visitor.changed.take() else {
        let org = visitor.org();
        visitor.changed = Some(org);
        return Ask { figure: None, ..changed(visitor, org) };
    };
    let at = visitor.random.below(ANALYSES_OF.len());
    Ask::get(ANALYSES_OF[at].1, &visitor.orgs[org].admin, question(at))
}

fn analyse_again(visitor: &mut Visitor, _: &[u8]) -> Ask {
    let (org, at) = (visitor.org(), visitor.random.below(ANALYSES_OF.len()));
    Ask::get(ANALYSES_OF[at].2, &visitor.orgs[org].admin, question(at))
}
