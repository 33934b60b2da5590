//! Documents of the comparison's data set as our records, and back: nothing of a document is lost.
//!
//! Where a document has a time and our field a day, the time is kept beside it. A quote's status jumps in their edits from anywhere to
//! anywhere, which our rules refuse, so it is kept as a foreign field of a draft. `updatedAt` is set by their edits; ours is a stamp.

use rapport_model::{BoxedRecord, Error, Id, Kind, Record, Result};
use serde_json::{Map, Value, json};

const ORG: &str = "org-01";
const DAY_MS: i64 = 86_400_000;

/// Their name of a field, ours, and the name under which a time is kept beside our day.
struct Renamed {
    kind: Kind,
    theirs: &'static str,
    ours: &'static str,
    exact: &'static str,
}

const RENAMED: &[Renamed] = &[
    Renamed { kind: Kind::Customers, theirs: "value", ours: "valueEstimate", exact: "" },
    Renamed { kind: Kind::Customers, theirs: "lastContact", ours: "lastContactByHand", exact: "" },
    Renamed { kind: Kind::Customers, theirs: "nextFollowUp", ours: "nextFollowUpByHand", exact: "nextFollowUpAt" },
    Renamed { kind: Kind::Interactions, theirs: "followUpDate", ours: "followUpDate", exact: "followUpAt" },
    Renamed { kind: Kind::Quotes, theirs: "validUntil", ours: "validUntil", exact: "validUntilAt" },
    Renamed { kind: Kind::Quotes, theirs: "status", ours: "state", exact: "" },
];

/// Fields that documents have, beside `_id`, `orgId`, `createdAt`, `updatedAt` and `createdBy`.
const FIELDS: &[(Kind, &[&str])] = &[
    (
        Kind::Customers,
        &[
            "name",
            "companyName",
            "status",
            "type",
            "industry",
            "source",
            "website",
            "phone",
            "email",
            "address",
            "value",
            "assignedTo",
            "tags",
            "notes",
            "lastContact",
            "nextFollowUp",
            "isActive",
        ],
    ),
    (
        Kind::Contacts,
        &[
            "customerId",
            "firstName",
            "lastName",
            "title",
            "email",
            "phone",
            "mobile",
            "department",
            "isPrimary",
            "notes",
            "isActive",
        ],
    ),
    (
        Kind::Interactions,
        &[
            "customerId",
            "contactId",
            "type",
            "subject",
            "description",
            "outcome",
            "interactionDate",
            "duration",
            "assignedTo",
            "requiresFollowUp",
            "followUpDate",
            "followUpNotes",
            "relatedOrderId",
            "relatedQuoteId",
            "relatedItemId",
        ],
    ),
    (
        Kind::Quotes,
        &[
            "customerId",
            "quoteNumber",
            "status",
            "subject",
            "description",
            "items",
            "subtotal",
            "taxAmount",
            "totalAmount",
            "currency",
            "validUntil",
            "paymentTerms",
            "deliveryTerms",
            "notes",
            "sentAt",
            "viewedAt",
            "respondedAt",
            "acceptedAt",
        ],
    ),
];

/// The id of one of their users: its name, filled up.
pub fn user_id(name: &str) -> Id {
    let mut bytes = [0_u8; 16];
    bytes.iter_mut().zip(name.bytes()).for_each(|(to, from)| *to = from);
    Id::from_bytes(bytes)
}

fn user_name(id: &Value) -> Value {
    let id = id.as_str().and_then(|text| text.parse::<Id>().ok()).unwrap_or(Id::NIL);
    let name: String = id.as_bytes().iter().take_while(|byte| **byte != 0).map(|byte| char::from(*byte)).collect();
    if name.is_empty() { Value::Null } else { name.into() }
}

/// The names of their users.
pub fn users() -> impl Iterator<Item = String> {
    (1..=20).map(|n| format!("user-{n:02}"))
}

fn renamed(kind: Kind, theirs: &str) -> Option<&'static Renamed> {
    RENAMED.iter().find(|one| one.kind == kind && one.theirs == theirs)
}

/// A field of theirs as units of ours.
pub fn units(kind: Kind, theirs: &str, value: &Value) -> Vec<(&'static str, Value)> {
    let value = match theirs {
        "assignedTo" | "createdBy" => value.as_str().map_or(Value::Null, |name| json!(user_id(name))),
        _ => value.clone(),
    };
    if theirs == "updatedAt" {
        return vec![("touchedAt", value)];
    }
    match renamed(kind, theirs) {
        Some(Renamed { ours, exact: "", .. }) => vec![(ours, value)],
        Some(Renamed { ours, exact, .. }) => {
            let day = value.as_i64().map(|ms| ms.div_euclid(DAY_MS) * DAY_MS);
            vec![(ours, json!(day)), (exact, value)]
        }
        None => {
            let fields = FIELDS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, fields)| fields);
            fields.iter().find(|name| **name == theirs).map(|name| vec![(*name, value)]).unwrap_or_default()
        }
    }
}

