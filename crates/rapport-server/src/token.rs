//! Access tokens, signed and short-lived; refresh tokens, tokens of machines and enrolment codes, random and kept as hashes only.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use rapport_model::{Code, Error, Id, Millis, Result};
use rapport_store::Store;
use sha2::{Digest, Sha256};

/// Life of an access token.
pub const ACCESS_MS: i64 = 10 * 60 * 1000;

/// What a machine's token begins with, so that people and scanners know one when they see it.
const MACHINE_PREFIX: &str = "rpt_";

/// Who an access token speaks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims {
    pub org: Id,
    pub user: Id,
    pub device: Id,
    pub expires_at: Millis,
}

/// What a refresh token leads to; `round` counts up with each one of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket {
    pub org: Id,
    pub device: Id,
    pub round: u32,
}

/// The server's own key; what it did not sign it does not look up.
pub struct Keys(Vec<u8>);

fn unauthorized() -> Error {
    Error::new(Code::Unauthorized, "The sign-in is not valid or has run out. Sign in again.")
}

/// `count` bytes that nobody can guess.
pub fn random<const COUNT: usize>() -> Result<[u8; COUNT]> {
    let mut bytes = [0u8; COUNT];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(bytes)
}

/// What is kept of a token or code.
pub fn fingerprint(token: &str) -> String {
    Sha256::digest(token.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn id_at(bytes: &[u8], at: usize) -> Result<Id> {
    bytes.get(at..at + 16).and_then(Id::from_slice).ok_or_else(unauthorized)
}

impl Keys {
    #[cfg(test)]
    fn new(secret: Vec<u8>) -> Keys {
        Keys(secret)
    }

    /// The key that the directory keeps; made on first use. Blocks.
    pub fn of(directory: &Store) -> Result<Keys> {
        let fresh = random::<32>()?;
        directory.write(move |tx| tx.server_secret("tokens", fresh)).map(Keys)
    }

    /// The purpose is part of what is signed, so that one kind of token never passes for another.
    fn mac(&self, purpose: &str, body: &[u8]) -> Result<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(Error::internal)?;
        mac.update(purpose.as_bytes());
        mac.update(&[0]);
        mac.update(body);
        Ok(mac)
    }

    fn sign(&self, purpose: &str, mut body: Vec<u8>) -> Result<String> {
        let seal = self.mac(purpose, &body)?.finalize().into_bytes();
        body.extend_from_slice(&seal);
        Ok(URL_SAFE_NO_PAD.encode(body))
    }

    fn open(&self, purpose: &str, token: &str) -> Result<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| unauthorized())?;
        let body = bytes.len().checked_sub(32).ok_or_else(unauthorized)?;
        let seal = bytes.split_off(body);
        self.mac(purpose, &bytes)?.verify_slice(&seal).map_err(|_| unauthorized())?;
        Ok(bytes)
    }

    pub fn access(&self, claims: &Claims) -> Result<String> {
        let mut body = Vec::with_capacity(56);
        for id in [claims.org, claims.user, claims.device] {
            body.extend_from_slice(id.as_bytes());
        }
        body.extend_from_slice(&claims.expires_at.0.to_be_bytes());
        self.sign("access", body)
    }

    /// The claims of a token that we signed and that has not run out.
    pub fn read_access(&self, token: &str, now: Millis) -> Result<Claims> {
        let body = self.open("access", token)?;
        let expires = body.get(48..56).and_then(|b| b.try_into().ok()).ok_or_else(unauthorized)?;
        let claims = Claims {
            org: id_at(&body, 0)?,
            user: id_at(&body, 16)?,
            device: id_at(&body, 32)?,
            expires_at: Millis(i64::from_be_bytes(expires)),
        };
        if claims.expires_at <= now { Err(unauthorized()) } else { Ok(claims) }
    }

    /// 32 random bytes beside where they lead.
    pub fn refresh(&self, ticket: &Ticket) -> Result<String> {
        let mut body = random::<32>()?.to_vec();
        body.extend_from_slice(ticket.org.as_bytes());
        body.extend_from_slice(ticket.device.as_bytes());
        body.extend_from_slice(&ticket.round.to_be_bytes());
        self.sign("refresh", body)
    }

    /// What a device seals work with that leaves it in a file. It is made again from its names, so it is kept nowhere.
    pub fn work(&self, org: Id, device: Id) -> Result<[u8; 32]> {
        let names = [org.as_bytes().as_slice(), device.as_bytes()].concat();
        Ok(self.mac("work", &names)?.finalize().into_bytes().into())
    }

    /// The same, as a device gets it.
    pub fn work_text(&self, org: Id, device: Id) -> Result<String> {
        Ok(URL_SAFE_NO_PAD.encode(self.work(org, device)?))
    }

    pub fn read_refresh(&self, token: &str) -> Result<Ticket> {
        let body = self.open("refresh", token)?;
        let round = body.get(64..68).and_then(|b| b.try_into().ok()).ok_or_else(unauthorized)?;
        Ok(Ticket { org: id_at(&body, 32)?, device: id_at(&body, 48)?, round: u32::from_be_bytes(round) })
    }

    /// The organisation and 32 random bytes. What it may do is kept in the organisation's file.
    pub fn machine(&self, org: Id) -> Result<String> {
        let mut body = org.as_bytes().to_vec();
        body.extend_from_slice(&random::<32>()?);
        Ok(format!("{MACHINE_PREFIX}{}", self.sign("machine", body)?))
    }

    /// The organisation that a machine's token leads to.
    pub fn read_machine(&self, token: &str) -> Result<Id> {
        let sealed = token.strip_prefix(MACHINE_PREFIX).ok_or_else(unauthorized)?;
        id_at(&self.open("machine", sealed)?, 0)
    }
}

