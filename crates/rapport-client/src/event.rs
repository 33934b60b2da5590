//! What a host tells its interface: what to fetch again.

use rapport_model::Kind;
use rapport_store::Touched;
use serde_json::{Value, json};

/// News for the interface. It says what changed, never to what.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Records of these kinds; no ids = any of them.
    Touched { kinds: Vec<String>, ids: Vec<String> },
    /// `sync.status` answers something else now.
    Sync,
    /// `session.status` answers something else now.
    Session,
}

/// With more ids than this, fetching everything is cheaper than telling them.
const IDS_MAX: usize = 1000;

impl Event {
    /// The payload of the `touched` event.
    pub fn payload(&self) -> Value {
        match self {
            Event::Touched { kinds, ids } => json!({ "kinds": kinds, "ids": ids }),
            Event::Sync => json!({ "kinds": ["sync"], "ids": [] }),
            Event::Session => json!({ "kinds": ["session"], "ids": [] }),
        }
    }

    pub(crate) fn of(touched: &Touched) -> Event {
        if touched.0.is_empty() {
            return Event::everything();
        }
        let kinds = touched.0.keys().map(|kind| kind.text().to_owned()).collect();
        let ids: Vec<String> = touched.0.values().flatten().take(IDS_MAX + 1).map(|id| id.to_string()).collect();
        Event::Touched { kinds, ids: if ids.len() > IDS_MAX { Vec::new() } else { ids } }
    }

    /// Anything may have changed.
    pub(crate) fn everything() -> Event {
        let kinds = Kind::ALL.iter().map(|kind| kind.text().to_owned()).collect();
        Event::Touched { kinds, ids: Vec::new() }
    }
}
