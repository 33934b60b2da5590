//! The system's keyring. Its calls block and may show a prompt, so each runs on a thread of its own, with a limit.

use super::Secret;
use keyring::{Entry, Error as Refusal};
use rapport_model::{Code, Error, Result};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

const SERVICE: &str = "rapport";

/// Long enough to type a password into the keyring's own prompt.
const ANSWER_S_MAX: u64 = 20;

pub(super) fn get(user: String) -> Result<Option<Secret>> {
    ask(move || match Entry::new(SERVICE, &user)?.get_secret() {
        Ok(bytes) => Ok(Some(Secret::new(bytes))),
        Err(Refusal::NoEntry) => Ok(None),
        Err(refusal) => Err(refusal),
    })
}

pub(super) fn set(user: String, secret: Secret) -> Result<()> {
    ask(move || Entry::new(SERVICE, &user)?.set_secret(secret.bytes()))
}

pub(super) fn remove(user: String) -> Result<()> {
    ask(move || match Entry::new(SERVICE, &user)?.delete_credential() {
        Err(Refusal::NoEntry) => Ok(()),
        other => other,
    })
}

fn ask<T: Send + 'static>(f: impl FnOnce() -> keyring::Result<T> + Send + 'static) -> Result<T> {
    let (send, receive) = sync_channel(1);
    std::thread::Builder::new()
        .name("keyring".to_owned())
        .spawn(move || {
            // Nobody waits any more after the limit; the answer is then dropped.
            let _ = send.send(f());
        })
        .map_err(|e| Error::internal(format_args!("a thread could not be started: {e}")))?;
    match receive.recv_timeout(Duration::from_secs(ANSWER_S_MAX)) {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(refusal)) => Err(explain(&refusal)),
        Err(RecvTimeoutError::Timeout) => {
            Err(no_keyring(&format!("The system's keyring did not answer within {ANSWER_S_MAX} seconds.")))
        }
        Err(RecvTimeoutError::Disconnected) => Err(no_keyring("The system's keyring failed.")),
    }
}

/// What failed, in words, for the situations that were seen on real systems.
fn explain(refusal: &Refusal) -> Error {
    let text = match (refusal, Entry::store_status()) {
        // The store is made once; its own refusal says more than "there is none".
        (Refusal::NoDefaultStore, Err(first)) => first.to_string(),
        _ => refusal.to_string(),
    };
    no_keyring(situation(&text, matches!(refusal, Refusal::NoStorageAccess(_))))
}

fn situation(text: &str, locked: bool) -> &'static str {
    let lower = text.to_lowercase();
    if lower.contains("serviceunknown") || lower.contains("not provided by any") {
        return "This system has no keyring: nothing provides org.freedesktop.secrets.";
    }
    if lower.contains("prompt") {
        return "The system's keyring is locked, and the question for its password was dismissed or could not be shown.";
    }
    if locked {
        return "The system's keyring was never unlocked in this session.";
    }
    "The system's keyring cannot be reached: there is no session bus here."
}

/// What failed, what is safe, the one way on.
fn no_keyring(failed: &str) -> Error {
    Error::new(
        Code::NoKeyring,
        format!("{failed} Your data is unchanged and stays encrypted. Set a passphrase to go on without the keyring."),
    )
}

pub(super) fn forgets() -> Error {
    no_keyring("What was put into the keyring could not be read back.")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAFE_AND_WAY_ON: &str = "Your data is unchanged and stays encrypted. Set a passphrase to go on without the keyring.";

    #[test]
    fn every_situation_says_what_failed_what_is_safe_and_the_way_on() {
        let failure = |text: &str| Refusal::PlatformFailure(text.to_owned().into());
        let access = |text: &str| Refusal::NoStorageAccess(text.to_owned().into());
        let table = [
            (failure("zbus error: no such file (NotFound)"), "there is no session bus here."),
            (
                failure(
                    "org.freedesktop.DBus.Error.ServiceUnknown: The name org.freedesktop.secrets was not provided by any .service files",
                ),
                "This system has no keyring: nothing provides org.freedesktop.secrets.",
            ),
            (access("result not returned from SS API [NoResult]"), "was never unlocked in this session."),
            (
                access("prompt dismissed [Prompt]"),
                "is locked, and the question for its password was dismissed or could not be shown.",
            ),
        ];
        for (refusal, failed) in table {
            let error = explain(&refusal);
            assert_eq!(error.code, Code::NoKeyring);
            assert!(error.message.contains(failed) && error.message.ends_with(SAFE_AND_WAY_ON), "{error}");
        }
    }
}
