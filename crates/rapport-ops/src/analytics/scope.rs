//! Whose customers count. This is the only place that says so.

use rapport_model::{Code, Error, Id, Result, Role, Sight};
use rapport_store::analytics::CustomerRow;

/// An analysis, and what of it a role may read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum What {
    Value,
    Leads,
    Interactions,
    Report,
}

/// Whose customers an answer counts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Whose {
    /// Only those of this owner.
    pub owner: Option<Id>,
    named: Option<Vec<Id>>,
    archived: bool,
    /// Amounts of money are told.
    pub figures: bool,
    /// Colleagues and what they wrote are told.
    pub people: bool,
}

/// A sales user's are her own, an administrator's are all; support sees what is not archived, a brand user what is named to her.
pub fn whose(sight: &Sight, what: What, asked: Option<Id>) -> Result<Whose> {
    let refused = |message: &str| Err(Error::new(Code::Forbidden, message));
    let whose = Whose { owner: asked, named: None, archived: true, figures: true, people: true };
    match sight.role {
        Role::Admin => Ok(whose),
        Role::Sales if asked.is_some_and(|owner| owner != sight.user) => {
            refused("You may see figures of your own customers only. Leave ownerId out.")
        }
        Role::Sales => Ok(Whose { owner: Some(sight.user), ..whose }),
        Role::Support | Role::Brand if what == What::Value => refused("Your role does not see the value of customers."),
        Role::Support => Ok(Whose { archived: false, figures: false, ..whose }),
        Role::Brand if what == What::Report || asked.is_some() => refused("Your role does not see the work of others."),
        Role::Brand => Ok(Whose { named: Some(sight.customers.clone()), figures: false, people: false, ..whose }),
    }
}

impl Whose {
    pub fn counts(&self, customer: &CustomerRow) -> bool {
        self.owner.is_none_or(|owner| customer.owner == Some(owner))
            && self.named.as_ref().is_none_or(|named| named.contains(&customer.id))
            && (self.archived || customer.archived_at.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ME: Id = Id::from_bytes([1; 16]);
    const OTHER: Id = Id::from_bytes([2; 16]);

    fn sight(role: Role) -> Sight {
        Sight { user: ME, role, device: Id::NIL, team: vec![ME, OTHER], customers: vec![Id::from_bytes([9; 16])] }
    }

    #[test]
    fn the_table_of_who_may_ask_what_holds() {
        use What::{Interactions, Leads, Report, Value};
        // Columns: nobody asked for, herself, another one.
        let table = [
            (Role::Admin, [Value, Leads, Interactions, Report].as_slice(), [true, true, true]),
            (Role::Sales, &[Value, Leads, Interactions, Report], [true, true, false]),
            (Role::Support, &[Value], [false; 3]),
            (Role::Support, &[Leads, Interactions, Report], [true; 3]),
            (Role::Brand, &[Value, Report], [false; 3]),
            (Role::Brand, &[Leads, Interactions], [true, false, false]),
        ];
        for (role, all, allowed) in table {
            for what in all {
                for (asked, allowed) in [None, Some(ME), Some(OTHER)].into_iter().zip(allowed) {
                    let result = whose(&sight(role), *what, asked).map(drop).map_err(|e| e.code);
                    assert_eq!(result, if allowed { Ok(()) } else { Err(Code::Forbidden) }, "{role:?} {what:?} {asked:?}");
                }
            }
        }
        assert_eq!(whose(&sight(Role::Sales), Value, None).expect("allowed").owner, Some(ME), "not the team's");
    }
}
