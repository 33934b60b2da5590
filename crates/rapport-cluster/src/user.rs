//! Who PostgreSQL runs as: it refuses to be root, so root hands it to the account that the package made.

use std::path::Path;
use std::process::Command;

/// A program that runs as nobody of importance.
#[cfg(unix)]
pub(crate) fn unprivileged(program: &Path) -> Result<Command, String> {
    use std::os::unix::process::CommandExt;
    let mut command = Command::new(program);
    command.current_dir("/");
    if let Some((user, group)) = other()? {
        command.uid(user).gid(group);
    }
    Ok(command)
}

#[cfg(not(unix))]
pub(crate) fn unprivileged(program: &Path) -> Result<Command, String> {
    Ok(Command::new(program))
}

/// Makes a folder that is this program's own.
#[cfg(unix)]
pub(crate) fn private_folder(folder: &Path) -> Result<(), String> {
    let told = |error| format!("{}: {error}", folder.display());
    std::fs::create_dir(folder).map_err(told)?;
    match other()? {
        Some((user, group)) => std::os::unix::fs::chown(folder, Some(user), Some(group)).map_err(told),
        None => Ok(()),
    }
}

#[cfg(not(unix))]
pub(crate) fn private_folder(folder: &Path) -> Result<(), String> {
    std::fs::create_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))
}

/// The account to run as, if we are root.
#[cfg(unix)]
fn other() -> Result<Option<(u32, u32)>, String> {
    let id = |arguments: &[&str]| -> Result<u32, String> {
        let told = crate::run(Command::new("id").args(arguments))?;
        told.parse().map_err(|_| format!("id: {told}"))
    };
    if id(&["-u"])? != 0 {
        return Ok(None);
    }
    Ok(Some((id(&["-u", "postgres"])?, id(&["-g", "postgres"])?)))
}
