//! Work in a file: what waits on a device, carried by hand to a server that cannot be reached, or saved from a device before it is
//! wiped. Sealed with a key that the server gave the device and makes again by itself, so nobody else reads or alters it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rapport_model::mutation::{Change, Mutation};
use rapport_model::{Code, Error, Id, Millis, Result};
use serde::{Deserialize, Serialize};

/// Bytes of such a file at most.
pub const PARCEL_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Bytes of the key, as the server gives it with a sign-in.
pub const KEY_BYTES: usize = 32;

const FORMAT: &str = "rapport work 1";

rapport_model::choice! {
    /// Why the work left the device in a file.
    Why {
        /// The device keeps it in line, too.
        Carried "carried",
        /// The device was signed out and wiped: the file is all there is.
        Rescued "rescued",
    }
}

/// What anybody may read on the outside. It cannot be altered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Head {
    pub org: Id,
    pub user: Id,
    pub device: Id,
    pub why: Why,
    pub at: Millis,
}

/// What is inside.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Work {
    /// Sealed, in the order in which they were done.
    pub mutations: Vec<Mutation>,
    /// Changes that the server did not take and that were still to be decided on the device.
    #[serde(default)]
    pub refused: Vec<Change>,
}

impl Work {
    pub fn is_empty(&self) -> bool {
        self.mutations.is_empty() && self.refused.is_empty()
    }
}

#[derive(Serialize, Deserialize)]
struct File {
    format: String,
    head: Head,
    nonce: String,
    sealed: String,
}

fn unreadable() -> Error {
    Error::new(
        Code::Unreadable,
        "This is no file with work from Rapport, or it is damaged. Nothing was taken in. Fetch it from the device again.",
    )
}

/// What a seal is bound to: a file whose outside was changed does not open.
fn bound_to(head: &Head) -> String {
    format!("{FORMAT} {} {} {} {} {}", head.org, head.user, head.device, head.why.text(), head.at.0)
}

/// The file. `nonce` is random, another one each time.
pub fn seal(head: &Head, work: &Work, key: &[u8; KEY_BYTES], nonce: [u8; 24]) -> Result<Vec<u8>> {
    let plain = serde_json::to_vec(work).map_err(Error::internal)?;
    let bound = bound_to(head);
    let payload = Payload { msg: &plain, aad: bound.as_bytes() };
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    let sealed = cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| Error::internal("the work could not be sealed"))?;
    let (format, nonce) = (FORMAT.to_owned(), STANDARD.encode(nonce));
    let file = File { format, head: head.clone(), nonce, sealed: STANDARD.encode(sealed) };
    serde_json::to_vec_pretty(&file).map_err(Error::internal)
}

/// The outside of a file, as it says itself; only [`open`] proves it.
pub fn head_of(bytes: &[u8]) -> Result<Head> {
    read(bytes).map(|file| file.head)
}

fn read(bytes: &[u8]) -> Result<File> {
    let file: File = serde_json::from_slice(bytes).map_err(|_| unreadable())?;
    if file.format == FORMAT { Ok(file) } else { Err(unreadable()) }
}

/// What is inside, if nobody altered it.
pub fn open(bytes: &[u8], key: &[u8; KEY_BYTES]) -> Result<Work> {
    let file = read(bytes)?;
    let nonce: [u8; 24] = STANDARD.decode(&file.nonce).ok().and_then(|n| n.try_into().ok()).ok_or_else(unreadable)?;
    let sealed = STANDARD.decode(&file.sealed).map_err(|_| unreadable())?;
    let bound = bound_to(&file.head);
    let payload = Payload { msg: &sealed, aad: bound.as_bytes() };
    let cipher = XChaCha20Poly1305::new(&(*key).into());
    let plain = cipher.decrypt(&XNonce::from(nonce), payload).map_err(|_| {
        let message = "The file was not sealed by a device of this server, or it was altered on its way. Nothing was taken in.";
        Error::new(Code::Forbidden, message)
    })?;
    serde_json::from_slice(&plain).map_err(|_| unreadable())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_opens_with_its_key_alone_and_only_as_it_was_sealed() {
        let id = |n| Id::from_bytes([n; 16]);
        let head = Head { org: id(1), user: id(2), device: id(3), why: Why::Carried, at: Millis(7) };
        let change =
            Change { kind: "customers".into(), id: id(4), op: rapport_model::mutation::Op::Delete, units: Default::default() };
        let work = Work { mutations: Vec::new(), refused: vec![change] };
        let bytes = seal(&head, &work, &[9; 32], [5; 24]).expect("sealed");
        assert_eq!((head_of(&bytes).expect("outside"), open(&bytes, &[9; 32]).expect("opened")), (head, work));
        assert!(!String::from_utf8_lossy(&bytes).contains("customers"), "nobody reads it on its way");
        assert_eq!(open(&bytes, &[8; 32]).expect_err("another key").code, Code::Forbidden);
        let text = String::from_utf8(bytes).expect("text");
        for (from, to) in [(id(2), id(6)), (id(3), id(6)), (id(1), id(6))] {
            let altered = text.replace(&from.to_string(), &to.to_string());
            assert_eq!(open(altered.as_bytes(), &[9; 32]).expect_err("altered").code, Code::Forbidden);
        }
        let altered = text.replace("carried", "rescued");
        assert_eq!(open(altered.as_bytes(), &[9; 32]).expect_err("altered").code, Code::Forbidden);
        for junk in ["", "{}", "[1]", &text[..text.len() / 2], &text.replace("work 1", "work 9")] {
            assert_eq!(open(junk.as_bytes(), &[9; 32]).expect_err("junk").code, Code::Unreadable, "{junk}");
        }
    }
}
