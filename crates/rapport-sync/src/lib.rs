//! rapport-sync
