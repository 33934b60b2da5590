//! Rules of what is kept beside a customer: its qualification, its files.

use super::{Lookup, Passing, bad_reference};
use crate::catalogue::CONTENT_BYTES_MAX;
use crate::{Attachment, Code, Customer, Error, Kind, Result};
use serde_json::json;

/// The qualification is of its form, and who decides is a contact of this customer.
pub(super) fn check_qualification(look: &mut dyn Lookup, customer: &Customer) -> Result<()> {
    let read = crate::qualification::Qualification::parse(&customer.qualification)?;
    let Some(contact) = read.authority.contact_id else { return Ok(()) };
    let found = look.record(Kind::Contacts, contact)?;
    match found.as_ref().and_then(|c| crate::customer_of(c.as_ref())) {
        Some(owner) if owner == customer.meta.id => Ok(()),
        _ => Err(bad_reference("qualification.authority.contactId", contact, Kind::Contacts)),
    }
}

/// A file lies beside a record of its customer; its content is what was announced, and stays.
pub(super) fn check_attachment(look: &mut dyn Lookup, attachment: &mut Attachment, passing: &Passing<'_>) -> Result<()> {
    let before = passing.before::<Attachment>();
    let sha256 = &attachment.sha256;
    if !sha256.is_empty() && (sha256.len() != 64 || !sha256.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))) {
        return Err(Error::field(Code::InvalidValue, "sha256", "A digest is SHA-256, in 64 small hex digits."));
    }
    if before.is_some_and(|b| !b.sha256.is_empty() && b.sha256 != *sha256) {
        return Err(Error::field(Code::InvalidValue, "sha256", "The content of a file stays. Add another file."));
    }
    if !(0..=CONTENT_BYTES_MAX).contains(&attachment.bytes) {
        let message = format!("A file is 0 to {CONTENT_BYTES_MAX} bytes.");
        return Err(Error::field(Code::InvalidValue, "bytes", message));
    }
    if before.is_some_and(|b| (&b.owner_kind, b.owner_id) == (&attachment.owner_kind, attachment.owner_id)) {
        return Ok(());
    }
    let kind = Kind::parse(&attachment.owner_kind).filter(|kind| *kind == Kind::Customers || kind.is_child());
    let kind = kind.filter(|kind| *kind != Kind::Attachments);
    let Some(kind) = kind else {
        let message = "A file lies beside customers, contacts, interactions, quotes or orders.";
        return Err(Error::field(Code::InvalidValue, "ownerKind", message));
    };
    match look.record(kind, attachment.owner_id)? {
        Some(owner) if crate::customer_of(owner.as_ref()) == Some(attachment.customer_id) => Ok(()),
        Some(_) => Err(bad_reference("ownerId", attachment.owner_id, kind)),
        None => {
            let missing = json!({ "missing": attachment.owner_id, "kind": kind.text() });
            Err(bad_reference("ownerId", attachment.owner_id, kind).with(missing))
        }
    }
}
