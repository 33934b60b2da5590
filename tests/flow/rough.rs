//! The real programs on a bad road: three laptops at once whose clocks are years off and move, a proxy that cuts, doubles and garbles,
//! kill -9 of either end. Nothing that was acknowledged is lost or doubled, and in the end all laptops read the same.

use crate::support::dice::Dice;
use crate::support::programs::{Company, JONAS, Laptop, MARIT, PASSWORD, fed};
use crate::support::road::Road;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const STEPS: usize = 45;
const SHARED: usize = 5;

/// The clocks that a laptop may have, as libfaketime names them: right, ahead, behind, standing still, dead battery.
const CLOCKS: &[&str] = &["+0", "+0", "+1100d", "-800d", "+40d", "2026-01-05 09:00:00", "1970-01-02 00:00:00"];
/// The server's own clock jumps, too, if not by years.
const SERVER_CLOCKS: &[&str] = &["+0", "+0", "+3h", "-3h"];

/// The library that moves a program's clock.
fn faketime() -> String {
    let places = ["/usr/lib", "/usr/lib64", "/usr/local/lib"];
    let folders = places.iter().flat_map(|place| {
        let inner = std::fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
        inner.chain([place.into()]).map(|folder| folder.join("faketime/libfaketimeMT.so.1"))
    });
    let found = folders.into_iter().find(|path| path.is_file());
    found.expect("libfaketime is installed: `apt-get install faketime`").to_str().expect("Unicode").to_owned()
}

fn clock(library: &str, at: &str) -> Vec<(&'static str, String)> {
    // Time that passes is not faked: a pause lasts as long as it says.
    [("LD_PRELOAD", library), ("FAKETIME", at), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("DONT_FAKE_MONOTONIC", "1")]
        .map(|(name, value)| (name, value.to_owned()))
        .into()
}

/// What its owner was told of her work.
#[derive(Default)]
struct Told {
    created: BTreeSet<String>,
    calls: BTreeSet<String>,
    taken_back: BTreeSet<String>,
    /// By customer: the last number that was acknowledged, if one was, and what was tried since.
    phones: BTreeMap<String, (bool, Vec<String>)>,
    deaths: usize,
    syncs: (usize, usize),
    /// Every command in order: its clock, and how it ended.
    story: Vec<String>,
}

struct Person<'a> {
    n: usize,
    laptop: &'a Laptop,
    dice: Dice,
    faketime: &'a str,
    clock: &'static str,
    told: Told,
}

