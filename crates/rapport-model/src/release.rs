//! Versions of the app, as a server recommends them and a device compares them.

use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// The header in which a server names the version that its devices should have.
pub const HEADER: &str = "x-rapport-app";

/// Three numbers. Whatever else is behind them in other places has no meaning here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release(u32, u32, u32);

impl Release {
    /// The one that this program is.
    pub fn own() -> Release {
        env!("CARGO_PKG_VERSION").parse().unwrap_or(Release(0, 0, 0))
    }
}

impl FromStr for Release {
    type Err = String;

    fn from_str(text: &str) -> Result<Release, String> {
        let mut parts = text.trim().split('.').map(|part| part.parse::<u32>().ok().filter(|_| part.len() <= 6));
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (Some(Some(major)), Some(Some(minor)), Some(Some(patch)), None) => Ok(Release(major, minor, patch)),
            _ => Err("a version is three numbers, such as 1.4.0".to_owned()),
        }
    }
}

impl Display for Release {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_number_and_nothing_else_is_one() {
        let version = |text: &str| text.parse::<Release>();
        assert!(version("0.10.0") > version("0.9.12") && version("1.0.0") > version("0.99.99"));
        assert_eq!(version(" 1.2.3 ").expect("a version").to_string(), "1.2.3");
        for odd in ["", "1", "1.2", "1.2.3.4", "1.2.x", "1.2.3-beta", "v1.2.3", "1.2.+3<b>", "1.2.99999999"] {
            assert!(version(odd).is_err(), "{odd}");
        }
        assert_ne!(Release::own().to_string(), "0.0.0");
    }
}
