//! For every set of changes that people made without having seen each other's, and every order in which they can arrive, plain
//! fields, tags, deletes and owners end the same: over the real `accept`, every interleaving of small sets.

use crate::support::office::Office;
use rapport_model::access::{Actor, Role};
use rapport_model::mutation::{Change, Mutation, Op, UnitEdit};
use rapport_model::{Code, Customer, Error, Id, Kind, Millis, unit};
use rapport_ops::accept::{self, Context};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// SplitMix64: a set is its seed.
struct Dice(u64);

impl Dice {
    fn below(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// What everybody saw before they went offline.
struct Start {
    customers: [Customer; 2],
    owners: [Id; 3],
}

fn id(device: usize, n: usize, what: u8) -> Id {
    let mut bytes = [0x33; 16];
    (bytes[6], bytes[13], bytes[14], bytes[15]) = (0x73, u8::try_from(device).expect("few"), u8::try_from(n).expect("few"), what);
    Id::from_bytes(bytes)
}

/// What a device typed last, by record and unit.
type Own = BTreeMap<(Id, String), Value>;

/// What a device did, from what it saw at the start and has done itself. The base values are those of its own last edit.
fn mutation(dice: &mut Dice, start: &Start, device: usize, n: usize, at: Millis, own: &mut Own) -> Option<Mutation> {
    let customer = &start.customers[usize::from(dice.below(3) == 0)];
    if own.contains_key(&(customer.meta.id, unit::DELETED.to_owned())) {
        // Nobody edits what she has put into the trash herself.
        return None;
    }
    let units: Vec<(&str, Value)> = match dice.below(9) {
        0 | 1 => vec![("industry", json!(format!("{device}.{n}")))],
        2 => vec![("source", json!(format!("{device}.{n}"))), ("companyName", json!(format!("{device}.{n}")))],
        3 => vec![("tags/vip", json!(true))],
        4 => vec![("tags/old", Value::Null)],
        5 => vec![("tags/vip", Value::Null), ("tags/old", json!(true))],
        6 => vec![("assignedTo", json!(start.owners[usize::try_from(dice.below(3)).expect("few")]))],
        _ => vec![(unit::DELETED, json!(at.0))],
    };
    let deletes = units[0].0 == unit::DELETED;
    let edits = units.into_iter().map(|(name, value)| {
        let seen = || unit::get(customer, name).unwrap_or_default();
        let base = own.insert((customer.meta.id, name.to_owned()), value.clone()).unwrap_or_else(seen);
        let edit = UnitEdit { value, base, base_version: customer.meta.version, updated_at: at, seen: Millis(0) };
        (name.to_owned(), edit)
    });
    let op = if deletes { Op::Delete } else { Op::Put };
    let mut changes = vec![Change { kind: "customers".into(), id: customer.meta.id, op, units: edits.collect() }];
    if !deletes && dice.below(5) == 0 {
        // A call below it, made without having seen a delete.
        let edit = |value: Value| UnitEdit { value, base: Value::Null, base_version: 0, updated_at: at, seen: Millis(0) };
        let what = [("customerId", json!(customer.meta.id)), ("type", json!("call")), ("subject", json!("Offer"))];
        let when = [("interactionDate", json!(at)), ("assignedTo", json!(start.owners[0]))];
        let units = what.into_iter().chain(when);
        let units = units.map(|(name, value)| (name.to_owned(), edit(value))).collect();
        changes = vec![Change { kind: "interactions".into(), id: id(device, n, 2), op: Op::Put, units }];
    }
    let n64 = i64::try_from(n).expect("few") + 1;
    Some(Mutation {
        mutation_id: id(device, n, 1),
        epoch: id(device, 0, 9),
        n: n64,
        prev: String::new(),
        batch_id: None,
        parted: false,
        changes,
    })
}

/// Every way to put the devices' sequences into one, each in its own order.
fn interleavings(lengths: &[usize]) -> Vec<Vec<usize>> {
    if lengths.iter().all(|length| *length == 0) {
        return vec![Vec::new()];
    }
    let mut out = Vec::new();
    for device in (0..lengths.len()).filter(|device| lengths[*device] > 0) {
        let mut rest = lengths.to_vec();
        rest[device] -= 1;
        out.extend(interleavings(&rest).into_iter().map(|mut order| {
            order.insert(0, device);
            order
        }));
    }
    out
}

/// The end of one order of arrival; what it wrote is undone.
fn end(office: &Office, start: &Start, arriving: Vec<Mutation>) -> Value {
    let (clock, marit, jonas) = (office.clock.clone(), office.marit, office.jonas);
    let ids = start.customers.clone().map(|customer| customer.meta.id);
    let (tell, told) = std::sync::mpsc::channel();
    let undone = office.server.write(move |tx| {
        for mutation in arriving {
            let user = if mutation.epoch.as_bytes()[13] == 0 { jonas } else { marit };
            let actor = Actor { user, role: Role::Admin, device: mutation.epoch };
            let now = rapport_model::Source::now(clock.as_ref());
            let outcome = accept::push(tx, &Context { actor, now, source: clock.as_ref() }, vec![mutation])?.remove(0);
            assert!(matches!(outcome.ending.text(), "applied" | "merged"), "{outcome:?}");
        }
        let mut end = Vec::new();
        for id in ids {
            let customer = tx.get_as::<Customer>(id)?;
            let get = |name: &str| unit::get(&customer, name).unwrap_or_default();
            let plain = ["industry", "source", "companyName", "tags/vip", "tags/old", "assignedTo"].map(get);
            end.push(json!([plain, customer.meta.deleted_at.is_some()]));
        }
        tell.send(json!(end)).expect("told");
        Err::<(), _>(Error::new(Code::Stale, "undone"))
    });
    assert_eq!(undone.expect_err("undone").code, Code::Stale);
    told.recv().expect("an end")
}

#[test]
fn every_order_of_arrival_ends_the_same() {
    let office = Office::open();
    let device = office.device(office.marit);
    let owners = [office.marit, office.sales, office.rival];
    let customers = ["Acme", "Borealis"].map(|name| {
        let id = device.create(name);
        device
            .save(
                Kind::Customers,
                id,
                &[("tags/old", json!(true)), ("industry", json!("optics")), ("assignedTo", json!(office.jonas))],
            )
            .expect("saved");
        id
    });
    device.sync();
    let start = Start { customers: customers.map(|id| office.customer(id)), owners };
    let (mut orders, mut disputed) = (0, 0);
    for seed in 0..40 {
        let mut dice = Dice(seed);
        let mut devices: Vec<Vec<Mutation>> = Vec::new();
        for device in 0..3 {
            let mut own = BTreeMap::new();
            let mut at = office.clock_ms();
            let count = 1 + usize::try_from(dice.below(2)).expect("few");
            let made = (0..count).map_while(|n| {
                // Few moments, so that some are the same on two devices.
                at += 1 + i64::try_from(dice.below(3)).expect("few");
                mutation(&mut dice, &start, device, n, Millis(at), &mut own)
            });
            devices.push(made.collect());
        }
        let lengths: Vec<usize> = devices.iter().map(Vec::len).collect();
        let mut first: Option<(Value, Vec<usize>)> = None;
        for order in interleavings(&lengths) {
            let mut left: Vec<_> = devices.iter().map(|made| made.iter()).collect();
            let arriving = order.iter().map(|device| left[*device].next().expect("one more").clone()).collect();
            let ended = end(&office, &start, arriving);
            orders += 1;
            match &first {
                None => first = Some((ended, order)),
                Some((wanted, as_in)) if *wanted != ended => {
                    let did: Vec<String> = devices.iter().map(|made| serde_json::to_string(made).expect("text")).collect();
                    panic!("seed {seed}: {as_in:?} ends {wanted}, {order:?} ends {ended}\n{}", did.join("\n"));
                }
                Some(_) => {}
            }
        }
        let units = |made: &Vec<Mutation>| -> std::collections::BTreeSet<(Id, String)> {
            let changes = made.iter().flat_map(|one| &one.changes);
            changes.flat_map(|change| change.units.keys().map(|name| (change.id, name.clone()))).collect()
        };
        let [one, two, three] = [0, 1, 2].map(|device| units(&devices[device]));
        disputed += u32::from(!one.is_disjoint(&two) || !two.is_disjoint(&three) || !one.is_disjoint(&three));
    }
    assert!(orders > 500 && disputed > 15, "{orders} orders, {disputed} sets in which people meet");
}

/// What a device does, one after the other, from what everybody saw: the industry and when, or a delete and when.
fn sequence(start: &Start, device: usize, steps: &[(Option<&str>, i64)]) -> Vec<Mutation> {
    let customer = &start.customers[0];
    let edit = |value: Value, base: Value, at: i64| UnitEdit {
        value,
        base,
        base_version: customer.meta.version,
        updated_at: Millis(at),
        seen: Millis(0),
    };
    let made = steps.iter().enumerate().map(|(n, (industry, at))| {
        let (op, name, edit) = match industry {
            Some(industry) => (Op::Put, "industry", edit(json!(industry), json!(customer.industry), *at)),
            None => (Op::Delete, unit::DELETED, edit(json!(at), Value::Null, *at)),
        };
        Mutation {
            mutation_id: id(device, n, 1),
            epoch: id(device, 0, 9),
            n: i64::try_from(n).expect("few") + 1,
            prev: String::new(),
            batch_id: None,
            parted: false,
            changes: vec![Change {
                kind: "customers".into(),
                id: customer.meta.id,
                op,
                units: BTreeMap::from([(name.to_owned(), edit)]),
            }],
        }
    });
    made.collect()
}

/// Marit edits and then deletes; Jonas's edit is older than hers and loses, the same, or newer and wins. Whenever it arrives: the
/// delete's author had not seen it, so the customer stays.
#[test]
fn a_delete_takes_no_edit_along_whether_that_loses_or_wins_in_every_order() {
    let office = Office::open();
    let device = office.device(office.marit);
    let customers = ["Acme", "Borealis"].map(|name| device.create(name));
    device.sync();
    let owners = [office.marit, office.sales, office.rival];
    let start = Start { customers: customers.map(|id| office.customer(id)), owners };
    let now = office.clock_ms();
    for (industry, at, stands) in [("laser", now + 1, "optics"), ("optics", now + 1, "optics"), ("laser", now + 3, "laser")] {
        let made =
            [sequence(&start, 0, &[(Some(industry), at)]), sequence(&start, 1, &[(Some("optics"), now + 2), (None, now + 4)])];
        for order in interleavings(&made.each_ref().map(Vec::len)) {
            let mut left = made.each_ref().map(|made| made.iter());
            let arriving = order.iter().map(|device| left[*device].next().expect("one more").clone()).collect();
            let ended = end(&office, &start, arriving);
            assert_eq!((&ended[0][0][0], &ended[0][1]), (&json!(stands), &json!(false)), "{industry} at {at} in {order:?}");
        }
    }
}
