//! Server: the lives of one organisation's database, and which versions it gave in them. A database that was restored from a backup
//! does not know what it gave behind that backup; devices do.

use crate::store::Tx;
use rapport_model::cell::read;
use rapport_model::version::Version;
use rapport_model::{Cell, Result};
use std::collections::BTreeMap;

/// How far each life came.
#[derive(Clone, Debug, Default)]
pub struct Lives {
    /// The present one: its epoch and its last number.
    now: (i64, i64),
    /// Those before, by epoch, with the last number that was kept.
    ended: BTreeMap<i64, i64>,
}

impl Lives {
    /// Whether this database does not know that it gave a version: it was given behind the backup that it was restored from. Of
    /// lives from before they were noted nothing is said.
    pub fn lost(&self, version: i64) -> bool {
        let version = Version(version);
        let (epoch, sequence) = (version.epoch(), version.sequence());
        match self.ended.get(&epoch) {
            Some(last) => sequence > *last,
            None if epoch == self.now.0 => sequence > self.now.1,
            // Another backup was restored in between: nothing of that life is here.
            None => epoch > self.now.0 || self.ended.keys().next().is_some_and(|first| *first < epoch),
        }
    }
}

impl Tx<'_> {
    /// Notes that a life ended, and how far it had come by what is kept.
    pub(crate) fn life_ended(&mut self, epoch: i64, last: i64) -> Result<()> {
        let sql = "INSERT INTO lives ({org_key}epoch, last) VALUES ({org_value}?1, ?2) \
                   ON CONFLICT ({org_key}epoch) DO UPDATE SET last = excluded.last";
        self.execute(sql, &[Cell::Int(epoch), Cell::Int(last)]).map(drop)
    }

    /// All lives, the present one as it stands.
    pub fn lives(&mut self) -> Result<Lives> {
        let sequence = self.sequence()?;
        let sql = "SELECT epoch, last FROM lives WHERE {org_is}1 = 1";
        let ended = self.rows(sql, &[], |row| Ok((read(row, 0)?, read(row, 1)?)))?.into_iter().collect();
        Ok(Lives { now: (sequence.epoch, sequence.last), ended })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::backend::{Backend, How};
    use crate::migrate::Schema;
    use crate::{Sqlite, Store};
    use rapport_model::Id;

    /// Two lives as they were noted while a version had 36 bits for its number; 16 times the first is the second.
    const COUNTED_IN_DAYS: &str = "UPDATE sequence SET epoch = 321; INSERT INTO lives (epoch, last) VALUES (20, 7), (320, 9); \
                                   DELETE FROM schema_migrations WHERE name = 'server/0022_epochs'";

    #[test]
    fn what_was_given_while_epochs_were_counted_in_days_keeps_its_number() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = || Sqlite { path: folder.path().join("org.db"), key: None };
        let store = Store::open(file(), Schema::Server).expect("opened");
        store.write(|tx| tx.sequence_start(1, Id::NIL)).expect("started");
        drop(store);
        let mut old = file().connect(false).expect("opened");
        old.begin(How::Write).expect("begun");
        old.tx().run_script(COUNTED_IN_DAYS).expect("as it was");
        old.commit().expect("committed");
        drop(old);
        let store = Store::open(file(), Schema::Server).expect("brought up to date");
        let (sequence, lives) = store.read(|tx| Ok((tx.sequence()?, tx.lives()?))).expect("read");
        assert_eq!(sequence.version(), 321 << 36);
        let given = |epoch: i64, sequence: i64| (epoch << 36) + sequence;
        assert!(!lives.lost(given(320, 9)) && !lives.lost(given(20, 7)) && !lives.lost(given(321, 0)));
        assert!(lives.lost(given(320, 10)) && lives.lost(given(20, 8)) && lives.lost(given(321, 1)));
    }

    #[test]
    fn what_was_given_behind_a_backup_is_lost() {
        let given = |epoch, sequence| Version::new(epoch, sequence).0;
        let none = Lives { now: (4, 10), ended: BTreeMap::new() };
        assert!(!none.lost(given(2, 99)), "from before lives were noted");
        assert!(none.lost(given(4, 11)) && none.lost(given(5, 1)));
        let lives = Lives { now: (7, 10), ended: BTreeMap::from([(4, 30)]) };
        assert!(!lives.lost(given(4, 30)) && !lives.lost(given(7, 10)) && !lives.lost(given(2, 99)));
        assert!(lives.lost(given(4, 31)) && lives.lost(given(5, 1)), "behind the backup, and a life that is not ours");
    }
}
