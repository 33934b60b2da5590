//! Copies of a running server's data: a replica that follows it.

use crate::{Cluster, run, user};
use std::process::Command;

impl Cluster {
    /// A copy of all its data, taken while it runs.
    fn copied(&self, options: &[&str]) -> Result<Cluster, String> {
        let copy = Cluster::prepared()?;
        let mut command = user::unprivileged(&self.bin.join("pg_basebackup"))?;
        command.args([
            "--host=127.0.0.1",
            &format!("--port={}", self.port),
            "--username=rapport",
            "--checkpoint=fast",
            "--no-sync",
        ]);
        run(command.args(options).arg("--pgdata").arg(copy.data()))?;
        Ok(copy)
    }

    /// A server that follows this one and answers reads.
    pub fn replica(&self) -> Result<Cluster, String> {
        let mut replica = self.copied(&["--write-recovery-conf", "--wal-method=stream"])?;
        replica.settings.push("wal_retrieve_retry_interval=200ms".to_owned());
        replica.open()?;
        Ok(replica)
    }

    /// What a database of it answers to a statement, as text.
    pub fn ask(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut psql = Command::new(self.bin.join("psql"));
        run(psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--command", sql, &self.url(database)]))
    }
}
