//! Child programs that never outlive us, however we end.
//!
//! A drop ends the child: politely first, then for good. Where we are killed instead, a small
//! watcher beside the child (unix) sees our end of a pipe close and ends it.

use crate::process::{not_started, shown};
use std::io::Write;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

const GRACE: Duration = Duration::from_secs(8);
const POLL: Duration = Duration::from_millis(50);

/// Reads one line from the pipe; a pipe that closes without one means that we are gone.
/// `exec` keeps the process id, so the child that we wait for is the program itself.
#[cfg(unix)]
const WATCHER: &str = r#"
exec 3<&0 0</dev/null
(IFS= read -r word <&3 || kill -TERM $$) >/dev/null 2>&1 &
exec 3<&-
exec "$@"
"#;

pub struct Guarded {
    name: String,
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Guarded {
    /// Starts a program; `piped` says whether we read its stdout.
    pub fn start(command: &Command, piped: bool) -> Result<Self, String> {
        let mut watched = watched(command);
        watched.stdin(Stdio::piped());
        if piped {
            watched.stdout(Stdio::piped());
        }
        let mut child = watched.spawn().map_err(|error| not_started(command, &error))?;
        let pipe = child.stdin.take();
        Ok(Self { name: shown(command), child, pipe })
    }

    pub fn take_stdout(&mut self) -> Result<ChildStdout, String> {
        self.child.stdout.take().ok_or_else(|| format!("`{}` has no output to read", self.name))
    }

    /// The exit status once it has ended.
    pub fn ended(&mut self) -> Result<Option<ExitStatus>, String> {
        let status = self.child.try_wait().map_err(|error| format!("`{}`: {error}", self.name))?;
        if status.is_some() {
            self.dismiss_watcher();
        }
        Ok(status)
    }

    /// Ends it and waits until it is gone.
    pub fn stop(&mut self) {
        self.pipe = None;
        if cfg!(windows) {
            self.kill();
        }
        let started = Instant::now();
        while started.elapsed() < GRACE {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(POLL);
        }
        self.kill();
    }

    fn kill(&mut self) {
        // An error here means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    fn dismiss_watcher(&mut self) {
        if let Some(mut pipe) = self.pipe.take() {
            let _ = pipe.write_all(b"done\n");
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if matches!(self.ended(), Ok(None)) {
            self.stop();
        }
    }
}

/// The first of several programs that ends.
pub fn first_to_end(all: &mut [&mut Guarded]) -> Result<(usize, ExitStatus), String> {
    loop {
        for (index, guarded) in all.iter_mut().enumerate() {
            if let Some(status) = guarded.ended()? {
                return Ok((index, status));
            }
        }
        std::thread::sleep(POLL);
    }
}

#[cfg(unix)]
fn watched(command: &Command) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.args(["-c", WATCHER, "sh"]).arg(command.get_program()).args(command.get_args());
    copy_place(command, &mut shell);
    shell
}

#[cfg(not(unix))]
fn watched(command: &Command) -> Command {
    let mut copy = Command::new(command.get_program());
    copy.args(command.get_args());
    copy_place(command, &mut copy);
    copy
}

fn copy_place(from: &Command, to: &mut Command) {
    if let Some(dir) = from.get_current_dir() {
        to.current_dir(dir);
    }
    for (name, value) in from.get_envs() {
        match value {
            Some(value) => to.env(name, value),
            None => to.env_remove(name),
        };
    }
}

#[cfg(unix)]
#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    const SIGTERM: i32 = 15;

    fn sleeping() -> Guarded {
        let mut sleep = Command::new("sleep");
        sleep.arg("60");
        Guarded::start(&sleep, false).unwrap()
    }

    #[test]
    fn a_child_ends_when_our_end_of_the_pipe_closes() {
        let mut child = sleeping();
        drop(child.pipe.take());
        let (_, status) = first_to_end(&mut [&mut child]).unwrap();
        assert_eq!(status.signal(), Some(SIGTERM));
    }

    #[test]
    fn the_exit_status_of_the_program_itself_comes_through() {
        let mut exit = Command::new("sh");
        exit.args(["-c", "exit 7"]);
        let mut child = Guarded::start(&exit, false).unwrap();
        let mut other = sleeping();
        let (index, status) = first_to_end(&mut [&mut other, &mut child]).unwrap();
        assert_eq!((index, status.code()), (1, Some(7)));
    }
}