/// Whether a bearer token is a machine's, or says so.
pub fn is_machine(token: &str) -> bool {
    token.starts_with(MACHINE_PREFIX)
}

/// A one-time code that leads to an organisation: 20 random bytes.
pub fn enrolment_code(org: Id) -> Result<String> {
    let mut body = org.as_bytes().to_vec();
    body.extend_from_slice(&random::<20>()?);
    Ok(URL_SAFE_NO_PAD.encode(body))
}

/// The organisation that a code leads to.
pub fn enrolment_org(code: &str) -> Option<Id> {
    let bytes = URL_SAFE_NO_PAD.decode(code).ok().filter(|bytes| bytes.len() == 36)?;
    Id::from_slice(&bytes[..16])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u8) -> Id {
        Id::from_bytes([n; 16])
    }

    #[test]
    fn access_tokens_run_out_and_cannot_be_altered() {
        let keys = Keys::new(vec![1; 32]);
        let claims = Claims { org: id(1), user: id(2), device: id(3), expires_at: Millis(100) };
        let token = keys.access(&claims).expect("a token");
        assert_eq!(keys.read_access(&token, Millis(99)), Ok(claims));
        assert!(keys.read_access(&token, Millis(100)).is_err());
        assert!(Keys::new(vec![2; 32]).read_access(&token, Millis(0)).is_err());
        for at in 0..token.len() {
            let mut altered: Vec<char> = token.chars().collect();
            altered[at] = if altered[at] == 'A' { 'B' } else { 'A' };
            let altered: String = altered.into_iter().collect();
            assert!(keys.read_access(&altered, Millis(0)).is_err(), "position {at}");
        }
    }

    #[test]
    fn one_kind_of_token_does_not_pass_for_another() {
        let keys = Keys::new(vec![1; 32]);
        let ticket = Ticket { org: id(1), device: id(3), round: 7 };
        let token = keys.refresh(&ticket).expect("a token");
        assert_eq!(keys.read_refresh(&token), Ok(ticket));
        assert_ne!(keys.refresh(&ticket).expect("a token"), token);
        assert!(keys.read_access(&token, Millis(0)).is_err());
        for junk in ["", "x", "????", "AAAA"] {
            assert!(keys.read_refresh(junk).is_err() && keys.read_access(junk, Millis(0)).is_err());
        }
        let machine = keys.machine(id(4)).expect("a token");
        assert_eq!(keys.read_machine(&machine), Ok(id(4)));
        assert!(keys.read_machine(&token).is_err() && keys.read_machine(&format!("{MACHINE_PREFIX}{token}")).is_err());
        assert!(Keys::new(vec![2; 32]).read_machine(&machine).is_err());
        let bare = machine.strip_prefix(MACHINE_PREFIX).expect("a prefix");
        assert!(keys.read_access(bare, Millis(0)).is_err() && keys.read_refresh(bare).is_err());
        let code = enrolment_code(id(5)).expect("a code");
        assert_eq!(enrolment_org(&code), Some(id(5)));
        assert_eq!(enrolment_org(&code[1..]), None);
    }
}
