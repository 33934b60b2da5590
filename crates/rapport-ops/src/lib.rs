//! rapport-ops
