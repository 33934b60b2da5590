//! Organisations and the people who sign in to them: made here, kept in the org's file, found by the directory.

use crate::folder::Folder;
use crate::{password, token};
use rapport_model::{Actor, Code, Error, Id, Meta, Millis, Org, Result, Role, Source, Team, User};
use rapport_model::{text, version};
use rapport_ops::accept;
use rapport_store::accounts::Account;
use rapport_store::{Store, Tx};
use std::sync::Arc;

/// An organisation to be, with its first administrator.
#[derive(Clone, Debug)]
pub struct NewOrg {
    pub name: String,
    /// ISO 4217.
    pub currency: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// IANA name.
    pub time_zone: String,
    pub admin: NewUser,
}

/// Somebody who shall sign in.
#[derive(Clone, Debug)]
pub struct NewUser {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// A team's name; it is made if the org has none of that name.
    pub team: Option<String>,
    /// `None` = she signs in by an enrolment link only.
    pub password: Option<String>,
}

/// What an e-mail address is looked up by.
pub fn email_key(email: &str) -> String {
    text::fold(email.trim())
}

fn invalid(field: &str, message: &str) -> Error {
    Error::field(Code::InvalidValue, field, message)
}

/// Checks what everybody who signs in needs.
pub fn check_person(name: &str, email: &str) -> Result<()> {
    let email = email.trim();
    let parts = email.split_once('@');
    if email.len() > 254 || parts.is_none_or(|(who, host)| who.is_empty() || !host.contains('.')) {
        return Err(invalid("email", "Give an e-mail address such as ida@example.com."));
    }
    if name.trim().is_empty() {
        return Err(Error::field(Code::Required, "name", "Give the person a name."));
    }
    if name.trim().chars().count() > 200 {
        return Err(invalid("name", "A name has at most 200 characters."));
    }
    Ok(())
}

fn check_user(user: &NewUser) -> Result<Option<String>> {
    check_person(&user.name, &user.email)?;
    if let Some(password) = &user.password {
        password::check(password)?;
    }
    user.password.as_deref().map(password::hash).transpose()
}

fn check_org(org: &NewOrg) -> Result<()> {
    let upper = |text: &str, length: usize| text.len() == length && text.bytes().all(|b| b.is_ascii_uppercase());
    if org.name.trim().is_empty() {
        return Err(Error::field(Code::Required, "name", "Give the organisation a name."));
    }
    if !upper(&org.currency, 3) {
        return Err(invalid("currency", "Give the currency in three capital letters, such as EUR."));
    }
    if !upper(&org.country, 2) {
        return Err(invalid("country", "Give the country in two capital letters, such as DE."));
    }
    let zone = |c: char| c.is_ascii_alphanumeric() || "/_+-".contains(c);
    if org.time_zone.is_empty() || !org.time_zone.chars().all(zone) {
        return Err(invalid("timeZone", "Give the time zone by its name, such as Europe/Berlin."));
    }
    Ok(())
}

/// Writes records of the server's own making, in the name of `by`.
pub fn write_server(
    tx: &mut Tx<'_>,
    by: Id,
    now: Millis,
    source: &dyn Source,
    records: Vec<rapport_model::BoxedRecord>,
) -> Result<()> {
    let actor = Actor { user: by, role: Role::Admin, device: Id::NIL };
    accept::write_server(tx, &accept::Context { actor, now, source }, records)
}

/// Begins the life of an org's file: its sequence, numbering above whatever was there on that day before.
pub fn start_sequence(tx: &mut Tx<'_>, now: Millis, epoch_id: Id) -> Result<()> {
    tx.sequence_start(version::next_epoch(0, now), epoch_id)
}

/// The directory leads each address to one org only; the first to take it has it.
pub fn reserve(directory: &Store, emails: Vec<String>, org: Id) -> Result<()> {
    directory.write(move |tx| reserve_in(tx, &emails, org))
}

/// The same inside a transaction of the directory.
pub fn reserve_in(tx: &mut Tx<'_>, emails: &[String], org: Id) -> Result<()> {
    for email in emails {
        if tx.directory_find(email)?.is_some() {
            return Err(Error::field(
                Code::EmailTaken,
                "email",
                "Somebody signs in with this e-mail address already. Nothing was changed.",
            ));
        }
        tx.directory_put(email, org)?;
    }
    Ok(())
}

/// Takes addresses out again whose accounts could not be written.
pub fn release(directory: &Store, emails: Vec<String>) -> Result<()> {
    directory.write(move |tx| emails.iter().try_for_each(|email| tx.directory_remove(email)))
}

/// Makes an organisation; returns its id.
pub fn create_org(folder: &Folder, source: &Arc<dyn Source>, new: &NewOrg) -> Result<Id> {
    check_org(new)?;
    let secret = check_user(&new.admin)?.unwrap_or_default();
    let (org, admin, now) = (source.id(), source.id(), source.now());
    let meta = |id| Meta { id, created_at: now, updated_at: now, created_by: admin, ..Meta::default() };
    let record = Org {
        meta: meta(org),
        name: new.name.trim().to_owned(),
        currency: new.currency.clone(),
        country: new.country.clone(),
        time_zone: new.time_zone.clone(),
        ..Org::default()
    };
    let user = user_of(meta(admin), &new.admin, None);
    let account = Account { user_id: admin, email_key: email_key(&new.admin.email), secret };
    let directory = folder.directory()?;
    let emails = vec![account.email_key.clone()];
    reserve(&directory, emails.clone(), org)?;
    let source = source.clone();
    let written = folder.create_org(org)?.write(move |tx| {
        start_sequence(tx, now, source.id())?;
        write_server(tx, admin, now, &*source, vec![Box::new(record), Box::new(user)])?;
        tx.account_put(&account)
    });
    if written.is_err() {
        release(&directory, emails)?;
    }
    written.map(|()| org)
}

