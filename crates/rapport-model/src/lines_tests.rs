use super::*;
use proptest::prelude::*;

fn line(quantity: &str, price: &str, rate: &str) -> Line {
    Line {
        quantity: Quantity::parse(quantity).expect(quantity),
        unit_price: Money::parse(price).expect(price),
        tax_rate: Percent::parse(rate),
        ..Line::default()
    }
}

fn off(line: Line, percent: &str) -> Line {
    Line { discount_percent: Percent::parse(percent), ..line }
}

fn money(text: &str) -> Money {
    Money::parse(text).expect(text)
}

/// Known answers: what other programs of the field were found to get wrong.
#[test]
fn known_answers() {
    let cases: [(&str, Vec<Line>, &str, &str, &str); 5] = [
        ("tax of the sum, not of the lines", vec![line("1", "55.55", "23"), line("1", "11.11", "23")], "66.66", "15.33", "81.99"),
        (
            "each line discounted, then taxed",
            vec![off(line("10", "30.75", "15"), "5"), off(line("1", "70", "15"), "5")],
            "358.63",
            "53.79",
            "412.42",
        ),
        (
            "three lines at one rate",
            vec![line("1", "97.5", "19"), line("1", "65", "19"), line("1", "32.5", "19")],
            "195",
            "37.05",
            "232.05",
        ),
        ("many pieces less 4 %", vec![off(line("16", "348.35", "22"), "4")], "5350.66", "1177.15", "6527.81"),
        (
            "a fixed discount on the line",
            vec![Line { discount_amount: Some(money("60")), ..line("3", "45", "21") }],
            "75",
            "15.75",
            "90.75",
        ),
    ];
    for (what, lines, subtotal, tax, total) in cases {
        let sums = totals(&lines, None, None, 2).expect(what);
        assert_eq!((sums.subtotal, sums.tax, sums.total), (money(subtotal), money(tax), money(total)), "{what}");
    }
    let sums = totals(&[line("3", "45", "21")], Some(money("60")), None, 2).expect("a discount of the document");
    assert_eq!((sums.subtotal, sums.tax, sums.total), (money("135"), money("15.75"), money("90.75")));
}

#[test]
fn a_document_s_discount_is_spread_by_largest_remainder() {
    // 10.00 over 33.33 at 7 % and 66.67 at 19 %: 3.33 and 6.67.
    let sums = totals(&[line("1", "33.33", "7"), line("1", "66.67", "19")], Some(money("10")), None, 2).expect("totals");
    assert_eq!((sums.tax, sums.total), (money("13.50"), money("103.50")));
    assert_eq!(shares(&[100, 100, 100], 100, 1), [34, 33, 33]);
    assert_eq!(shares(&[0, 0], 0, 1), [0, 0]);
}

#[test]
fn currencies_round_at_their_own_unit() {
    let yen = totals(&[line("3", "33.4", "10")], None, None, 0).expect("yen");
    assert_eq!((yen.subtotal, yen.tax, yen.total), (money("100"), money("10"), money("110")));
    let dinar = totals(&[line("3", "0.1115", "0")], None, None, 3).expect("dinar");
    assert_eq!(dinar.total, money("0.335"));
}

fn settled(items: Vec<Line>, given: [Option<&str>; 3], currency: &str) -> Result<(Vec<Line>, Vec<Option<Money>>)> {
    let mut items = items;
    let [mut subtotal, mut tax, mut total] = given.map(|g| g.map(money));
    let figures =
        Figures { items: &mut items, discount: None, subtotal: &mut subtotal, tax: &mut tax, total: &mut total, currency };
    settle(figures)?;
    Ok((items, vec![subtotal, tax, total]))
}

#[test]
fn what_is_given_has_to_agree_and_what_is_missing_is_filled_in() {
    let (items, figures) = settled(vec![line("2", "5", "20")], [None, None, Some("12")], "EUR").expect("settled");
    assert_eq!((items[0].total_price, items[0].line_id.as_str()), (Some(money("10")), "1"));
    assert_eq!(figures, [Some(money("10")), Some(money("2")), Some(money("12"))]);
    let error = settled(vec![line("2", "5", "20")], [None, None, Some("12.01")], "EUR").expect_err("a cent too much");
    assert_eq!((error.code, error.field.as_deref()), (Code::TotalsMismatch, Some("totalAmount")));
    assert!(error.message.contains("12.01") && error.message.contains(" 12."), "{}", error.message);
    // Without rates the tax is taken as given.
    let (_, figures) = settled(vec![line("1", "100", "")], [None, Some("8.1"), Some("108.1")], "CHF").expect("settled");
    assert_eq!(figures[1], Some(money("8.1")));
    assert!(settled(vec![line("1", "100", "")], [None, Some("-1"), None], "CHF").is_err());
}

