//! Now and then this device's rows are compared with the server's, a part of the customers at a time: equal sums are one small
//! message. What differs is read anew, customer by customer, and counted.

use crate::apply::{let_go, relay};
use crate::brake::Brake;
use crate::reset;
use crate::seal::key;
use crate::transport::Transport;
use rapport_model::wire::PROTOCOL;
use rapport_model::wire::agree::{DigestAnswer, DigestRequest, FamilyRequest, SAMPLE_MAX, Sum};
use rapport_model::{Code, Cursor, Id, Kind, Millis, Result, Source, defect};
use rapport_store::agree::LAST;
use rapport_store::outbox::Base;
use rapport_store::{Store, Tx};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

/// Between two comparisons of everything.
pub const COMPARE_EVERY_MS: i64 = 6 * 60 * 60 * 1000;

/// Customers that are read anew in one round at most; the others differ still and come with the next one.
const HEALED_MAX: usize = 50;

/// Customers among which a sample is drawn.
const SAMPLED_AMONG: usize = 500;

/// How far comparing is.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Compared {
    /// When the last comparison of everything ended.
    at: Millis,
    /// The last customer of the one under way.
    after: Option<Id>,
}

/// What was found to differ so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repairs {
    pub customers: i64,
    pub last_at: Option<Millis>,
}

/// At the end of a round: compares the next part, if it is time. Returns the customers that were healed.
pub(crate) async fn compare(
    store: &Store,
    transport: &dyn Transport,
    source: &Arc<dyn Source>,
    brake: &mut Brake,
) -> Result<i64> {
    let now = source.now();
    let Some(part) = store.write_soon_async(move |tx| Part::due(tx, now)).await? else { return Ok(0) };
    let sample = {
        let (after, drawn) = (part.after, source.id());
        store.read_async(move |tx| sampled(tx, after, drawn)).await?
    };
    let mut request =
        DigestRequest { protocol: PROTOCOL, cursor: part.cursor.clone(), after: part.compared.after, sample, each: false };
    let answer = match transport.digest(request.clone()).await {
        // An older server.
        Err(error) if error.code == Code::NotFound => return Ok(0),
        answer => answer?,
    };
    if answer.behind {
        return Ok(0);
    }
    let (after, through) = (part.after, answer.through.unwrap_or(LAST));
    let mine = store.read_async(move |tx| sums(tx, after, through)).await?;
    let among = request.sample.clone();
    let contents = store.read_async(move |tx| contents(tx, &among)).await?;
    let mut differ: Vec<Id> = Vec::new();
    if total(&mine) != answer.sum {
        request.each = true;
        request.sample.clear();
        let each = transport.digest(request.clone()).await?;
        if each.behind || each.through != answer.through {
            return Ok(0);
        }
        differ = differing(&mine, &each);
    } else if contents != answer.sample {
        differ = request.sample;
    }
    let mut healed = 0;
    for customer in differ.iter().copied().take(HEALED_MAX) {
        let before = store.read_async(move |tx| held(tx, customer)).await?;
        heal(store, transport, customer, now, brake).await?;
        // Of a sample only some may have differed.
        healed += usize::from(store.read_async(move |tx| held(tx, customer)).await? != before);
    }
    let whole = differ.len() <= HEALED_MAX;
    store
        .write_soon_async(move |tx| {
            if healed > 0 {
                note(tx, healed, now)?;
            }
            if whole { part.done(tx, answer.through, now) } else { Ok(()) }
        })
        .await?;
    Ok(i64::try_from(healed).unwrap_or(0))
}

/// What is compared next.
struct Part {
    cursor: String,
    compared: Compared,
    after: Id,
}

impl Part {
    /// The next part, if it is time. A device that never compared begins to count.
    fn due(tx: &mut Tx<'_>, now: Millis) -> Result<Option<Part>> {
        let Some(cursor) = tx.progress::<String>(key::CURSOR)? else { return Ok(None) };
        let read = Cursor::parse(&cursor).is_ok_and(|cursor| cursor.back_fill.is_empty());
        if !read || reset::is_under_way(tx)? {
            return Ok(None);
        }
        let Some(compared) = tx.progress::<Compared>(key::COMPARED)? else {
            tx.set_progress(key::COMPARED, &Compared { at: now, after: None })?;
            return Ok(None);
        };
        // A clock that was put back counts from where it is now.
        let waited = now.0 - compared.at.0;
        if compared.after.is_none() && (0..COMPARE_EVERY_MS).contains(&waited) {
            return Ok(None);
        }
        let after = compared.after.unwrap_or(Id::NIL);
        Ok(Some(Part { cursor, compared, after }))
    }

    fn done(&self, tx: &mut Tx<'_>, through: Option<Id>, now: Millis) -> Result<()> {
        let at = if through.is_none() { now } else { self.compared.at };
        tx.set_progress(key::COMPARED, &Compared { at, after: through })
    }
}

fn note(tx: &mut Tx<'_>, healed: usize, now: Millis) -> Result<()> {
    tracing::warn!(customers = healed, "this device did not hold what the server has; it was read anew");
    let before = tx.progress::<Repairs>(key::REPAIRS)?.unwrap_or_default();
    let customers = before.customers + i64::try_from(healed).unwrap_or(0);
    tx.set_progress(key::REPAIRS, &Repairs { customers, last_at: Some(now) })
}

