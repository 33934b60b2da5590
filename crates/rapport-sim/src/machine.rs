//! What every end has: a folder with its file, its disk's fate, and a clock of its own.

use crate::disk::{Disk, Fate};
use rapport_model::{Id, Millis, Result, Source};
use rapport_store::migrate::Schema;
use rapport_store::{Sqlite, Store};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

/// 2026-05-12 10:00 UTC.
pub const START_MS: i64 = 1_778_580_000_000;

const NOT_FROZEN: i64 = i64::MIN;

/// One end's clock and randomness. True time is shared; what this clock makes of it is its own.
pub struct Clock {
    truth: Arc<AtomicI64>,
    off_ms: AtomicI64,
    frozen_at: AtomicI64,
    salt: u16,
    drawn: AtomicU64,
}

impl Clock {
    pub fn new(truth: Arc<AtomicI64>, salt: u16) -> Clock {
        let (off_ms, frozen_at) = (AtomicI64::new(0), AtomicI64::new(NOT_FROZEN));
        Clock { truth, off_ms, frozen_at, salt, drawn: AtomicU64::new(1) }
    }

    pub fn put_off(&self, ms: i64) {
        self.off_ms.store(ms, Ordering::SeqCst);
        self.frozen_at.store(NOT_FROZEN, Ordering::SeqCst);
    }

    pub fn is_frozen(&self) -> bool {
        self.frozen_at.load(Ordering::SeqCst) != NOT_FROZEN
    }

    pub fn freeze(&self) {
        self.frozen_at.store(self.now().0, Ordering::SeqCst);
    }
}

impl Source for Clock {
    fn now(&self) -> Millis {
        match self.frozen_at.load(Ordering::SeqCst) {
            NOT_FROZEN => Millis(self.truth.load(Ordering::SeqCst) + self.off_ms.load(Ordering::SeqCst)),
            frozen => Millis(frozen),
        }
    }

    fn id(&self) -> Id {
        let mut random = [0u8; 10];
        random[..2].copy_from_slice(&self.salt.to_be_bytes());
        random[2..].copy_from_slice(&self.drawn.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        Id::v7(self.truth.load(Ordering::SeqCst), &random)
    }
}

/// Files that were brought up to date once and are copied for each run.
struct Forms {
    folder: tempfile::TempDir,
}

/// Files lie in memory where the system offers it: what is proved here is order and atomicity, not the disk's own promise.
fn new_folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    let made = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    made.expect("a folder for the run")
}

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let folder = new_folder();
    for (name, schema) in [("client.db", Schema::Client), ("server.db", Schema::Server)] {
        let file = Sqlite { path: folder.path().join(name), key: None };
        Store::open(file, schema).expect("an empty store").close();
    }
    Forms { folder }
});

/// Ends with the process: folders in memory outlive a static.
pub fn clean_up() {
    // What is left behind is gone with the next start of the machine.
    let _ = std::fs::remove_dir_all(FORMS.folder.path());
}

/// The folder of one run.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Place {
        Place(new_folder())
    }

    /// A fresh file of this schema.
    pub fn file(&self, name: &str, schema: Schema) -> PathBuf {
        let form = if matches!(schema, Schema::Client) { "client.db" } else { "server.db" };
        let path = self.0.path().join(name);
        std::fs::copy(FORMS.folder.path().join(form), &path).expect("a copy of an empty store");
        path
    }
}

/// Puts a copy in the place of a closed file.
pub fn replace(path: &Path, copy: &Path) {
    for end in ["-wal", "-shm"] {
        let mut log = path.as_os_str().to_owned();
        log.push(end);
        // There is none where it was folded into the file.
        let _ = std::fs::remove_file(PathBuf::from(log));
    }
    std::fs::copy(copy, path).expect("a copy in its place");
}

pub fn open(path: &Path, fate: &Fate, schema: Schema) -> Result<Store> {
    fate.revive();
    Store::open(Disk { file: Sqlite { path: path.to_owned(), key: None }, fate: fate.clone() }, schema)
}