impl Person<'_> {
    /// Runs a command with her clock. Now and then it is killed, and then she was told nothing: `None`.
    fn run(&mut self, arguments: &[&str], stdin: &str) -> Option<Value> {
        let mut child = self
            .laptop
            .command()
            .args(arguments)
            .envs(clock(self.faketime, self.clock))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started");
        // It may be dead already.
        let _ = child.stdin.take().expect("stdin").write_all(stdin.as_bytes());
        if self.dice.below(7) == 0 {
            let until = Instant::now() + Duration::from_millis(self.dice.below(400) as u64);
            while child.try_wait().expect("a child").is_none() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(2));
            }
            if child.try_wait().expect("a child").is_none() {
                child.kill().expect("killed");
                self.told.deaths += 1;
            }
        }
        let output = child.wait_with_output().expect("reaped");
        let ended = match (output.status.code(), String::from_utf8_lossy(&output.stderr)) {
            (Some(0), _) => "done".to_owned(),
            (Some(_), error) => error.trim().to_owned(),
            (None, _) => "killed".to_owned(),
        };
        self.told.story.push(format!("{} at {}: {stdin} {ended}", arguments.join(" "), self.clock));
        output.status.success().then(|| serde_json::from_slice(&output.stdout).unwrap_or_default())
    }

    fn step(&mut self, step: usize, customers: &[String]) {
        if self.dice.below(8) == 0 {
            self.clock = *self.dice.of::<&str>(CLOCKS);
        }
        let what = format!("{} {step}", self.n);
        let customer = self.dice.of(customers).clone();
        match self.dice.below(10) {
            0 | 1 => {
                let name = format!("Customer {what}");
                let put = json!({ "kind": "customers", "fields": { "name": name } });
                if self.run(&["put"], &put.to_string()).is_some() {
                    self.told.created.insert(name);
                }
            }
            2..5 => {
                let phone = format!("+49 30 {}{step:04}", self.n);
                let put = json!({ "kind": "customers", "id": customer, "fields": { "phone": phone } });
                let tried = self.told.phones.entry(customer.clone()).or_default();
                tried.1.push(phone.clone());
                if self.run(&["put"], &put.to_string()).is_some() {
                    // What she typed over herself is her own doing.
                    self.told.phones.insert(customer, (true, vec![phone]));
                }
            }
            5 | 6 => {
                let subject = format!("Call {what}");
                let fields = json!({ "customerId": customer, "type": "call", "subject": subject, "date": 1_760_000_000_000_i64 });
                let saved = self.run(&["put"], &json!({ "kind": "interactions", "fields": fields }).to_string());
                let Some(saved) = saved else { return };
                self.told.calls.insert(subject.clone());
                if self.dice.below(4) == 0
                    && let Some(id) = id_of(&saved)
                    && self.run(&["delete", "interactions", &id], "").is_some()
                {
                    self.told.calls.remove(&subject);
                    self.told.taken_back.insert(subject);
                }
            }
            _ => {
                let ended = self.run(&["sync"], "").is_some();
                self.told.syncs.0 += 1;
                self.told.syncs.1 += usize::from(ended);
            }
        }
    }
}

fn id_of(saved: &Value) -> Option<String> {
    saved["saved"][0]["record"]["_id"].as_str().map(str::to_owned)
}

/// All of a kind, by id, without what a laptop computes by the day.
fn all(laptop: &Laptop, kind: &str) -> BTreeMap<String, Value> {
    let (mut out, mut cursor) = (BTreeMap::new(), None::<String>);
    loop {
        let mut arguments = vec!["list", kind, "--limit", "200"];
        if let Some(cursor) = &cursor {
            arguments.extend(["--cursor", cursor]);
        }
        let page = laptop.run(&arguments, "");
        for item in page["items"].as_array().expect("items") {
            out.insert(item["_id"].as_str().expect("an id").to_owned(), item.clone());
        }
        match page["next"].as_str() {
            Some(next) => cursor = Some(next.to_owned()),
            None => return out,
        }
    }
}

/// What the server answers to somebody with a token.
fn asked(address: &str, token: &str, path: &str) -> Value {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    write!(stream, "GET {path} HTTP/1.0\r\nauthorization: Bearer {token}\r\n\r\n").expect("asked");
    let mut text = String::new();
    stream.read_to_string(&mut text).expect("answered");
    let body = text.split_once("\r\n\r\n").expect("an answer").1;
    serde_json::from_str(body).unwrap_or_else(|error| panic!("{path}: {error}: {text}"))
}

/// Good on all days that a laptop may think it is.
fn certificate(folder: &std::path::Path, faketime: &str) -> (String, String) {
    let path = |name: &str| folder.join(name).to_str().expect("Unicode").to_owned();
    let (cert, key) = (path("cert.pem"), path("key.pem"));
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=127.0.0.1"])
        .args([
            "-days",
            "36000",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-keyout",
            &key,
            "-out",
            &cert,
        ])
        .envs(clock(faketime, "1970-01-01 00:00:10"))
        .output()
        .expect("openssl is installed");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    (cert, key)
}

/// What the people of a story work with.
struct World {
    seed: u64,
    faketime: String,
    company: Company,
    road: Road,
    laptops: Vec<Laptop>,
    /// A certificate that laptops trust.
    ca: Option<String>,
    /// For questions to the server.
    token: String,
    /// Customers that all of them know.
    shared: Vec<String>,
    _folder: tempfile::TempDir,
}

