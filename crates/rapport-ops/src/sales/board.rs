//! The board of quotes: a lane per status as quotes read today, with sums per currency and what they weigh.

use super::{amount, named};
use crate::Ctx;
use crate::today::Today;
use rapport_model::money::{divide, exponent, step};
use rapport_model::quote::QuoteStatus;
use rapport_model::{Kind, Org, Record, Result};
use rapport_store::Tx;
use rapport_store::list::Query;
use rapport_store::screens::QuoteSum;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Cards of one lane; its head counts all of them.
const CARDS_MAX: usize = 50;

const LANES: [QuoteStatus; 6] = [
    QuoteStatus::Draft,
    QuoteStatus::Sent,
    QuoteStatus::Viewed,
    QuoteStatus::Accepted,
    QuoteStatus::Expired,
    QuoteStatus::Rejected,
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BoardArgs {
    /// Only of her own customers.
    #[serde(default)]
    mine: bool,
}

/// How likely a quote of a status is to become an order, in per cent, unless the organisation's settings say otherwise.
fn usual_weight(status: QuoteStatus) -> i64 {
    match status {
        QuoteStatus::Draft => 10,
        QuoteStatus::Sent => 40,
        QuoteStatus::Viewed => 60,
        QuoteStatus::Accepted => 100,
        QuoteStatus::Expired => 5,
        QuoteStatus::Rejected => 0,
    }
}

/// The weight of a status: `settings.quoteWeights`, a whole per cent.
fn weight(org: &Org, status: QuoteStatus) -> i64 {
    let said = org.settings.get("quoteWeights").and_then(|weights| weights[status.text()].as_i64());
    said.filter(|percent| (0..=100).contains(percent)).unwrap_or_else(|| usual_weight(status))
}

/// `quotes.board`.
pub fn board(args: BoardArgs, ctx: &Ctx) -> Result<Value> {
    let (me, now) = (ctx.actor.user, ctx.source.now());
    ctx.store.read(move |tx| {
        let today = Today::of(tx, now)?;
        let org = tx.own_org()?;
        let owner = args.mine.then_some(me);
        let sums = tx.quote_sums(today.0, owner)?;
        let lanes = LANES
            .into_iter()
            .map(|status| {
                let query = Query {
                    filter: Map::from_iter([
                        ("status".to_owned(), status.text().into()),
                        ("supersededBy".to_owned(), Value::Null),
                    ]),
                    limit: CARDS_MAX,
                    of_owner: owner,
                    ..Query::default()
                };
                let page = tx.list(Kind::Quotes, &today.query(query))?;
                let records: Vec<&dyn Record> = page.items.iter().map(AsRef::as_ref).collect();
                lane(tx, status, &records, today, head(&sums, status, weight(&org, status)))
            })
            .collect::<Result<Vec<Value>>>()?;
        Ok(json!({ "lanes": lanes, "weighted": weighted(&sums, &org) }))
    })
}

/// What the head of a lane says.
struct Head {
    count: i64,
    weight: i64,
    sums: Vec<Value>,
}

fn reads(sum: &QuoteSum) -> QuoteStatus {
    match sum.status {
        QuoteStatus::Sent | QuoteStatus::Viewed if sum.over => QuoteStatus::Expired,
        status => status,
    }
}

/// A part of an amount, rounded to the currency's smallest unit.
fn share(ten_thousandths: i128, percent: i64, currency: &str) -> i128 {
    let step = step(exponent(currency).unwrap_or(2));
    divide(ten_thousandths * i128::from(percent), 100 * step) * step
}

fn head(sums: &[QuoteSum], status: QuoteStatus, weight: i64) -> Head {
    let mut by_currency: BTreeMap<&str, i128> = BTreeMap::new();
    let mut count = 0;
    for sum in sums.iter().filter(|sum| reads(sum) == status) {
        *by_currency.entry(&sum.currency).or_default() += i128::from(sum.amount);
        count += sum.count;
    }
    let told = |(currency, sum): (&str, i128)| json!({ "currency": currency, "amount": amount(sum), "weighted": amount(share(sum, weight, currency)) });
    Head { count, weight, sums: by_currency.into_iter().map(told).collect() }
}

fn lane(tx: &mut Tx<'_>, status: QuoteStatus, records: &[&dyn Record], today: Today, head: Head) -> Result<Value> {
    let Head { count, weight, sums } = head;
    Ok(json!({
        "status": status.text(), "count": count, "weight": weight, "sums": sums,
        "items": named(tx, Kind::Quotes, records, today)?,
    }))
}

/// What may still come of the quotes that are not answered, per currency.
fn weighted(sums: &[QuoteSum], org: &Org) -> Vec<Value> {
    let mut by_currency: BTreeMap<&str, (i128, i128)> = BTreeMap::new();
    for sum in sums {
        let status = reads(sum);
        if matches!(status, QuoteStatus::Accepted | QuoteStatus::Rejected) {
            continue;
        }
        let entry = by_currency.entry(&sum.currency).or_default();
        entry.0 += i128::from(sum.amount);
        entry.1 += share(i128::from(sum.amount), weight(org, status), &sum.currency);
    }
    let told = |(currency, (all, weighted)): (&str, (i128, i128))| json!({ "currency": currency, "amount": amount(all), "weighted": amount(weighted) });
    by_currency.into_iter().map(told).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(status: QuoteStatus, over: bool, currency: &str, amount: i64) -> QuoteSum {
        QuoteSum { status, over, currency: currency.into(), count: 1, amount }
    }

    #[test]
    fn amounts_of_different_currencies_never_meet_and_weights_round_in_the_currency() {
        let sums = [
            sum(QuoteStatus::Sent, false, "EUR", 1_010_000),
            sum(QuoteStatus::Sent, true, "EUR", 10_000_000),
            sum(QuoteStatus::Viewed, false, "JPY", 10_010_000),
            sum(QuoteStatus::Accepted, false, "EUR", 70_000_000),
        ];
        let head = head(&sums, QuoteStatus::Sent, 40);
        assert_eq!((head.count, &head.sums[0]), (1, &json!({ "currency": "EUR", "amount": 101, "weighted": 40.4 })));
        let all = weighted(&sums, &Org::default());
        assert_eq!(all[0], json!({ "currency": "EUR", "amount": 1101, "weighted": 90.4 }));
        // 60 % of ¥1,001 is ¥600.6: there is no such coin.
        assert_eq!(all[1], json!({ "currency": "JPY", "amount": 1001, "weighted": 601 }));
    }

    #[test]
    fn the_organisation_may_weigh_otherwise() {
        let mut org = Org::default();
        org.settings.insert("quoteWeights".into(), json!({ "sent": 25, "viewed": 900 }));
        assert_eq!((weight(&org, QuoteStatus::Sent), weight(&org, QuoteStatus::Viewed)), (25, 60));
    }
}
