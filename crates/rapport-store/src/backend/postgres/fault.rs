//! What goes wrong with PostgreSQL, as our own errors: what failed, what is safe, what to do.

use postgres::error::SqlState;
use rapport_model::{Code, Error};

/// What a later try may well find gone: a conflict with another transaction, a limit of time, a database that is being started again.
const PASSING: &[SqlState] = &[
    SqlState::T_R_SERIALIZATION_FAILURE,
    SqlState::T_R_DEADLOCK_DETECTED,
    SqlState::LOCK_NOT_AVAILABLE,
    SqlState::QUERY_CANCELED,
    SqlState::ADMIN_SHUTDOWN,
    SqlState::CRASH_SHUTDOWN,
    SqlState::CANNOT_CONNECT_NOW,
    SqlState::TOO_MANY_CONNECTIONS,
    SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    SqlState::READ_ONLY_SQL_TRANSACTION,
];

/// What ends a call: the database, or an error of our own.
pub(super) enum Fault {
    Database(postgres::Error),
    Own(Error),
}

pub(super) type Result<T> = std::result::Result<T, Fault>;

impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Fault {
        Fault::Database(error)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Fault {
        Fault::Own(error)
    }
}

/// Whether the same transaction may well succeed when it is made again: another one was in its way, and it was undone.
pub(super) fn is_conflict(error: &postgres::Error) -> bool {
    let conflicts = [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED];
    error.code().is_some_and(|code| conflicts.contains(code))
}

pub(super) fn unreachable() -> Error {
    Error::new(Code::Busy, "The database cannot be reached at the moment. Nothing was lost. Try again in a moment.")
}

pub(super) fn from_postgres(error: &postgres::Error) -> Error {
    let Some(told) = error.as_db_error() else {
        // Neither an answer of the database nor a value that did not fit: the connection.
        return if is_lost(error) { unreachable() } else { Error::internal(full(error)) };
    };
    if PASSING.contains(told.code()) {
        let why =
            format!("The database could not do this now ({}). Nothing was changed. Try again in a moment.", told.code().code());
        return Error::new(Code::Busy, why);
    }
    if *told.code() == SqlState::DISK_FULL {
        return Error::new(
            Code::DiskFull,
            "The disk of the database is full, so nothing was saved. Free some space and save again.",
        );
    }
    // The detail of a message may hold values of rows.
    Error::internal(format_args!("{} ({})", told.message(), told.code().code()))
}

/// Whether a connection is of no more use.
pub(super) fn is_lost(error: &postgres::Error) -> bool {
    let gone = [SqlState::ADMIN_SHUTDOWN, SqlState::CRASH_SHUTDOWN, SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT];
    match error.code() {
        Some(code) => gone.contains(code),
        None => error.is_closed() || std::error::Error::source(error).is_some_and(|source| source.is::<std::io::Error>()),
    }
}

fn full(error: &postgres::Error) -> String {
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    format!("{error}{source}")
}
