//! Who acts, and what a role may do.

use crate::{Code, Error, Id, Kind, Result};

crate::choice! {
    Role { Admin "admin", Sales "sales", Support "support", Brand "brand" }
}

/// Who makes a request: the user, the role it has now, and the device epoch it writes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    pub user: Id,
    pub role: Role,
    pub device: Id,
}

/// Whether this actor may write records of this kind at all. Scope by owner and team comes on top of it.
pub fn permit_write(actor: &Actor, kind: Kind) -> Result<()> {
    let writable = Kind::WRITABLE.contains(&kind) && matches!(actor.role, Role::Admin | Role::Sales);
    if writable {
        return Ok(());
    }
    Err(Error::new(Code::Forbidden, format!("Your role may not change {}. Ask an administrator.", kind.text())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_written_by_the_server_alone() {
        let actor = |role| Actor { user: Id::NIL, role, device: Id::NIL };
        assert!(permit_write(&actor(Role::Sales), Kind::Customers).is_ok());
        assert!(permit_write(&actor(Role::Admin), Kind::Users).is_err());
        assert!(permit_write(&actor(Role::Brand), Kind::Customers).is_err());
    }
}
