//! What can be sold, and what is kept beside a record: items of the catalogue, attachments.

use crate::customer::{ExternalRef, REFS_TS};
use crate::field::{amount, factor, flag, integer, json, link, long_text, text};
use crate::{Id, Kind, Money, Percent};

crate::record! {
    /// Something that can be sold.
    Item of Items {
        sku: String = String::new() => text("SKU", 120).required(),
        description: String = String::new() => long_text("Description", 5000),
        unit_price: Money = Money(0) => amount("Unit price"),
        /// ISO 4217; the organisation's if none is given.
        currency: String = String::new() => text("Currency", 3),
        /// Per cent.
        tax_rate: Option<Percent> = None => factor("Tax rate"),
        is_active: bool = true => flag("For sale"),
        external_refs: Vec<ExternalRef> = Vec::new() => json("References", REFS_TS),
    }
}

/// Bytes of a file at most.
pub const CONTENT_BYTES_MAX: i64 = 25 * 1024 * 1024;

crate::record! {
    /// A file beside a customer, a contact, a call, a quote or an order. Its content is fetched by its digest.
    Attachment of Attachments {
        customer_id: Id = Id::NIL => link("Customer", Kind::Customers).required(),
        /// The kind of the record that it lies beside.
        owner_kind: String = String::new() => text("Lies beside", 40).required(),
        owner_id: Id = Id::NIL => text("Record", 0).required(),
        name: String = String::new() => text("Name", 255).required(),
        mime: String = String::new() => text("Type", 120),
        bytes: i64 = 0 => integer("Size"),
        /// Of the content, in hex.
        sha256: String = String::new() => text("Digest", 64),
    }
}