#[test]
fn edges_are_named() {
    let field = |line: Line| settled(vec![line], [None; 3], "EUR").expect_err("an edge").field;
    assert_eq!(field(line("0", "1", "")).as_deref(), Some("items[0].quantity"));
    assert_eq!(field(off(line("1", "1", ""), "100.0001")).as_deref(), Some("items[0].discountPercent"));
    assert_eq!(field(line("1", "1", "101")).as_deref(), Some("items[0].taxRate"));
    assert_eq!(field(line("999999", "99999999999", "")).as_deref(), Some("items[0].totalPrice"));
    assert_eq!(
        field(Line { discount_amount: Some(money("2")), ..line("1", "1", "") }).as_deref(),
        Some("items[0].discountAmount")
    );
    assert!(settled(vec![], [None; 3], "XYZ").is_err_and(|e| e.field.as_deref() == Some("currency")));
    let twice = vec![Line { line_id: "a".into(), ..line("1", "1", "") }; 2];
    assert!(settled(twice, [None; 3], "EUR").is_err_and(|e| e.field.as_deref() == Some("items[1].lineId")));
    let (items, _) =
        settled(vec![Line { line_id: "1".into(), ..line("1", "1", "") }, line("1", "1", "")], [None; 3], "EUR").expect("named");
    assert_eq!(items[1].line_id, "2");
}

fn any_line() -> impl Strategy<Value = Line> {
    let rates = prop_oneof![Just(None), Just(Some(0)), Just(Some(70_000)), Just(Some(190_000)), Just(Some(88_750))];
    (1i64..100_000, -50_000i64..100_000_000, proptest::option::of(0i64..=1_000_000), rates).prop_map(
        |(quantity, price, discount, rate)| Line {
            quantity: Quantity(quantity),
            unit_price: Money(price),
            discount_percent: discount.map(Percent),
            tax_rate: rate.map(Percent),
            ..Line::default()
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

    /// The parts add up, no figure has more decimals than the currency, and JSON keeps every cent.
    #[test]
    fn totals_add_up_to_the_cent(items in proptest::collection::vec(any_line(), 0..8), part in 0i64..=100, exponent in 0u32..=4) {
        let plain = totals(&items, None, None, exponent).expect("totals");
        let discount = Money((plain.subtotal.0.max(0) / 100) * part).rounded(exponent);
        let discount = if discount > plain.subtotal { Money(0) } else { discount };
        let sums = totals(&items, Some(discount), None, exponent).expect("totals");
        prop_assert_eq!(sums.lines.iter().map(|m| m.0).sum::<i64>(), sums.subtotal.0);
        prop_assert_eq!(sums.subtotal.0 - discount.0 + sums.tax.0, sums.total.0);
        for amount in sums.lines.iter().chain([&sums.subtotal, &sums.tax, &sums.total]) {
            prop_assert_eq!(*amount, amount.rounded(exponent));
        }
        // Rounded once per rate, the tax is at most half a unit per rate off the exact one.
        let rates: std::collections::BTreeSet<_> = items.iter().map(|l| l.tax_rate.unwrap_or_default()).collect();
        let exact: f64 = items.iter().zip(&plain.lines).map(|(l, net)| net.0 as f64 * l.tax_rate.unwrap_or_default().0 as f64 / 1e6).sum();
        let unit = step(exponent) as f64;
        prop_assert!((plain.tax.0 as f64 - exact).abs() <= rates.len() as f64 * unit / 2.0 + 1e-3);
        let text = serde_json::to_string(&sums.total).expect("json");
        prop_assert_eq!(serde_json::from_str::<Money>(&text).expect("back"), sums.total);
    }

    #[test]
    fn shares_add_up(nets in proptest::collection::vec(0i128..1_000_000, 1..6), part in 0i128..=100) {
        let sum: i128 = nets.iter().sum();
        let discount = sum * part / 100;
        let shares = shares(&nets, discount, 1);
        prop_assert_eq!(shares.iter().sum::<i128>(), if sum > 0 { discount } else { 0 });
        prop_assert!(shares.iter().zip(&nets).all(|(share, net)| *share >= 0 && *share <= *net + 1));
    }
}
