//! Figures of quotes: the model's, what SQL adds up, and what JSON says are the same to the smallest unit of each currency.

use crate::{id, open};
use rapport_model::lines::Line;
use rapport_model::money::{Percent, Quantity};
use rapport_model::quote::QuoteStatus;
use rapport_model::record::Record;
use rapport_model::{Day, Id, Kind, Meta, Money, Quote};
use std::collections::BTreeMap;

const QUOTES: u16 = 10_000;
const CURRENCIES: [(&str, i64); 3] = [("JPY", 10_000), ("EUR", 100), ("KWD", 10)];

/// SplitMix64.
struct Random(u64);

impl Random {
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        i64::try_from((z ^ (z >> 31)) % u64::try_from(end).expect("an end")).expect("below")
    }
}

fn line(random: &mut Random) -> Line {
    let rates = [None, Some(0), Some(70_000), Some(190_000), Some(88_750)];
    Line {
        quantity: Quantity(1 + random.below(100_000)),
        unit_price: Money(random.below(100_000_000)),
        discount_percent: (random.below(3) == 0).then(|| Percent(random.below(1_000_001))),
        tax_rate: rates[usize::try_from(random.below(5)).expect("a rate")].map(Percent),
        ..Line::default()
    }
}

fn quote(n: u16, random: &mut Random) -> Quote {
    let (currency, _) = CURRENCIES[usize::from(n) % CURRENCIES.len()];
    let mut quote = Quote {
        meta: Meta { id: id(n), ..Meta::default() },
        status: QuoteStatus::Sent,
        items: (0..=random.below(6)).map(|_| line(random)).collect(),
        currency: currency.to_owned(),
        ..Quote::default()
    };
    quote.settle().expect("settled");
    quote
}

/// A plain decimal in ten-thousandths, read digit by digit.
fn ten_thousandths(text: &str) -> i128 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<4}").parse().expect("a plain decimal of four places")
}

#[test]
fn ten_thousand_random_quotes_are_equal_to_the_cent_in_model_sql_and_json() {
    let mut random = Random(26);
    let quotes: Vec<Quote> = (0..QUOTES).map(|n| quote(n, &mut random)).collect();
    let folder = tempfile::tempdir().expect("folder");
    let store = open(folder.path(), 1).expect("opened");
    let written = quotes.clone();
    store
        .write(move |tx| {
            let records: Vec<&dyn Record> = written.iter().map(|quote| quote as &dyn Record).collect();
            tx.put_many(Kind::Quotes, &records)
        })
        .expect("written");
    let ids: Vec<Id> = quotes.iter().map(|quote| quote.meta.id).collect();
    let (rows, sums) =
        store.read(move |tx| Ok((tx.find_many(Kind::Quotes, &ids)?, tx.quote_sums(Day::default(), None)?))).expect("read");
    let mut expected: BTreeMap<&str, i128> = BTreeMap::new();
    for quote in &quotes {
        let total = quote.total_amount.expect("a total");
        let (currency, step) = *CURRENCIES.iter().find(|(name, _)| *name == quote.currency).expect("a currency");
        assert_eq!(total.0 % step, 0, "{total} {currency} has no part of a smallest unit");
        *expected.entry(currency).or_default() += i128::from(total.0);
        // As the API and an export write it.
        let row = &rows[&quote.meta.id];
        let text = row.to_json().to_string();
        let told: serde_json::Value = serde_json::from_str(&text).expect("json");
        for (name, figure) in [("subtotal", quote.subtotal), ("taxAmount", quote.tax_amount), ("totalAmount", quote.total_amount)]
        {
            assert_eq!(ten_thousandths(&told[name].to_string()), i128::from(figure.expect("a figure").0), "{name} in {text}");
        }
        assert_eq!(row.of::<Quote>().map(|row| &row.items), Some(&quote.items));
    }
    let told: BTreeMap<&str, i128> = sums.iter().map(|sum| (sum.currency.as_str(), i128::from(sum.amount))).collect();
    assert_eq!(told, expected);
    assert_eq!(sums.iter().map(|sum| sum.count).sum::<i64>(), i64::from(QUOTES));
}
