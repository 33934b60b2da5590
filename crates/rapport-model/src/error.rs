//! The one error of the workspace: every code with its HTTP status and whether trying again can help, in one table.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::fmt;

pub type Result<T, E = Error> = std::result::Result<T, E>;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident $text:literal $status:literal $retry:literal),+ $(,)?) => {
        /// What went wrong. The text form is the `code` of the error body; interfaces switch on it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Code { $($(#[$doc])* $name),+ }

        impl Code {
            /// Every code, in table order.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            pub fn text(self) -> &'static str {
                match self { $(Code::$name => $text),+ }
            }

            /// The HTTP status that the server answers with.
            pub fn status(self) -> u16 {
                match self { $(Code::$name => $status),+ }
            }

            /// Whether the same request can succeed later without anybody changing it.
            pub fn retry(self) -> bool {
                match self { $(Code::$name => $retry),+ }
            }

            pub fn parse(text: &str) -> Option<Code> {
                match text { $($text => Some(Code::$name),)+ _ => None }
            }
        }
    };
}

codes! {
    /// The body is not JSON, or not of the expected form.
    Malformed "MALFORMED" 400 false,
    Required "REQUIRED" 400 false,
    InvalidValue "INVALID_VALUE" 400 false,
    Unauthorized "UNAUTHORIZED" 401 false,
    InvalidCredentials "INVALID_CREDENTIALS" 401 false,
    DeviceRevoked "DEVICE_REVOKED" 401 false,
    EnrolmentInvalid "ENROLMENT_INVALID" 401 false,
    Forbidden "FORBIDDEN" 403 false,
    FieldNotAllowed "FIELD_NOT_ALLOWED" 403 false,
    NotFound "NOT_FOUND" 404 false,
    MethodNotAllowed "METHOD_NOT_ALLOWED" 405 false,
    NameTaken "NAME_TAKEN" 409 false,
    IdTaken "ID_TAKEN" 409 false,
    WorkWaiting "WORK_WAITING" 409 false,
    EmailTaken "EMAIL_TAKEN" 409 false,
    QuoteNumberTaken "QUOTE_NUMBER_TAKEN" 409 false,
    OrderNumberTaken "ORDER_NUMBER_TAKEN" 409 false,
    OrderExists "ORDER_EXISTS" 409 false,
    ReferenceTaken "REFERENCE_TAKEN" 409 false,
    KeyReused "KEY_REUSED" 409 false,
    /// The device's store was restored or copied: it goes on under a new epoch, with all that waits.
    NewEpoch "NEW_EPOCH" 409 false,
    /// The server never gave this cursor: what is held is read anew.
    CursorUnknown "CURSOR_UNKNOWN" 409 false,
    /// More would go from the device than is likely, and the server does not confirm it.
    RemovalUnconfirmed "REMOVAL_UNCONFIRMED" 409 false,
    Stale "STALE" 412 false,
    TooLarge "TOO_LARGE" 413 false,
    UnsupportedMediaType "UNSUPPORTED_MEDIA_TYPE" 415 false,
    PrimaryContactRequired "PRIMARY_CONTACT_REQUIRED" 422 false,
    IllegalTransition "ILLEGAL_TRANSITION" 422 false,
    ReasonRequired "REASON_REQUIRED" 422 false,
    InvalidDate "INVALID_DATE" 422 false,
    InvalidReference "INVALID_REFERENCE" 422 false,
    InvalidAssignment "INVALID_ASSIGNMENT" 422 false,
    CustomerDeleted "CUSTOMER_DELETED" 422 false,
    ValueNotPositive "VALUE_NOT_POSITIVE" 422 false,
    /// Possible, but only on purpose: the field that confirms it is named.
    ConfirmationRequired "CONFIRMATION_REQUIRED" 422 false,
    QuoteLocked "QUOTE_LOCKED" 422 false,
    TotalsMismatch "TOTALS_MISMATCH" 422 false,
    MailNotConfigured "MAIL_NOT_CONFIGURED" 422 false,
    HasHistory "HAS_HISTORY" 422 false,
    /// The last administrator cannot leave or become something else.
    LastAdmin "LAST_ADMIN" 422 false,
    ValueNotComputable "VALUE_NOT_COMPUTABLE" 422 false,
    /// An edit of a record that the server does not know any more, or does not know yet.
    Gone "GONE" 422 false,
    ClientTooOld "CLIENT_TOO_OLD" 426 false,
    TooManyRequests "TOO_MANY_REQUESTS" 429 true,
    Internal "INTERNAL" 500 true,
    Busy "BUSY" 503 true,
    /// The server cannot be reached, or what answers is not a Rapport server.
    Offline "OFFLINE" 503 true,
    InsecureServer "INSECURE_SERVER" 400 false,
    NoKeyring "NO_KEYRING" 503 false,
    WrongPassphrase "WRONG_PASSPHRASE" 401 false,
    WrongKey "WRONG_KEY" 503 false,
    StoreDamaged "STORE_DAMAGED" 503 false,
    StoreNewer "STORE_NEWER" 503 false,
    StoreInUse "STORE_IN_USE" 503 true,
    DiskFull "DISK_FULL" 507 true,
    Unreadable "UNREADABLE" 400 false,
    NotSignedIn "NOT_SIGNED_IN" 401 false,
}

/// An error with a message that says what to do. It travels as [`ErrorBody`].
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    pub code: Code,
    pub message: String,
    pub field: Option<String>,
    pub details: Option<Value>,
}

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), field: None, details: None }
    }

    /// An error about one field, named as in JSON.
    pub fn field(code: Code, field: &str, message: impl Into<String>) -> Error {
        Error { code, message: message.into(), field: Some(field.to_owned()), details: None }
    }

    pub fn with(mut self, details: Value) -> Error {
        self.details = Some(details);
        self
    }

    pub fn internal(what: impl fmt::Display) -> Error {
        Error::new(Code::Internal, format!("Something went wrong inside Rapport: {what}"))
    }

    pub fn body(&self, trace_id: impl Into<String>) -> ErrorBody {
        ErrorBody {
            code: self.code.text().to_owned(),
            message: self.message.clone(),
            field: self.field.clone(),
            details: self.details.clone(),
            trace_id: trace_id.into(),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text())
    }
}

/// The same body over HTTP, over the Tauri bridge and on the command line's stderr.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    pub code: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<Value>,
    #[serde(default)]
    pub trace_id: String,
}

impl From<ErrorBody> for Error {
    fn from(body: ErrorBody) -> Error {
        // A code of a newer server is kept readable by its message.
        let code = Code::parse(&body.code).unwrap_or(Code::Internal);
        Error { code, message: body.message, field: body.field, details: body.details }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_reads_back() {
        for code in Code::ALL {
            assert_eq!(Code::parse(code.text()), Some(*code));
            assert!((400..600).contains(&code.status()), "{code}");
        }
    }
}
