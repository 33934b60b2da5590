//! Tokens of machines: made, listed and revoked on the command line. Each acts as a user, by REST only, until it runs out.

use crate::folder::Folder;
use crate::token::{self, Keys};
use crate::{account, session};
use chrono::{DateTime, Days, NaiveDate};
use rapport_model::access::Scope;
use rapport_model::{Actor, Code, Error, Id, Millis, Result, Role, Source, User};
use rapport_store::Tx;
use rapport_store::tokens::Token;
use std::sync::Arc;

/// Days that a token lives at most.
pub const DAYS_MAX: i64 = 366;

const DAY_MS: i64 = 86_400_000;

/// A use is noted again after this long.
const USE_MS: i64 = 10 * 60 * 1000;

/// Characters of a name at most.
const NAME_MAX: usize = 120;

/// A token to be.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub name: String,
    pub scope: Scope,
    /// `90` = days from now; `2027-03-31` = the end of that day, UTC.
    pub expires: String,
    /// The e-mail address of whom it acts as; `None` = the only administrator.
    pub email: Option<String>,
}

/// What is told of a token that was made.
#[derive(Debug)]
pub struct Made {
    pub kept: Token,
    /// The bearer string, shown this once.
    pub bearer: String,
    pub user: User,
}

/// Makes a token of an organisation.
pub fn create(folder: &Folder, source: &Arc<dyn Source>, org: Id, new: &NewToken) -> Result<Made> {
    let now = source.now();
    let name = checked_name(&new.name)?;
    let expires_at = expiry(&new.expires, now)?;
    let bearer = Keys::of(&folder.directory()?)?.machine(org)?;
    let hash = token::fingerprint(&bearer);
    let (id, scope, email) = (source.id(), new.scope, new.email.clone());
    folder.open_org(org)?.write(move |tx| {
        let user = match &email {
            Some(email) => account::user_with_email(tx, email)?,
            None => only_administrator(tx)?,
        };
        let user_id = user.meta.id;
        let kept = Token { id, hash, user_id, name, scope, created_at: now, expires_at, used_at: None, revoked_at: None };
        tx.token_add(&kept)?;
        Ok(Made { kept, bearer, user })
    })
}

fn checked_name(name: &str) -> Result<String> {
    let name = name.trim();
    if name.is_empty() {
        return Err(Error::field(Code::Required, "name", "Give the token a name that says which machine has it."));
    }
    if name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(Error::field(Code::InvalidValue, "name", format!("A name is one line of at most {NAME_MAX} characters.")));
    }
    Ok(name.to_owned())
}

fn only_administrator(tx: &mut Tx<'_>) -> Result<User> {
    let mut administrators = tx.all::<User>()?;
    administrators.retain(|user| user.role == Role::Admin && user.is_active && user.meta.deleted_at.is_none());
    match <[User; 1]>::try_from(administrators) {
        Ok([one]) => Ok(one),
        Err(_) => {
            let message = "There is not exactly one administrator. Say whom the token acts as with --as, by e-mail address.";
            Err(Error::field(Code::Required, "as", message))
        }
    }
}

/// When a token runs out: a number of days from now, or the end of a calendar day, UTC.
fn expiry(text: &str, now: Millis) -> Result<Millis> {
    let bad = |message: String| Error::field(Code::InvalidValue, "expires", message);
    let at = if let Ok(days) = text.parse::<i64>() {
        now.0.saturating_add(days.saturating_mul(DAY_MS))
    } else {
        let next_day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().and_then(|day| day.checked_add_days(Days::new(1)));
        let end = next_day.and_then(|day| day.and_hms_opt(0, 0, 0)).map(|end| end.and_utc().timestamp_millis());
        end.ok_or_else(|| bad("Say when the token runs out: in days, such as 90, or as a date, such as 2027-03-31.".to_owned()))?
    };
    if at <= now.0 || at > now.0 + DAYS_MAX * DAY_MS {
        return Err(bad(format!("A token runs out between 1 and {DAYS_MAX} days from now.")));
    }
    Ok(Millis(at))
}

/// Every token of an organisation, one line each.
pub fn list(folder: &Folder, source: &Arc<dyn Source>, org: Id) -> Result<Vec<String>> {
    let now = source.now();
    folder.open_org(org)?.read(move |tx| {
        let tokens = tx.tokens()?;
        tokens.iter().map(|token| line(tx, token, now)).collect()
    })
}

fn line(tx: &mut Tx<'_>, token: &Token, now: Millis) -> Result<String> {
    let user = tx.find_as::<User>(token.user_id)?;
    let email = user.map_or_else(|| token.user_id.to_string(), |user| user.email);
    let state = match token.revoked_at {
        Some(at) => format!("revoked {}", moment(at)),
        None if token.expires_at <= now => format!("ran out {}", moment(token.expires_at)),
        None if session::active_user(tx, token.user_id)?.is_none() => "user may not sign in".to_owned(),
        None => format!("until {}", moment(token.expires_at)),
    };
    let used = token.used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", moment(at)));
    Ok([&token.id.to_string(), token.scope.text(), &email, &state, &used, &token.name].join("  "))
}

