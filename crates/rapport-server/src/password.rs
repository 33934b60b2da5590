//! Passwords: Argon2id on a bounded number of threads, and as slow for an address that nobody has.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use rapport_model::{Code, Error, Result};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::sync::Semaphore;

/// Characters of a password at least.
pub const PASSWORD_CHARS_MIN: usize = 10;

/// Bytes of a password at most; more is no password but a load.
pub const PASSWORD_BYTES_MAX: usize = 1024;

/// Hashes computed at once; each takes about 20 MiB and a core.
const AT_ONCE: usize = 2;

/// Sign-ins that may wait for their turn.
const WAITING_MAX: usize = 32;

/// Checks a password that somebody wants to have.
pub fn check(password: &str) -> Result<()> {
    if password.chars().count() < PASSWORD_CHARS_MIN || password.len() > PASSWORD_BYTES_MAX {
        let message = format!("A password has at least {PASSWORD_CHARS_MIN} characters.");
        return Err(Error::field(Code::InvalidValue, "password", message));
    }
    Ok(())
}

/// The secret to keep, in PHC form. Takes about a tenth of a second.
pub fn hash(password: &str) -> Result<String> {
    Argon2::default().hash_password(password.as_bytes()).map(|h| h.to_string()).map_err(Error::internal)
}

fn matches(password: &str, secret: &str) -> bool {
    /// The secret of nobody: an unknown address takes as long as a wrong password.
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = || NOBODY.get_or_init(|| hash("the password of nobody").unwrap_or_default());
    let (secret, real) = if secret.is_empty() { (nobody().as_str(), false) } else { (secret, true) };
    let verified =
        PasswordHash::new(secret).is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok());
    verified && real
}

/// Verifies passwords, two at once; a queue that is full says so.
pub struct Passwords {
    turns: Semaphore,
    waiting: AtomicUsize,
}

/// Counts one that waits until it is dropped, also when its caller goes away.
struct Place<'a>(&'a AtomicUsize);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Default for Passwords {
    fn default() -> Passwords {
        Passwords { turns: Semaphore::new(AT_ONCE), waiting: AtomicUsize::new(0) }
    }
}

impl Passwords {
    /// Whether the password fits the secret; `""` fits none and takes as long.
    pub async fn verify(&self, password: String, secret: String) -> Result<bool> {
        let waiting = self.waiting.fetch_add(1, Ordering::Relaxed);
        let place = Place(&self.waiting);
        if waiting >= WAITING_MAX + AT_ONCE {
            return Err(Error::new(Code::Busy, "Many people are signing in at this moment. Try again in a moment."));
        }
        let _turn = self.turns.acquire().await.map_err(Error::internal)?;
        let verified = tokio::task::spawn_blocking(move || matches(&password, &secret)).await;
        drop(place);
        verified.map_err(Error::internal)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_secret_fits_its_password_and_the_empty_one_fits_none() {
        let passwords = Passwords::default();
        let secret = hash("correct horse").expect("a hash");
        assert!(secret.starts_with("$argon2id$"));
        assert_eq!(passwords.verify("correct horse".into(), secret.clone()).await, Ok(true));
        assert_eq!(passwords.verify("wrong horse".into(), secret).await, Ok(false));
        assert_eq!(passwords.verify("the password of nobody".into(), String::new()).await, Ok(false));
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), 0);
    }

    #[tokio::test]
    async fn a_full_queue_says_so() {
        let passwords = Passwords::default();
        passwords.waiting.store(WAITING_MAX + AT_ONCE, Ordering::Relaxed);
        let refused = passwords.verify("x".into(), String::new()).await.map_err(|e| e.code);
        assert_eq!(refused, Err(Code::Busy));
        assert_eq!(passwords.waiting.load(Ordering::Relaxed), WAITING_MAX + AT_ONCE);
    }

    #[test]
    fn ten_characters_are_enough() {
        assert!(check("ten  chars").is_ok());
        assert!(check("äöüäöüäöüä").is_ok());
        assert_eq!(check("nine char").map_err(|e| e.code), Err(Code::InvalidValue));
    }
}
