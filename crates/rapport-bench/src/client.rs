//! A device with a full store: start, lists, search, pages, saves; all through the commands that the window calls.

use crate::figures::Figures;
use crate::first_rows;
use crate::random::Random;
use crate::tell;
use crate::world::{Place, Profile};
use rapport_model::{Error, Kind, Result, title};
use rapport_ops::{Ctx, run};
use serde_json::{Value, json};

/// Aims: the p99 of what a person waits for, ms.
const READ_AIM: Option<f64> = Some(16.0);
const SAVE_AIM: Option<f64> = Some(10.0);

/// The aim for an export of 20,000 customers, ms.
const EXPORT_AIM: Option<f64> = Some(2000.0);

/// Samples of one round.
const SEARCHES: usize = 100;
const RECORDS: usize = 200;
const SAVES: usize = 100;
const TYPOS: usize = 2000;
/// What the window asks of a search in the list (FOUND_MAX in ui/src).
const FOUND_MAX: usize = 200;
/// Pages that are read behind each first one.
const LATER_PAGES: usize = 4;

const SORTS: &[&str] = &["name", "-name", "status", "nextFollowUp", "-lastContact", "-value", "-updatedAt"];

/// What the device knows about its customers, to ask for them.
struct Known {
    ids: Vec<String>,
    /// Words of names, two by two.
    names: Vec<(String, String)>,
    /// Customers, and what they are called.
    called: Vec<(String, String)>,
    me: String,
}

pub fn measure(place: &Place, customers: usize, rounds: u32, figures: &mut Figures) -> Result<()> {
    let data = place.copy(&place.device(customers)?, "client")?;
    for round in 0..rounds {
        tell(&format!("client: round {} of {rounds}", round + 1));
        figures.begin_round(round);
        first_rows::measure(&data, figures)?;
        let ctx = Profile::of(&data)?.open()?;
        let mut random = Random(u64::from(round) + 1);
        let known = known(&ctx)?;
        if known.ids.len() < customers {
            return Err(Error::internal(format_args!("{} customers are in the store, not {customers}", known.ids.len())));
        }
        // The first touch of each table is the start's, not this figure's.
        pages(&ctx, &known, &mut Figures::default())?;
        pages(&ctx, &known, figures)?;
        searches(&ctx, &known, &mut random, figures)?;
        typos(&ctx, &known, &mut random, figures)?;
        records(&ctx, &known, &mut random, figures)?;
        saves(&ctx, &known, &mut random, figures)?;
    }
    crate::world::clear(&data)
}

/// Mistyped names alone. The store is read from, so it needs no copy.
pub fn measure_typos(place: &Place, customers: usize, rounds: u32, figures: &mut Figures) -> Result<()> {
    let ctx = Profile::of(&place.device(customers)?)?.open()?;
    for round in 0..rounds {
        tell(&format!("typos: round {} of {rounds}", round + 1));
        figures.begin_round(round);
        typos(&ctx, &known(&ctx)?, &mut Random(u64::from(round) + 1), figures)?;
    }
    Ok(())
}

/// What goes out of a store: everything that it has, in each form.
pub fn measure_files(place: &Place, customers: usize, rounds: u32, figures: &mut Figures) -> Result<()> {
    let ctx = Profile::of(&place.device(customers)?)?.open()?;
    for round in 0..rounds {
        figures.begin_round(round);
        for (format, name) in [
            ("xlsx", "export as a workbook"),
            ("csv", "export as CSV"),
            ("vcard", "export as vCards"),
            ("json", "export as JSON"),
        ] {
            let filter = json!({ "includeInactive": true });
            let wanted = json!({ "kind": "customers", "filter": filter, "sort": "name", "format": format });
            let wanted = serde_json::from_value(wanted).map_err(Error::internal)?;
            let written = figures.time(name, EXPORT_AIM, || rapport_ops::export::write(&ctx, wanted))?;
            figures.add(&format!("{name}, customers"), "", None, written.rows as f64);
        }
    }
    Ok(())
}

fn known(ctx: &Ctx) -> Result<Known> {
    let found = ctx.store.read(|tx| {
        let ids = tx.ids(Kind::Customers)?;
        let some: Vec<_> = ids.iter().step_by((ids.len() / 2000).max(1)).copied().collect();
        let called = |record: &rapport_model::BoxedRecord| (record.meta().id.to_string(), title(record.as_ref()));
        let called: Vec<(String, String)> = tx.find_many(Kind::Customers, &some)?.values().map(called).collect();
        Ok((ids, called))
    })?;
    let (ids, mut called) = found;
    called.sort();
    let mut names: Vec<String> = called.iter().map(|(_, name)| name.clone()).collect();
    names.sort();
    let words = |name: &String| {
        let mut words = rapport_model::text::words(name).into_iter().filter(|word| word.chars().count() >= 2);
        Some((words.next()?, words.next()?))
    };
    let names = names.iter().filter_map(words).collect();
    Ok(Known { ids: ids.iter().map(ToString::to_string).collect(), names, called, me: ctx.actor.user.to_string() })
}

/// The filters that the customers' page has.
fn filters(me: &str) -> [Value; 5] {
    [
        json!({ "isActive": true }),
        json!({ "includeInactive": true }),
        json!({ "isActive": true, "status": "lead" }),
        json!({ "isActive": true, "assignedTo": me }),
        json!({ "isActive": true, "status": "active", "assignedTo": me }),
    ]
}