/// An instant as people write it, to the minute.
pub fn moment(at: Millis) -> String {
    DateTime::from_timestamp_millis(at.0).map(|at| at.format("%Y-%m-%d %H:%M UTC").to_string()).unwrap_or_default()
}

/// Ends a token for good, with the next request that shows it.
pub fn revoke(folder: &Folder, source: &Arc<dyn Source>, org: Id, id: Id) -> Result<()> {
    let now = source.now();
    if folder.open_org(org)?.write(move |tx| tx.token_revoke(id, now))? {
        return Ok(());
    }
    Err(Error::field(Code::NotFound, "id", "There is no token of this id here. `token list` shows them."))
}

/// A machine that showed a token which we signed.
#[derive(Clone)]
pub struct Machine {
    hash: String,
}

/// The answer to a token that was never ours, or whose organisation was restored to a time before it.
pub fn unknown() -> Error {
    Error::new(Code::Unauthorized, "This token is not known here. Ask an administrator for a new one.")
}

impl Machine {
    pub fn of(bearer: &str) -> Machine {
        Machine { hash: token::fingerprint(bearer) }
    }

    /// Whom it acts as, if it may do what is `wanted`; and its token, if it is time to note that it was used.
    pub fn actor(&self, tx: &mut Tx<'_>, wanted: Scope, now: Millis) -> Result<(Actor, Option<Id>)> {
        let token = tx.recalled("token", self.hash.as_bytes(), |tx| tx.token_by_hash(&self.hash))?.ok_or_else(unknown)?;
        let dead = |why: &str| Error::new(Code::Unauthorized, format!("{why} Ask an administrator for a new one."));
        if token.revoked_at.is_some() {
            return Err(dead("This token was revoked."));
        }
        if token.expires_at <= now {
            return Err(dead("This token has run out."));
        }
        let user = tx.recalled("machine", token.user_id.as_bytes(), |tx| {
            Ok(session::active_user(tx, token.user_id)?.map(|user| (user.meta.id, user.role)))
        })?;
        let (user, role) = user.ok_or_else(|| dead("This token acts as somebody who may not sign in any more."))?;
        if wanted == Scope::Write && token.scope == Scope::Read {
            let message = "This token has the scope \"read\". Nothing was changed. Writing takes one of the scope \"write\".";
            return Err(Error::new(Code::Forbidden, message));
        }
        let noted = token.used_at.is_some_and(|used| now.0 - used.0 < USE_MS);
        let actor = Actor { user, role, device: token.id };
        Ok((actor, (!noted).then_some(token.id)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rapport_model::Meta;
    use rapport_store::migrate::Schema;
    use rapport_store::{Sqlite, Store};

    #[test]
    fn a_token_lives_to_the_last_ms_and_a_use_is_noted_every_ten_minutes() {
        let dir = tempfile::tempdir().expect("a folder");
        let store = Store::open(Sqlite { path: dir.path().join("org.db"), key: None }, Schema::Server).expect("opens");
        let (id, user_id) = (Id::from_bytes([1; 16]), Id::from_bytes([2; 16]));
        store
            .write(move |tx| {
                tx.put(&User { meta: Meta { id: user_id, ..Meta::default() }, role: Role::Sales, ..User::default() })?;
                let (hash, name, end) = (token::fingerprint("rpt_x"), "x".to_owned(), Millis(2_000_000));
                let (scope, created_at) = (Scope::Read, Millis(0));
                let (used_at, revoked_at) = (None, None);
                tx.token_add(&Token { id, hash, user_id, name, scope, created_at, expires_at: end, used_at, revoked_at })
            })
            .expect("written");
        let at = |now: i64| {
            store.write(move |tx| {
                let (actor, noted) = Machine::of("rpt_x").actor(tx, Scope::Read, Millis(now))?;
                assert_eq!((actor.user, actor.role, actor.device), (user_id, Role::Sales, id));
                noted.map(|token| tx.token_used(token, Millis(now))).transpose().map(|noted| noted.is_some())
            })
        };
        assert_eq!(at(1000), Ok(true));
        assert_eq!((at(1001), at(1000 + USE_MS - 1)), (Ok(false), Ok(false)));
        assert_eq!((at(1000 + USE_MS), at(1000 + USE_MS + 1)), (Ok(true), Ok(false)));
        assert!(at(1_999_999).is_ok());
        assert_eq!(at(2_000_000).map_err(|e| e.code), Err(Code::Unauthorized));
    }

    #[test]
    fn a_token_runs_out_within_a_year() {
        // 2026-05-12 10:00 UTC.
        let now = Millis(1_778_580_000_000);
        let good = |text: &str| expiry(text, now).map(|at| at.0 - now.0);
        assert_eq!(good("1"), Ok(DAY_MS));
        assert_eq!(good("366"), Ok(366 * DAY_MS));
        assert_eq!(good("2026-05-12"), Ok(14 * 3_600_000), "the end of today");
        assert!(good("2027-05-12").is_ok());
        for bad in ["0", "-1", "367", "99999999999999999999", "2026-05-11", "2027-05-13", "2026-02-30", "soon", ""] {
            assert_eq!(good(bad).map_err(|e| e.code), Err(Code::InvalidValue), "{bad}");
        }
        assert_eq!(moment(now), "2026-05-12 10:00 UTC");
    }
}
