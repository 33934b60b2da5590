//! What tests ask of a running server beside Rapport's back, in its first database.

use crate::Cluster;

/// Has every write's commit take a while, so that whatever ends the server most likely ends it in the middle of one.
const SLOW_COMMITS: &str = "CREATE FUNCTION slow_end() RETURNS trigger LANGUAGE plpgsql AS \
    $$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$; \
    DO $$ DECLARE part regclass; BEGIN FOR part IN SELECT relid FROM pg_partition_tree('commits') WHERE isleaf LOOP \
    EXECUTE format('CREATE CONSTRAINT TRIGGER slow_end AFTER INSERT OR UPDATE ON %s DEFERRABLE INITIALLY DEFERRED \
    FOR EACH ROW EXECUTE FUNCTION slow_end()', part); END LOOP; END $$";

impl Cluster {
    fn ask(&self, sql: &str) -> Result<String, String> {
        crate::database::query(&self.url("postgres"), sql)
    }

    /// Whether it still reads a log of before, or follows another server.
    pub(crate) fn recovers(&self) -> Result<bool, String> {
        Ok(self.ask("SELECT pg_is_in_recovery()")? == "t")
    }

    /// Its clock, as a point in time to go back to.
    pub fn time(&self) -> Result<String, String> {
        self.ask("SELECT clock_timestamp()")
    }

    /// Has a replica take in nothing for a while, or go on.
    pub fn hold(&self, held: bool) -> Result<(), String> {
        self.ask(if held { "SELECT pg_wal_replay_pause()" } else { "SELECT pg_wal_replay_resume()" }).map(drop)
    }

    /// Has every commit of Rapport's writes take 20 ms.
    pub fn slow_commits(&self) -> Result<(), String> {
        self.ask(SLOW_COMMITS).map(drop)
    }

    /// Whether a job is in the middle of a run.
    pub fn is_amid(&self, job: &str) -> Result<bool, String> {
        let sql = format!("SELECT count(*) FROM jobs WHERE name = '{job}' AND finished_at IS NULL AND place <> 'null'");
        Ok(self.ask(&sql)? != "0")
    }
}

/// How many organisations a database holds.
pub fn organisations(url: &str) -> Result<usize, String> {
    let count = crate::database::query(url, "SELECT count(*) FROM sequence")?;
    count.parse().map_err(|error| format!("{count}: {error}"))
}