/// The sums of this device's customers behind one and up to another.
fn sums(tx: &mut Tx<'_>, after: Id, through: Id) -> Result<BTreeMap<Id, Sum>> {
    let mut each: BTreeMap<Id, Sum> = BTreeMap::new();
    for kind in [Kind::Customers].iter().chain(Kind::CHILDREN) {
        for (customer, id, version) in tx.own_rows(*kind, after, through)? {
            each.entry(customer).or_default().add(*kind, id, version);
        }
    }
    Ok(each)
}

fn total(each: &BTreeMap<Id, Sum>) -> Sum {
    let mut sum = Sum::default();
    each.values().for_each(|one| sum.join(*one));
    sum
}

fn differing(mine: &BTreeMap<Id, Sum>, theirs: &DigestAnswer) -> Vec<Id> {
    let theirs: BTreeMap<Id, Sum> = theirs.each.iter().copied().collect();
    let all: std::collections::BTreeSet<Id> = mine.keys().chain(theirs.keys()).copied().collect();
    all.into_iter().filter(|id| mine.get(id) != theirs.get(id)).collect()
}

/// A few customers behind an id; others each time.
fn sampled(tx: &mut Tx<'_>, after: Id, drawn: Id) -> Result<Vec<Id>> {
    let ids = tx.ids_after(Kind::Customers, after, SAMPLED_AMONG)?;
    let at = usize::from(drawn.as_bytes()[15]) * 251 + usize::from(drawn.as_bytes()[14]);
    let mut out: Vec<Id> = (0..SAMPLE_MAX.min(ids.len())).map(|n| ids[(at + n * 97) % ids.len()]).collect();
    out.sort();
    out.dedup();
    // One that is the server's in name only has no contents to compare.
    let held = tx.versions(Kind::Customers, &out)?;
    out.retain(|id| held.get(id).is_some_and(|version| *version > 0));
    Ok(out)
}

/// The contents of the server's rows of these customers, as they are held here.
fn contents(tx: &mut Tx<'_>, customers: &[Id]) -> Result<Sum> {
    let mut sum = Sum::default();
    for customer in customers {
        for kind in [Kind::Customers].iter().chain(Kind::CHILDREN) {
            for id in tx.family_ids(*kind, *customer, Id::NIL, usize::MAX)? {
                match tx.base_find(*kind, id)? {
                    Some(Base { record: Some(json), .. }) => sum.add_contents(kind.from_json(json)?.as_ref()),
                    Some(_) => {}
                    None => {
                        if let Some(record) = tx.find(*kind, id)?.filter(|record| record.meta().version > 0) {
                            sum.add_contents(record.as_ref());
                        }
                    }
                }
            }
        }
    }
    Ok(sum)
}

/// What is held of a customer: versions and contents.
fn held(tx: &mut Tx<'_>, customer: Id) -> Result<(Sum, Sum)> {
    let mut versions = Sum::default();
    for kind in [Kind::Customers].iter().chain(Kind::CHILDREN) {
        for id in tx.family_ids(*kind, customer, Id::NIL, usize::MAX)? {
            let version = match tx.base_find(*kind, id)? {
                Some(base) => base.version,
                None => tx.find(*kind, id)?.map_or(0, |record| record.meta().version),
            };
            versions.add(*kind, id, version);
        }
    }
    Ok((versions, contents(tx, &[customer])?))
}

/// Reads everything of a customer anew. What the server does not send is not the device's to hold.
async fn heal(store: &Store, transport: &dyn Transport, customer: Id, now: Millis, brake: &mut Brake) -> Result<()> {
    let mut sent: HashSet<(Kind, Id)> = HashSet::new();
    let mut after = None;
    loop {
        let answer = transport.family(FamilyRequest { protocol: PROTOCOL, customer, after: after.take() }).await?;
        after = answer.next.clone();
        let kinds = answer.entries.iter().filter_map(|entry| Some((Kind::parse(&entry.kind)?, entry.id)));
        sent.extend(kinds);
        store
            .write_async(move |tx| {
                let mut others = BTreeSet::from([customer]);
                for mut entry in answer.entries {
                    let Some(kind) = Kind::parse(&entry.kind) else { continue };
                    relay(tx, kind, entry.id, Base { version: entry.version, record: Some(entry.record.take()) }, &mut others)?;
                }
                tx.refresh_customers(&Vec::from_iter(others), now).map(drop)
            })
            .await?;
        if after.is_none() {
            break;
        }
    }
    let strange = store.read_async(move |tx| strangers(tx, customer, &sent)).await?;
    if strange.is_empty() || defect::on("extra rows are not healed") {
        return Ok(());
    }
    brake.pass(store, transport, strange.clone()).await?;
    store
        .write_async(move |tx| {
            for (kind, id) in strange.into_iter().rev() {
                let_go(tx, kind, id)?;
            }
            tx.refresh_customers(&[customer], now).map(drop)
        })
        .await
}

/// Rows of a customer that were the server's once and were not sent.
fn strangers(tx: &mut Tx<'_>, customer: Id, sent: &HashSet<(Kind, Id)>) -> Result<Vec<(Kind, Id)>> {
    let mut out = Vec::new();
    for kind in [Kind::Customers].iter().chain(Kind::CHILDREN) {
        for id in tx.family_ids(*kind, customer, Id::NIL, usize::MAX)? {
            let version = match tx.base_find(*kind, id)? {
                Some(_) => 0,
                None => tx.find(*kind, id)?.map_or(0, |record| record.meta().version),
            };
            if version > 0 && !sent.contains(&(*kind, id)) {
                out.push((*kind, id));
            }
        }
    }
    Ok(out)
}
