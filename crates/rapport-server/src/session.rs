//! Devices and their sessions: begin one, renew it, tell who it is. All inside the transaction of the org's own file.

use crate::token::{self, ACCESS_MS, Claims, Keys, Ticket};
use rapport_model::{Actor, Code, Error, Id, Millis, Org, Result, Source, User};
use rapport_store::Tx;
use rapport_store::accounts::Device;
use rapport_store::lookup::SERVER_CODE;
use serde::Serialize;

/// Crockford's base 32: no I, L, O, U to mistake.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Draws of one length before codes grow by a character.
const DRAWS: usize = 64;

/// Characters of a device's name at most.
const DEVICE_NAME_MAX: usize = 120;

/// What a device gets when it signs in.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Session {
    pub access_token: String,
    pub expires_in_ms: i64,
    pub refresh_token: String,
    /// What the device seals work with that leaves it in a file.
    pub work_key: String,
    pub device_id: Id,
    pub device_code: String,
    pub org: Org,
    pub user: User,
    pub server_time: Millis,
}

/// What a device gets when it renews its session.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Renewed {
    pub access_token: String,
    pub expires_in_ms: i64,
    pub refresh_token: String,
    pub work_key: String,
    pub server_time: Millis,
}

/// How a renewal ended. The last two are committed or nothing to commit; they are told as errors afterwards.
pub enum Renewal {
    Renewed(Renewed),
    /// A token that was followed by a used one came again: somebody else has a copy. The device is signed out.
    Revoked,
    /// Never valid here, or replaced before it was used.
    Unknown,
}

pub fn revoked() -> Error {
    Error::new(Code::DeviceRevoked, "This device was signed out. Ask an administrator, or sign in again.")
}

/// Who makes the request, as of this transaction.
pub fn actor(tx: &mut Tx<'_>, claims: &Claims) -> Result<Actor> {
    let of = [claims.device.as_bytes().as_slice(), claims.user.as_bytes()].concat();
    tx.recalled("actor", &of, |tx| looked_up(tx, claims))
}

fn looked_up(tx: &mut Tx<'_>, claims: &Claims) -> Result<Actor> {
    let device = tx.device_find(claims.device)?.filter(|d| d.user_id == claims.user);
    let Some(device) = device else {
        return Err(Error::new(Code::Unauthorized, "This device is not known here. Sign in again."));
    };
    if device.revoked_at.is_some() {
        return Err(revoked());
    }
    let user = active_user(tx, claims.user)?.ok_or_else(revoked)?;
    Ok(Actor { user: user.meta.id, role: user.role, device: device.id })
}

/// The user, if she may sign in.
pub fn active_user(tx: &mut Tx<'_>, id: Id) -> Result<Option<User>> {
    Ok(tx.user(id)?.filter(|user| user.is_active && user.meta.deleted_at.is_none()))
}

/// Tokens at most that were given out for one and were not used yet; the latest ones.
const TWINS_MAX: usize = 4;

/// Signs a new device in.
pub fn begin(tx: &mut Tx<'_>, keys: &Keys, org: Id, user: User, name: &str, source: &dyn Source) -> Result<Session> {
    let now = source.now();
    let id = source.id();
    let refresh_token = keys.refresh(&Ticket { org, device: id, round: 0 })?;
    let device = Device {
        id,
        user_id: user.meta.id,
        name: name.trim().chars().take(DEVICE_NAME_MAX).collect(),
        code: free_code(tx)?,
        created_at: now,
        seen_at: now,
        revoked_at: None,
        current: kept(0, &refresh_token),
        next: String::new(),
        previous: String::new(),
    };
    tx.device_put(&device)?;
    Ok(Session {
        access_token: access(keys, org, &device, now)?,
        expires_in_ms: ACCESS_MS,
        refresh_token,
        work_key: keys.work_text(org, id)?,
        device_id: id,
        device_code: device.code,
        org: tx.get_as::<Org>(org)?,
        user,
        server_time: now,
    })
}

/// Exchanges a refresh token for a new one.
///
/// The old one stays good until the new one is first used: an answer that got lost signs nobody out. Nor does a request that
/// arrives twice: each answer holds a token of its own, and whichever is used first is the next one.
pub fn renew(tx: &mut Tx<'_>, keys: &Keys, ticket: &Ticket, refresh: &str, now: Millis) -> Result<Renewal> {
    let Some(mut device) = tx.device_find(ticket.device)? else { return Ok(Renewal::Unknown) };
    if device.revoked_at.is_some() {
        return Ok(Renewal::Revoked);
    }
    let shown = kept(ticket.round, refresh);
    let given: Vec<&str> = device.next.split_whitespace().collect();
    let is_next = given.contains(&shown.as_str());
    // The answers of all of them are under way; which one arrives is not known here.
    let mut given = if is_next { String::new() } else { given[given.len().saturating_sub(TWINS_MAX - 1)..].join(" ") };
    if is_next {
        device.previous = std::mem::replace(&mut device.current, shown);
    } else if shown != device.current {
        // Only what was used and followed up is proof of a copy; a twin that never got used is not.
        if ticket.round >= round_of(&device.current) {
            return Ok(Renewal::Unknown);
        }
        device.revoked_at = Some(now);
        tx.device_put(&device)?;
        tracing::warn!(device = %device.id, "a used refresh token came again; the device was signed out");
        return Ok(Renewal::Revoked);
    }
    if active_user(tx, device.user_id)?.is_none() {
        return Ok(Renewal::Revoked);
    }
    let round = ticket.round.saturating_add(1);
    let refresh_token = keys.refresh(&Ticket { round, ..*ticket })?;
    given.push(' ');
    given.push_str(&kept(round, &refresh_token));
    device.next = given.trim().to_owned();
    device.seen_at = now;
    tx.device_put(&device)?;
    let access_token = access(keys, ticket.org, &device, now)?;
    let work_key = keys.work_text(ticket.org, device.id)?;
    Ok(Renewal::Renewed(Renewed { access_token, expires_in_ms: ACCESS_MS, refresh_token, work_key, server_time: now }))
}

/// Signs a device out.
pub fn end(tx: &mut Tx<'_>, device: Id, now: Millis) -> Result<()> {
    if let Some(mut device) = tx.device_find(device)? {
        device.revoked_at.get_or_insert(now);
        tx.device_put(&device)?;
    }
    Ok(())
}

fn access(keys: &Keys, org: Id, device: &Device, now: Millis) -> Result<String> {
    let claims = Claims { org, user: device.user_id, device: device.id, expires_at: Millis(now.0 + ACCESS_MS) };
    keys.access(&claims)
}

/// What is kept of a refresh token: its round and its hash.
fn kept(round: u32, refresh: &str) -> String {
    format!("{round}:{}", token::fingerprint(refresh))
}

fn round_of(kept: &str) -> u32 {
    kept.split_once(':').and_then(|(round, _)| round.parse().ok()).unwrap_or(0)
}

/// A code that no device of the org has: two characters, more when those are used up.
fn free_code(tx: &mut Tx<'_>) -> Result<String> {
    for chars in 2..=8 {
        for _ in 0..DRAWS {
            let random = token::random::<8>()?;
            let code: String = random.iter().take(chars).map(|b| char::from(ALPHABET[usize::from(*b % 32)])).collect();
            if code != SERVER_CODE && !tx.device_code_taken(&code)? {
                return Ok(code);
            }
        }
    }
    Err(Error::internal("no free device code was found"))
}
