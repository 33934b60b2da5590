//! What somebody changes about herself and about her organisation: the rules, the same on a server and on a device alone.

use crate::{Error, Org, Result, User, money};
use chrono_tz::Tz;
use serde::Deserialize;

const NAME_CHARS_MAX: usize = 200;

/// What she says of herself.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Profile {
    pub name: String,
}

/// What an organisation says of itself; what is missing stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct House {
    pub name: Option<String>,
    /// ISO 4217.
    pub currency: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<String>,
    /// IANA name.
    pub time_zone: Option<String>,
}

fn invalid(field: &str, message: &str) -> Error {
    Error::field(crate::Code::InvalidValue, field, message)
}

fn named(name: &str, missing: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::field(crate::Code::Required, "name", missing));
    }
    if name.chars().count() > NAME_CHARS_MAX {
        return Err(invalid("name", "A name has at most 200 characters."));
    }
    Ok(name.to_owned())
}

impl Profile {
    pub fn onto(&self, user: &User) -> Result<User> {
        Ok(User { name: named(&self.name, "Give the person a name.")?, ..user.clone() })
    }
}

impl House {
    /// `has_sales` = there are quotes or orders: their sums are in the currency that was.
    pub fn onto(&self, org: &Org, has_sales: bool) -> Result<Org> {
        let mut new = org.clone();
        if let Some(name) = &self.name {
            new.name = named(name, "Give the organisation a name.")?;
        }
        if let Some(currency) = &self.currency {
            new.currency = currency.trim().to_uppercase();
            if money::exponent(&new.currency).is_none() {
                return Err(invalid("currency", "Give the currency in three letters, such as EUR."));
            }
        }
        if new.currency != org.currency && has_sales {
            let message = "There are quotes or orders already, and their sums are in the currency that is. It stays.";
            return Err(invalid("currency", message));
        }
        if let Some(country) = &self.country {
            new.country = country.trim().to_uppercase();
            if new.country.len() != 2 || !new.country.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return Err(invalid("country", "Give the country in two letters, such as DE."));
            }
        }
        if let Some(zone) = &self.time_zone {
            let known = zone.trim().parse::<Tz>();
            let known = known.map_err(|_| invalid("timeZone", "Give the time zone by its name, such as Europe/Berlin."))?;
            new.time_zone = known.name().to_owned();
        }
        Ok(new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(text: &str) -> House {
        serde_json::from_str(text).expect("a change")
    }

    #[test]
    fn what_is_said_changes_and_the_rest_stays() {
        let org = Org { name: "Acme".into(), country: "DE".into(), ..Org::default() };
        let new = change(r#"{"name": " Kvist ", "currency": "sek", "timeZone": "Europe/Stockholm"}"#).onto(&org, false);
        let new = new.expect("changed");
        assert_eq!((new.name.as_str(), new.currency.as_str(), new.country.as_str()), ("Kvist", "SEK", "DE"));
        assert_eq!(new.time_zone, "Europe/Stockholm");
    }

    #[test]
    fn what_is_none_is_refused_at_its_field() {
        let org = Org::default();
        let sales = |text: &str, sales| change(text).onto(&org, sales).map_err(|error| error.field);
        for (text, field) in [
            (r#"{"name": "  "}"#, "name"),
            (r#"{"currency": "XYZ"}"#, "currency"),
            (r#"{"country": "Germany"}"#, "country"),
            (r#"{"timeZone": "Berlin"}"#, "timeZone"),
        ] {
            assert_eq!(sales(text, false).expect_err(text).as_deref(), Some(field));
        }
        assert_eq!(sales(r#"{"currency": "USD"}"#, true).expect_err("sums").as_deref(), Some("currency"));
        assert!(sales(r#"{"currency": "EUR"}"#, true).is_ok(), "the same is no change");
        assert!(serde_json::from_str::<House>(r#"{"settings": {}}"#).is_err());
        assert!(Profile { name: "x".repeat(201) }.onto(&User::default()).is_err());
    }
}
