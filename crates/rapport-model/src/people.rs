//! The organisation, its teams and its users. Written by the server alone, read everywhere.

use crate::field::{email, flag, json, link, one_of, text};
use crate::{Id, Kind, Role};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What a team looks after.
#[derive(Clone, Debug, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Territory {
    pub countries: Vec<String>,
    pub zip_prefixes: Vec<String>,
    pub industries: Vec<String>,
}

crate::json_column!(Territory, Vec<Id>);

crate::record! {
    /// A company that uses Rapport.
    Org of Orgs {
        name: String = String::new() => text("Name", 200).required().by_server(),
        /// ISO 4217.
        currency: String = "EUR".to_owned() => text("Currency", 3).required().by_server(),
        /// ISO 3166-1 alpha-2.
        country: String = String::new() => text("Country", 2).by_server(),
        /// IANA name.
        time_zone: String = "UTC".to_owned() => text("Time zone", 60).by_server(),
        settings: Map<String, Value> = Map::new() => json("Settings", "Record<string, unknown>").by_server(),
    }
}

crate::record! {
    /// People who work together and read each other's customers.
    Team of Teams {
        name: String = String::new() => text("Name", 200).required().by_server(),
        territory: Territory = Territory::default() =>
            json("Territory", "{ countries: string[]; zipPrefixes: string[]; industries: string[] }").by_server(),
    }
}

crate::record! {
    /// Somebody who signs in.
    User of Users {
        name: String = String::new() => text("Name", 200).required().by_server(),
        email: String = String::new() => email("E-mail").required().by_server(),
        role: Role = Role::Sales => one_of("Role", Role::NAMES).required().by_server(),
        team_id: Option<Id> = None => link("Team", Kind::Teams).by_server(),
        is_active: bool = true => flag("May sign in").by_server(),
        customer_ids: Vec<Id> = Vec::new() => json("Customers", "string[]").by_server(),
    }
}
