//! Copies of a running server's data: a replica that follows it, and a backup with an archive of the log for any point in time.

use crate::{Cluster, run, user};
use std::path::{Path, PathBuf};
use std::time::Instant;

impl Cluster {
    /// A copy of all its data, taken while it runs.
    fn copy_to(&self, folder: &Path, options: &[&str]) -> Result<(), String> {
        let mut command = user::unprivileged(&self.bin.join("pg_basebackup"))?;
        command.args([
            "--host=127.0.0.1",
            &format!("--port={}", self.port),
            "--username=rapport",
            "--checkpoint=fast",
            "--no-sync",
        ]);
        run(command.args(options).arg("--pgdata").arg(folder)).map(drop)
    }

    /// A server that follows this one and answers reads.
    pub fn replica(&self) -> Result<Cluster, String> {
        let mut replica = Cluster::prepared()?;
        self.copy_to(&replica.data(), &["--write-recovery-conf", "--wal-method=stream"])?;
        replica.settings.push("wal_retrieve_retry_interval=200ms".to_owned());
        replica.open()?;
        Ok(replica)
    }

    /// A server whose log is archived, as docs/operations/backup.md says.
    pub fn archiving() -> Result<Cluster, String> {
        let mut cluster = Cluster::prepared()?;
        let archive = cluster.folder.join("archive");
        user::private_folder(&archive)?;
        let archive = archive.display();
        cluster.settings.extend([
            "archive_mode=on".to_owned(),
            format!("archive_command=test ! -f {archive}/%f && cp %p {archive}/%f"),
            format!("restore_command=cp {archive}/%f %p"),
            "recovery_target_action=promote".to_owned(),
        ]);
        cluster.made()
    }

    fn base(&self) -> PathBuf {
        self.folder.join("base")
    }

    /// Takes a base backup while it runs.
    pub fn back_up(&self) -> Result<(), String> {
        self.copy_to(&self.base(), &[])
    }

    /// Puts it back to how it was at an instant: the base backup, and the log until then.
    pub fn go_back(&mut self, until: &str) -> Result<(), String> {
        self.shut();
        let told = |error: std::io::Error| format!("{}: {error}", self.folder.display());
        std::fs::remove_dir_all(self.data()).map_err(told)?;
        run(user::unprivileged(Path::new("/bin/cp"))?.arg("-a").arg(self.base()).arg(self.data()))?;
        run(user::unprivileged(Path::new("/bin/touch"))?.arg(self.data().join("recovery.signal")))?;
        self.settings.push(format!("recovery_target_time={until}"));
        self.open()?;
        let begun = Instant::now();
        while self.recovers()? {
            if begun.elapsed() > crate::PATIENCE {
                return Err(format!("the recovery does not end:\n{}", self.log()));
            }
            std::thread::sleep(crate::PAUSE);
        }
        Ok(())
    }
}
