//! What an actor sees, as SQL: the same answer as `Sight` in rapport-model, for lists, counts and searches.

use crate::list::Where;
use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::{Actor, Cell, Column, Id, Kind, Result, Role, Sight};

impl Tx<'_> {
    /// What this actor sees now.
    pub fn sight(&mut self, actor: &Actor) -> Result<Sight> {
        let of = [actor.user.as_bytes().as_slice(), actor.role.text().as_bytes()].concat();
        let seen = self.recalled_of_people("sight", &of, |tx| tx.look(actor))?;
        Ok(Sight { device: actor.device, ..seen })
    }

    fn look(&mut self, actor: &Actor) -> Result<Sight> {
        let mut sight =
            Sight { user: actor.user, role: actor.role, device: actor.device, team: Vec::new(), customers: Vec::new() };
        match actor.role {
            Role::Sales => {
                let team = self.user(actor.user)?.and_then(|user| user.team_id);
                if let Some(team) = team {
                    let sql = "SELECT id FROM users WHERE {org_is}team_id = ?1 AND deleted_at IS NULL ORDER BY id";
                    sight.team = self.rows(sql, &[team.to_cell()], |row| read::<Id>(row, 0))?;
                }
                if !sight.team.contains(&actor.user) {
                    sight.team.push(actor.user);
                }
            }
            Role::Brand => sight.customers = self.user(actor.user)?.map(|user| user.customer_ids).unwrap_or_default(),
            Role::Admin | Role::Support => {}
        }
        Ok(sight)
    }
}

fn any_of(column: &str, ids: &[Id]) -> (String, Vec<Cell<'static>>) {
    if ids.is_empty() {
        return ("1 = 0".to_owned(), Vec::new());
    }
    let places = vec!["?"; ids.len()].join(", ");
    (format!("{column} IN ({places})"), ids.iter().map(|id| id.to_cell().into_owned()).collect())
}

/// The condition on customers. `prefix` stands before each column.
pub(crate) fn customers(sight: &Sight, prefix: &str) -> Option<(String, Vec<Cell<'static>>)> {
    match sight.role {
        Role::Admin => None,
        Role::Support => Some((format!("{prefix}archived_at IS NULL"), Vec::new())),
        Role::Brand => Some(any_of(&format!("{prefix}id"), &sight.customers)),
        Role::Sales => {
            let (own, ids) = any_of(&format!("{prefix}assigned_to"), &sight.team);
            let pool = format!("{prefix}assigned_to IS NULL AND {prefix}status IN ('prospect', 'lead')");
            Some((format!("({own} OR ({pool}))"), ids))
        }
    }
}

/// Adds to a list's conditions what the actor sees of a kind.
pub(crate) fn within(out: &mut Where, sight: &Sight, kind: Kind) {
    if sight.hides_kind(kind) {
        return out.and("1 = 0", vec![]);
    }
    let me = || sight.user.to_cell().into_owned();
    match kind {
        Kind::Customers => {
            if let Some((text, params)) = customers(sight, "{late}") {
                out.and(&text, params);
            }
        }
        kind if kind.is_child() || Kind::COMPUTED.contains(&kind) => {
            if let Some((text, params)) = customers(sight, "c.") {
                // Row by row: the index of the order serves the list, and nobody's customers are gathered first.
                let owner = format!("c.id = {}.customer_id", kind.text());
                out.and(&format!("EXISTS (SELECT 1 FROM customers c WHERE {{org_is}}{owner} AND {text})"), params);
            }
            if kind == Kind::Quotes && sight.hides(rapport_model::Facet::Draft) {
                out.and("status <> 'draft'", vec![]);
            }
        }
        Kind::Cards => out.and("user_id = ?", vec![me()]),
        Kind::SavedViews | Kind::Snippets if sight.role == Role::Brand => out.and("user_id = ?", vec![me()]),
        Kind::SavedViews | Kind::Snippets => out.and("(user_id = ? OR shared)", vec![me()]),
        Kind::ImportBatches if sight.role != Role::Admin => out.and("user_id = ?", vec![me()]),
        Kind::Settings => {
            let device = sight.device.to_cell().into_owned();
            out.and("(scope = 'org' OR owner_id IN (?, ?))", vec![me(), device]);
        }
        Kind::Users if sight.role == Role::Brand => out.and("id = ?", vec![me()]),
        _ => {}
    }
}
