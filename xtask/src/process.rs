//! Where things are and how programs are called. Owns no task of its own.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The one feature set of every build. A second set would double the build time.
pub const FEATURES: &str = "desktop,custom-protocol";

/// The systems that Rapport is made for.
const SYSTEMS: &[&str] = &["x86_64-unknown-linux-gnu", "x86_64-pc-windows-msvc", "aarch64-apple-darwin"];

/// The root of the repository.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The cargo that called us, without what it told us about this package: crates whose build reads
/// those variables would be built anew each time that cargo is called by us after somebody else.
pub fn cargo() -> Command {
    let mut cargo = command(std::env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    forget_own_package(&mut cargo);
    cargo
}

pub fn forget_own_package(command: &mut Command) {
    let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(own)) {
        command.env_remove(name);
    }
}

/// A program that starts in the root of the repository.
pub fn command(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root());
    command
}

/// The words of a command as one would type them.
pub fn shown(command: &Command) -> String {
    let mut words = vec![short_name(command)];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}

fn short_name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    program.file_name().unwrap_or(program.as_os_str()).to_string_lossy().into_owned()
}

/// Runs a command in the foreground; its output goes to the terminal.
pub fn run(command: &mut Command) -> Result<(), String> {
    println!("$ {}", shown(command));
    let status = command.status().map_err(|error| not_started(command, &error))?;
    if status.success() {
        return Ok(());
    }
    Err(format!("`{}` failed: {status}", shown(command)))
}

/// Runs a command and gives what it printed on stdout.
pub fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| not_started(command, &error))?;
    if !output.status.success() {
        return Err(format!("`{}` failed: {}", shown(command), output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("`{}` did not print UTF-8", shown(command)))
}

/// Whether a program can be started at all.
pub fn exists(program: &str, arg: &str) -> bool {
    Command::new(program)
        .arg(arg)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

pub fn not_started(command: &Command, error: &std::io::Error) -> String {
    format!("`{}` could not be started: {error}", short_name(command))
}

/// `cargo metadata`; `deps` says whether with all dependencies or the workspace alone.
pub fn metadata(deps: bool) -> Result<Value, String> {
    let mut metadata = cargo();
    metadata.args(["metadata", "--format-version", "1", "--locked"]);
    if deps {
        metadata.args(["--features", FEATURES]);
        metadata.args(SYSTEMS.iter().flat_map(|system| ["--filter-platform", system]));
    } else {
        metadata.arg("--no-deps");
    }
    let text = output(&mut metadata)?;
    serde_json::from_str(&text).map_err(|error| format!("cargo metadata: {error}"))
}

/// The build folder, as cargo sees it.
pub fn target_dir() -> Result<PathBuf, String> {
    if let Some(dir) = std::env::var_os("CARGO_TARGET_DIR") {
        return Ok(root().join(dir));
    }
    let metadata = metadata(false)?;
    let dir = metadata["target_directory"].as_str().ok_or("cargo metadata names no target folder")?;
    Ok(PathBuf::from(dir))
}

/// Tells a test or a measurement which binaries to use, so that it never guesses one.
pub fn hand_over_binaries<'a>(command: &'a mut Command, bin: &Path) -> &'a mut Command {
    let binaries = [
        ("RAPPORT_BIN", "rapport"),
        ("RAPPORT_SERVER_BIN", "rapport-server"),
        ("RAPPORT_CLI_BIN", "rapport-cli"),
        ("RAPPORT_BRIDGE_BIN", "rapport-bridge"),
        ("RAPPORT_EMPTY_BIN", "examples/empty_window"),
    ];
    for (variable, name) in binaries {
        command.env(variable, bin.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)));
    }
    command
}

/// Reads a text file; the error names it.
pub fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Writes a text file and the folders above it; the error names it.
pub fn write(path: &Path, text: &str) -> Result<(), String> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
    }
    std::fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))
}
