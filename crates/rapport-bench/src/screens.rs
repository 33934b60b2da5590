//! What each screen asks for, on a device with a full store: the command as the window calls it, the first time and from then on.

use crate::figures::Figures;
use crate::tell;
use crate::world::{Place, Profile};
use rapport_model::{Day, Result};
use rapport_ops::run;
use serde_json::{Value, json};

/// Times that each command is asked in a round behind the first one.
const AGAIN: usize = 4;

/// Screens, and what they ask for.
fn asked(today: Day) -> Vec<(&'static str, &'static str, Value)> {
    let list =
        |sort: &str, limit: u32| json!({ "kind": "customers", "filter": { "isActive": true }, "limit": limit, "sort": sort });
    vec![
        ("Today", "today.page", json!({ "team": false })),
        ("Today of a team", "today.page", json!({ "team": true })),
        ("Customers by name", "records.list", list("name", 100)),
        ("Customers by last contact", "records.list", list("-lastContact", 100)),
        ("Board of customers", "customers.lanes", json!({})),
        ("Calendar, six weeks", "calendar.range", json!({ "from": today.plus(-7), "to": today.plus(35) })),
        ("Quotes", "sales.list", json!({ "kind": "quotes" })),
        ("Orders", "sales.list", json!({ "kind": "orders" })),
        ("Board of quotes", "quotes.board", json!({})),
        ("Board of one's own quotes", "quotes.board", json!({ "mine": true })),
        ("Report on value", "reports.get", json!({ "what": "value" })),
        ("Report on leads", "reports.get", json!({ "what": "leads" })),
        ("Report on interactions", "reports.get", json!({ "what": "interactions" })),
        ("Report on activity", "reports.get", json!({ "what": "activity" })),
        ("Duplicates", "customers.duplicates", json!({})),
        ("Trash", "trash.list", json!({})),
        ("Merge log", "sync.merges", json!({})),
    ]
}

/// The store is read from, so it needs no copy.
pub fn measure(place: &Place, customers: usize, rounds: u32, figures: &mut Figures) -> Result<()> {
    let data = place.device(customers)?;
    for round in 0..rounds {
        figures.begin_round(round);
        let ctx = Profile::of(&data)?.open()?;
        for (screen, command, args) in asked(Day::of(ctx.source.now())) {
            tell(&format!("screens: round {} of {rounds}: {screen}", round + 1));
            let first = format!("{screen}, first");
            figures.time(&first, None, || run(command, args.clone(), &ctx))?;
            for _ in 0..AGAIN {
                figures.time(screen, None, || run(command, args.clone(), &ctx))?;
            }
        }
    }
    Ok(())
}