/// A document as a record.
pub fn record(kind: Kind, document: &Map<String, Value>) -> Result<BoxedRecord> {
    let mut ours = Map::new();
    for (name, value) in document {
        match name.as_str() {
            "orgId" => {}
            "_id" | "createdAt" | "updatedAt" => drop(ours.insert(name.clone(), value.clone())),
            "createdBy" => drop(ours.insert(name.clone(), json!(user_id(value.as_str().unwrap_or_default())))),
            _ => ours.extend(units(kind, name, value).into_iter().map(|(name, value)| (name.to_owned(), value))),
        }
    }
    // The time of a quote's last day is that of its making, unless it is said.
    if kind == Kind::Quotes && time_of_day(&ours["validUntilAt"]) == time_of_day(&ours["createdAt"]) {
        ours.shift_remove("validUntilAt");
    }
    kind.from_json(Value::Object(ours))
}

fn time_of_day(at: &Value) -> Option<i64> {
    at.as_i64().map(|ms| ms.rem_euclid(DAY_MS))
}

/// A record as a document.
pub fn document(record: &dyn Record) -> Value {
    let ours = record.to_json();
    let kind = record.kind();
    let mut out = Map::new();
    out.insert("_id".into(), ours["_id"].clone());
    out.insert("orgId".into(), ORG.into());
    let fields = FIELDS.iter().find(|(of, _)| *of == kind).map_or(&[][..], |(_, fields)| fields);
    for theirs in fields {
        let value = match renamed(kind, theirs) {
            Some(Renamed { ours: name, exact, .. }) => match &ours[*exact] {
                Value::Null if kind == Kind::Quotes && !exact.is_empty() => {
                    let made = time_of_day(&ours["createdAt"]);
                    ours[*name].as_i64().zip(made).map_or(Value::Null, |(day, time)| (day + time).into())
                }
                Value::Null => ours[*name].clone(),
                exact => exact.clone(),
            },
            None => ours[*theirs].clone(),
        };
        let value = if *theirs == "assignedTo" { user_name(&value) } else { value };
        out.insert((*theirs).into(), value);
    }
    for line in out.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten() {
        line.as_object_mut().map(|line| line.shift_remove("lineId"));
    }
    out.insert("createdAt".into(), ours["createdAt"].clone());
    let touched = ours.get("touchedAt").cloned().filter(|at| !at.is_null());
    out.insert("updatedAt".into(), touched.unwrap_or_else(|| ours["updatedAt"].clone()));
    out.insert("createdBy".into(), user_name(&ours["createdBy"]));
    Value::Object(out)
}

/// A line of a data set: `{"t": kind, "d": document}`.
pub fn read_line(line: &str) -> Result<BoxedRecord> {
    let line: Value = serde_json::from_str(line).map_err(Error::internal)?;
    let kind = kind_of(&line["t"])?;
    record(kind, line["d"].as_object().ok_or_else(|| Error::internal("a line without a document"))?)
}

pub fn kind_of(text: &Value) -> Result<Kind> {
    text.as_str().and_then(Kind::parse).ok_or_else(|| Error::internal(format_args!("there is no kind {text}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_comes_back_as_it_was() {
        let id = "018bcfe5-6800-7000-a000-000000000001";
        let customer = json!({ "_id": id, "orgId": ORG, "name": "North", "status": "active", "type": "business", "value": 12.34,
            "assignedTo": "user-07", "tags": ["vip", "vip"], "lastContact": 1_700_000_000_001_i64,
            "nextFollowUp": 1_700_000_000_003_i64, "isActive": true, "createdAt": 5, "updatedAt": 6, "createdBy": "user-01" });
        let quote = json!({ "_id": id, "orgId": ORG, "customerId": id, "quoteNumber": "Q-1", "status": "expired", "subject": "S",
            "description": "", "items": [{ "sku": "A", "description": "d", "quantity": 2, "unitPrice": 1.5, "totalPrice": 3 }],
            "totalAmount": 3.57, "currency": "EUR", "validUntil": 1_702_592_000_007_i64, "createdAt": 1_700_000_000_007_i64,
            "updatedAt": 6, "createdBy": "user-20" });
        for (kind, given) in [(Kind::Customers, customer), (Kind::Quotes, quote)] {
            let read = record(kind, given.as_object().expect("an object")).expect("a record");
            let mut back = document(read.as_ref());
            back.as_object_mut().expect("an object").retain(|_, value| !value.is_null());
            assert_eq!(back, given);
        }
    }
}