fn user_of(meta: Meta, new: &NewUser, team_id: Option<Id>) -> User {
    let (name, email) = (new.name.trim().to_owned(), new.email.trim().to_owned());
    User { meta, name, email, role: new.role, team_id, ..User::default() }
}

/// Adds somebody to an organisation; returns her id.
pub fn add_user(folder: &Folder, source: &Arc<dyn Source>, org: Id, new: &NewUser) -> Result<Id> {
    let secret = check_user(new)?.unwrap_or_default();
    let store = folder.open_org(org)?;
    let directory = folder.directory()?;
    let (id, now) = (source.id(), source.now());
    let account = Account { user_id: id, email_key: email_key(&new.email), secret };
    let emails = vec![account.email_key.clone()];
    reserve(&directory, emails.clone(), org)?;
    let (source, new) = (source.clone(), new.clone());
    let written = store.write(move |tx| {
        let meta = |id| Meta { id, created_at: now, updated_at: now, created_by: id, ..Meta::default() };
        let mut records: Vec<rapport_model::BoxedRecord> = Vec::new();
        let team = match new.team.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
            Some(name) => Some(team_named(tx, name, &*source, now, id, &mut records)?),
            None => None,
        };
        records.push(Box::new(user_of(meta(id), &new, team)));
        write_server(tx, id, now, &*source, records)?;
        tx.account_put(&account)
    });
    if written.is_err() {
        release(&directory, emails)?;
    }
    written.map(|()| id)
}

fn team_named(
    tx: &mut Tx<'_>,
    name: &str,
    source: &dyn Source,
    now: Millis,
    by: Id,
    records: &mut Vec<rapport_model::BoxedRecord>,
) -> Result<Id> {
    let key = text::name_key(name);
    if let Some(team) = tx.all::<Team>()?.into_iter().find(|team| text::name_key(&team.name) == key) {
        return Ok(team.meta.id);
    }
    let meta = Meta { id: source.id(), created_at: now, updated_at: now, created_by: by, ..Meta::default() };
    let id = meta.id;
    records.push(Box::new(Team { meta, name: name.to_owned(), ..Team::default() }));
    Ok(id)
}

/// The org that an organisation's name, id, or being the only one points to.
pub fn choose_org(folder: &Folder, wanted: Option<&str>) -> Result<Id> {
    let ids = folder.org_ids()?;
    let Some(wanted) = wanted else {
        return match ids.as_slice() {
            [one] => Ok(*one),
            [] => Err(Error::new(Code::NotFound, "There is no organisation yet. Make one with `org create`.")),
            _ => Err(Error::field(
                Code::Required,
                "org",
                "There are several organisations here. Say which one with --org, by name or id.",
            )),
        };
    };
    let key = text::name_key(wanted);
    for id in ids {
        if id.to_string() == wanted {
            return Ok(id);
        }
        let orgs = folder.open_org(id)?.read(|tx| tx.all::<Org>())?;
        if orgs.iter().any(|org| text::name_key(&org.name) == key) {
            return Ok(id);
        }
    }
    Err(Error::field(Code::NotFound, "org", format!("There is no organisation \"{wanted}\" here.")))
}

fn unknown() -> Error {
    Error::field(Code::NotFound, "email", "Nobody signs in here with this e-mail address.")
}

/// The org that an e-mail address signs in to.
pub fn org_of(folder: &Folder, email: &str) -> Result<Id> {
    let key = email_key(email);
    folder.directory()?.read(move |tx| tx.directory_find(&key))?.ok_or_else(unknown)
}

/// Who signs in to this org with an e-mail address.
pub fn user_with_email(tx: &mut Tx<'_>, email: &str) -> Result<User> {
    let account = tx.account_by_email(&email_key(email))?.ok_or_else(unknown)?;
    crate::session::active_user(tx, account.user_id)?.ok_or_else(unknown)
}

/// Makes a one-time code for somebody who is known here; it is good for `minutes`.
pub fn enrol(folder: &Folder, source: &Arc<dyn Source>, email: &str, minutes: i64) -> Result<String> {
    let org = org_of(folder, email)?;
    let code = token::enrolment_code(org)?;
    let (hash, now, email) = (token::fingerprint(&code), source.now(), email.to_owned());
    folder.open_org(org)?.write(move |tx| {
        let user = user_with_email(tx, &email)?;
        tx.enrolment_put(&hash, user.meta.id, Millis(now.0.saturating_add(minutes.saturating_mul(60_000))))
    })?;
    Ok(code)
}

/// The link that signs a device in: where the server is, and the one-time code.
pub fn link(server: &str, code: &str) -> String {
    format!("rapport://enrol?server={}&code={code}", url_encoded(server))
}

/// Everything but RFC 3986's unreserved characters as %XX.
fn url_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}
