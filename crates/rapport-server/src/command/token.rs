//! Tokens of machines on the command line.

use super::run::say;
use super::{GivenScope, TokenCommand, TokenCreate};
use crate::machine::{self, NewToken};
use crate::{Folder, account};
use rapport_model::access::Scope;
use rapport_model::{Code, Error, Id, Result, Source};
use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

pub fn run(folder: &Folder, source: &Arc<dyn Source>, command: TokenCommand) -> Result<ExitCode> {
    match command {
        TokenCommand::Create(new) => create(folder, source, new),
        TokenCommand::List { org } => {
            let lines = machine::list(folder, source, account::choose_org(folder, org.as_deref())?)?;
            say(&if lines.is_empty() { "There are no tokens.".to_owned() } else { lines.join("\n") })
        }
        TokenCommand::Revoke { id, org } => {
            let id: Id =
                id.parse().map_err(|_| Error::field(Code::InvalidValue, "id", "Give the id that `token list` shows."))?;
            machine::revoke(folder, source, account::choose_org(folder, org.as_deref())?, id)?;
            say(&format!("Token {id} was revoked."))
        }
    }
}

/// The token alone goes to stdout, so that a script can take it; what there is to say of it goes to stderr.
fn create(folder: &Folder, source: &Arc<dyn Source>, new: TokenCreate) -> Result<ExitCode> {
    let org = match (&new.email, &new.org) {
        (Some(email), None) => account::org_of(folder, email)?,
        (_, wanted) => account::choose_org(folder, wanted.as_deref())?,
    };
    let scope = if new.scope.contains(&GivenScope::Write) { Scope::Write } else { Scope::Read };
    let wanted = NewToken { name: new.name, scope, expires: new.expires, email: new.email };
    let made = machine::create(folder, source, org, &wanted)?;
    let may = if scope == Scope::Write { "reads and writes" } else { "reads" };
    let told = format!(
        "Token {} {may} as {} until {}. It is shown this once; keep it like a password.",
        made.kept.id,
        made.user.email,
        machine::moment(made.kept.expires_at)
    );
    // Nothing is left to do where even stderr is closed.
    let _ = writeln!(std::io::stderr(), "{told}");
    say(&made.bearer)
}
