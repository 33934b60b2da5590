//! The company of the demonstration and the people who work there.

use super::Plan;
use super::dice::Dice;
use rapport_model::access::Role;
use rapport_model::people::Territory;
use rapport_model::{Id, Meta, Millis, Org, Team, User};

/// Name, mail, role, team.
const USERS: &[(&str, &str, Role, usize)] = &[
    ("Marit Solheim", "marit@halvorsen.example", Role::Sales, 0),
    ("Jonas Weber", "jonas@halvorsen.example", Role::Sales, 0),
    ("Aisha Rahman", "aisha@halvorsen.example", Role::Sales, 1),
    ("Tomás Ferreira", "tomas@halvorsen.example", Role::Sales, 1),
    ("Yuki Kondo", "yuki@halvorsen.example", Role::Sales, 1),
    ("Ingrid Halvorsen", "ingrid@halvorsen.example", Role::Admin, 0),
];

const TEAMS: &[(&str, &[&str])] = &[
    ("Northern and Central Europe", &["NO", "SE", "DK", "FI", "DE", "AT", "CH", "NL", "GB", "IE", "PL", "CZ", "HU"]),
    (
        "South and Overseas",
        &["FR", "BE", "IT", "ES", "PT", "GR", "TR", "RS", "BG", "UA", "JP", "KR", "KW", "EG", "US", "CO", "BR", "KE"],
    ),
];

/// Six years before the story, the day the company started with Rapport.
const STARTED_DAYS: i64 = 2190;

/// The org, its teams and its users; the sales people come first, in the order in which countries name them.
pub fn people(plan: &Plan) -> (Org, Vec<Team>, Vec<User>) {
    let at = Millis(plan.now.0 - STARTED_DAYS * super::account::DAY_MS);
    let mut dice = Dice::of(plan.seed, u64::MAX);
    let admin = Id::v7(at.0, &dice.bytes());
    let mut meta = |id: Option<Id>| Meta {
        id: id.unwrap_or_else(|| Id::v7(at.0, &dice.bytes())),
        created_at: at,
        updated_at: at,
        created_by: admin,
        ..Meta::default()
    };
    let org = Org {
        meta: meta(Some(plan.org)),
        name: "Halvorsen Optics".into(),
        currency: "EUR".into(),
        country: "NO".into(),
        time_zone: "Europe/Oslo".into(),
        ..Org::default()
    };
    let teams: Vec<Team> = TEAMS.iter().map(|(name, countries)| team(meta(None), name, countries)).collect();
    let users = USERS.iter().map(|&(name, email, role, team)| User {
        meta: meta((role == Role::Admin).then_some(admin)),
        name: name.into(),
        email: email.into(),
        role,
        team_id: teams.get(team).map(|t| t.meta.id),
        ..User::default()
    });
    (org, teams.clone(), users.collect())
}

fn team(meta: Meta, name: &str, countries: &[&str]) -> Team {
    let countries = countries.iter().map(|c| (*c).to_owned()).collect();
    Team { meta, name: name.into(), territory: Territory { countries, ..Territory::default() } }
}