impl World {
    fn new(seed: u64, over_tls: bool) -> World {
        let (faketime, folder) = (faketime(), tempfile::tempdir().expect("a folder"));
        let mut company = Company::found();
        let token = company.run(&["token", "create", "--name", "rough", "--scope", "read", "--expires", "30", "--as", MARIT]);
        let tls = over_tls.then(|| certificate(folder.path(), &faketime));
        if let Some((cert, key)) = &tls {
            company.shut();
            company.options = ["--tls-cert", cert, "--tls-key", key].map(str::to_owned).into();
            company.open();
        }
        company.open_second();
        let road = Road::to(company.address(), seed, over_tls);
        road.lead_to(&company.addresses());
        let ca = tls.map(|(cert, _)| cert);
        let (laptops, shared) = (Vec::new(), Vec::new());
        let token = token.trim().to_owned();
        let mut world = World { seed, faketime, company, road, laptops, ca, token, shared, _folder: folder };
        world.laptops = [MARIT, MARIT, JONAS].map(|email| world.laptop(email)).into();
        world.shared = (0..SHARED)
            .map(|n| {
                let put = json!({ "kind": "customers", "fields": { "name": format!("Shared {n}") } }).to_string();
                id_of(&world.laptops[0].run(&["put"], &put)).expect("an id")
            })
            .collect();
        world.laptops.iter().for_each(|laptop| drop(laptop.run(&["sync"], "")));
        world
    }

    /// A laptop that is signed in through the road.
    fn laptop(&self, email: &str) -> Laptop {
        let url = format!("{}://{}", if self.ca.is_some() { "https" } else { "http" }, self.road.address);
        let laptop = Laptop::trusting(self.ca.clone());
        let login = ["login", "--server", &url, "--email", email, "--password-stdin"];
        let output = fed(laptop.command().args(login), &format!("{PASSWORD}\n"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        laptop
    }

    /// Everybody works at once, while servers die and come back with another clock.
    fn work(&mut self) -> Vec<Told> {
        self.road.rough(true);
        let World { seed, faketime, company, laptops, shared, .. } = self;
        let (seed, faketime, done) = (*seed, faketime.as_str(), AtomicBool::new(false));
        let told = std::thread::scope(|scope| {
            let people: Vec<_> = laptops
                .iter()
                .enumerate()
                .map(|(n, laptop)| {
                    let dice = Dice(seed ^ (0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(n as u64 + 1)));
                    let shared = &*shared;
                    scope.spawn(move || {
                        let mut person = Person { n, laptop, dice, faketime, clock: "+0", told: Told::default() };
                        (0..STEPS).for_each(|step| person.step(step, shared));
                        person.told
                    })
                })
                .collect();
            let done = &done;
            scope.spawn(move || {
                let mut dice = Dice(seed.rotate_left(17) | 1);
                while !done.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(900 + dice.below(900) as u64));
                    company.environment = clock(faketime, dice.of::<&str>(SERVER_CLOCKS));
                    company.die_and_come_back(dice.below(2));
                }
            });
            let told = people.into_iter().map(|person| person.join().expect("a person")).collect();
            done.store(true, Ordering::SeqCst);
            told
        });
        self.road.rough(false);
        told
    }

    /// Everything is well again: all come to rest, and read the same as somebody who starts now.
    fn settle(&mut self) -> Laptop {
        self.company.environment = clock(&self.faketime, "+0");
        self.company.die_and_come_back(0);
        self.company.die_and_come_back(1);
        let seed = self.seed;
        for round in 0..3 {
            self.laptops.iter().for_each(|laptop| drop(laptop.run(&["sync"], "")));
            for laptop in self.laptops.iter().filter(|_| round == 0) {
                assert_eq!(laptop.run(&["status"], "")["sync"]["waiting"], json!(0), "seed {seed}");
            }
        }
        let fresh = self.laptop(JONAS);
        fresh.run(&["sync"], "");
        for kind in ["customers", "interactions"] {
            let there = all(&fresh, kind);
            for (n, laptop) in self.laptops.iter().enumerate() {
                assert_eq!(all(laptop, kind), there, "seed {seed}: laptop {n} reads other {kind}");
            }
        }
        fresh
    }

