//! What each user's devices may hold, noted with the version from which on it holds. A cursor names such a version, so that a
//! change of role, team or named customers tells each device exactly what it gains and what has to go.

use rapport_model::{Actor, Id, Result, Role, Sight, User, Version};
use rapport_store::Tx;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The part of a sight that can change.
#[derive(Serialize, Deserialize)]
struct Set {
    role: Role,
    #[serde(default)]
    team: Vec<Id>,
    #[serde(default)]
    customers: Vec<Id>,
}

/// What a user's devices may hold since `version`; `None` = it is not known any more.
pub(super) fn since(tx: &mut Tx<'_>, actor: &Actor, version: i64) -> Result<Option<Sight>> {
    let Some(text) = tx.entitlement_find(actor.user, version)? else { return Ok(None) };
    let Ok(Set { role, team, customers }) = serde_json::from_str(&text) else { return Ok(None) };
    Ok(Some(Sight { user: actor.user, role, device: actor.device, team, customers }))
}

/// What everybody may hold as the rows stand, as text.
fn all(tx: &mut Tx<'_>) -> Result<Vec<(Id, String)>> {
    let users = tx.all::<User>()?;
    let mut out = Vec::with_capacity(users.len());
    for user in users {
        let sight = tx.sight(&Actor { user: user.meta.id, role: user.role, device: Id::NIL })?;
        let set = Set { role: sight.role, team: sight.team, customers: sight.customers };
        out.push((user.meta.id, serde_json::to_string(&set).map_err(rapport_model::Error::internal)?));
    }
    Ok(out)
}

/// Before people change: whoever has no note yet gets one of what she could hold always.
pub(super) fn before(tx: &mut Tx<'_>) -> Result<()> {
    let noted = tx.entitlements()?;
    for (user, set) in all(tx)? {
        if !noted.contains_key(&user) {
            tx.entitlement_add(user, 0, &set)?;
        }
    }
    Ok(())
}

/// After people changed: whoever may hold something else now gets a note of it. Returns whose it was.
pub(super) fn after(tx: &mut Tx<'_>, version: Version) -> Result<Vec<Id>> {
    let noted: HashMap<Id, String> = tx.entitlements()?;
    let mut changed = Vec::new();
    for (user, set) in all(tx)? {
        if noted.get(&user) != Some(&set) {
            tx.entitlement_add(user, version.0, &set)?;
            changed.push(user);
        }
    }
    Ok(changed)
}