fn pages(ctx: &Ctx, known: &Known, figures: &mut Figures) -> Result<()> {
    for sort in SORTS {
        for filter in filters(&known.me) {
            let args =
                |cursor: &Value| json!({ "kind": "customers", "filter": filter, "sort": sort, "limit": 100, "cursor": cursor });
            let mut page =
                figures.time("list, first page and total", READ_AIM, || run("records.list", args(&Value::Null), ctx))?;
            for _ in 0..LATER_PAGES {
                let cursor = page["next"].take();
                if cursor.is_null() {
                    break;
                }
                page = figures.time("list, later page", READ_AIM, || run("records.list", args(&cursor), ctx))?;
            }
        }
    }
    Ok(())
}

fn searches(ctx: &Ctx, known: &Known, random: &mut Random, figures: &mut Figures) -> Result<()> {
    let start = |word: &str, letters: usize| word.chars().take(letters).collect::<String>();
    for _ in 0..SEARCHES {
        let (one, two) = random.of(&known.names);
        let asked = [
            ("1 letter", start(one, 1)),
            ("2 letters", start(two, 2)),
            ("3 letters", start(one, 3)),
            ("5 letters", start(two, 5)),
            ("two words", format!("{} {}", start(one, 4), start(two, 2))),
        ];
        for (what, q) in asked {
            let palette = json!({ "q": q, "limit": 8 });
            figures.time(&format!("palette search, {what}"), READ_AIM, || run("search.query", palette, ctx))?;
            let list = json!({ "kind": "customers", "filter": { "q": q, "isActive": true }, "sort": "name", "limit": FOUND_MAX });
            figures.time(&format!("list search, {what}"), READ_AIM, || run("records.list", list, ctx))?;
        }
    }
    Ok(())
}

/// What a mistyped search takes at most, ms.
const TYPO_AIM: Option<f64> = Some(5.0);

/// Names with one wrong letter: whether they are found among the first ten, and how fast.
fn typos(ctx: &Ctx, known: &Known, random: &mut Random, figures: &mut Figures) -> Result<()> {
    figures.time("names learnt", None, || ctx.store.learn_names())?;
    figures.add("names in memory", "MiB", None, ctx.store.names_bytes() as f64 / f64::from(1 << 20));
    let long: Vec<&(String, String)> = known.called.iter().filter(|(_, name)| name.chars().count() >= 5).collect();
    let mut found = 0;
    for _ in 0..TYPOS {
        let (id, name) = *random.of(&long);
        let typed = mistype(name, random);
        let args = json!({ "q": typed, "limit": 10 });
        let hits = figures.time("search, one letter wrong", TYPO_AIM, || run("search.query", args, ctx))?;
        found += usize::from(hits["hits"].as_array().into_iter().flatten().any(|hit| hit["id"] == id.as_str()));
    }
    figures.add("one letter wrong, in the first ten", "%", None, found as f64 * 100.0 / TYPOS as f64);
    Ok(())
}

/// One letter swapped with its neighbour, dropped, added or replaced.
fn mistype(name: &str, random: &mut Random) -> String {
    let mut letters: Vec<char> = name.chars().collect();
    let at = random.below(letters.len() - 1);
    let other = char::from(b'a' + u8::try_from(random.below(26)).unwrap_or(0));
    match random.below(4) {
        0 => letters.swap(at, at + 1),
        1 => drop(letters.remove(at)),
        2 => letters.insert(at, other),
        _ => letters[at] = other,
    }
    letters.into_iter().collect()
}

fn records(ctx: &Ctx, known: &Known, random: &mut Random, figures: &mut Figures) -> Result<()> {
    for _ in 0..RECORDS {
        let id = random.of(&known.ids);
        figures.time("record by id", READ_AIM, || run("records.get", json!({ "kind": "customers", "id": id }), ctx))?;
        let id = random.of(&known.ids);
        figures.time("customer page", READ_AIM, || run("customers.page", json!({ "id": id }), ctx))?;
    }
    Ok(())
}

fn saves(ctx: &Ctx, known: &Known, random: &mut Random, figures: &mut Figures) -> Result<()> {
    for n in 0..SAVES {
        let id = random.of(&known.ids);
        let seen = run("records.get", json!({ "kind": "customers", "id": id }), ctx)?;
        let phone = json!({
            "value": format!("+49 711 {:07}", random.below(10_000_000)),
            "base": seen["record"]["phone"],
            "baseVersion": seen["version"],
        });
        let edit = json!({ "kind": "customers", "id": id, "op": "put", "units": { "phone": phone } });
        figures.time("save of a phone number", SAVE_AIM, || run("records.save", json!({ "changes": [edit] }), ctx))?;
        let units = json!({
            "customerId": { "value": random.of(&known.ids) },
            "type": { "value": "call" },
            "subject": { "value": format!("A call, number {n}") },
        });
        let call = json!({ "kind": "interactions", "id": ctx.source.id(), "op": "put", "units": units });
        figures.time("log of a call", SAVE_AIM, || run("records.save", json!({ "changes": [call] }), ctx))?;
    }
    Ok(())
}