    /// All that the server says of the shared customers, their history with it.
    fn said_of_shared(&mut self) -> BTreeMap<String, String> {
        self.company.plain();
        let asked = |path: String| asked(self.company.address(), &self.token, &path);
        let mut out = BTreeMap::new();
        for customer in &self.shared {
            let mut text = asked(format!("/api/customers/{customer}")).to_string();
            let mut cursor = String::new();
            loop {
                let page = asked(format!("/api/customers/{customer}/history?limit=200{cursor}"));
                text.push_str(&page.to_string());
                let Some(next) = page["next"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            out.insert(customer.clone(), text);
        }
        out
    }

    /// Every word that was acknowledged is there, or in the history; nothing is there twice.
    fn judge(&mut self, told: &[Told], fresh: &Laptop) {
        let seed = self.seed;
        let texts = |kind: &str, field: &str| -> Vec<String> {
            all(fresh, kind).values().map(|record| record[field].as_str().expect(field).to_owned()).collect()
        };
        let (names, subjects) = (texts("customers", "name"), texts("interactions", "subject"));
        let once = |list: &[String]| list.iter().collect::<BTreeSet<_>>().len() == list.len();
        assert!(once(&names) && once(&subjects), "seed {seed}: doubled in {names:?} or {subjects:?}");
        let said = self.said_of_shared();
        for (n, told) in told.iter().enumerate() {
            let lost = told.created.iter().filter(|name| !names.contains(name));
            let lost: Vec<_> = lost.chain(told.calls.iter().filter(|subject| !subjects.contains(subject))).collect();
            assert!(lost.is_empty(), "seed {seed}: laptop {n} lost {lost:?}\n{}", told.story.join("\n"));
            for subject in &told.taken_back {
                assert!(!subjects.contains(subject), "seed {seed}: {subject} came back");
            }
            for (customer, (acknowledged, phones)) in &told.phones {
                let found = phones.iter().any(|phone| said[customer].contains(phone.as_str()));
                if *acknowledged && !found {
                    let (story, held) = (told.story.join("\n"), &said[customer]);
                    let cards = self.laptops[n].run(&["call", "cards.list"], "");
                    panic!("seed {seed}: laptop {n} lost {phones:?} of {customer}\n{story}\n{held}\n{cards}");
                }
            }
        }
    }
}

fn story(seed: u64, over_tls: bool) {
    let mut world = World::new(seed, over_tls);
    let told = world.work();
    let met = world.road.met();
    let fresh = world.settle();
    world.judge(&told, &fresh);
    let deaths: usize = told.iter().map(|told| told.deaths).sum();
    let syncs = told.iter().fold((0, 0), |sum, told| (sum.0 + told.syncs.0, sum.1 + told.syncs.1));
    let kept: usize = told.iter().map(|told| told.created.len() + told.calls.len() + told.phones.len()).sum();
    eprintln!("seed {seed}: {kept} things kept, {deaths} deaths, {} of {} syncs went through, {met:?}", syncs.1, syncs.0);
    assert!(met.len() >= 6 && deaths > 0 && syncs.1 > 0, "a rough road: {met:?}, {deaths} deaths, {syncs:?} syncs");
}

#[test]
fn on_a_bad_road_with_moving_clocks_nothing_is_lost_or_doubled() {
    story(seed(0x5EED_0001), false);
}

#[test]
fn the_same_over_tls_where_bytes_are_garbled() {
    story(seed(0x5EED_0002), true);
}

/// Another story by `RAPPORT_ROUGH_SEED`.
fn seed(usual: u64) -> u64 {
    std::env::var("RAPPORT_ROUGH_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}
