//! Which system packages Rapport needs, and how they get onto the machine.
//! Installs only on Debian and Ubuntu, and only after a yes; elsewhere it says what to install.

use crate::process::{self, command, exists};
use std::io::{BufRead, IsTerminal, Write};
use std::process::{Command, Stdio};

/// What the build and the app need.
const TO_BUILD: &[&str] = &[
    "build-essential",
    "ca-certificates",
    "fonts-dejavu-core",
    "gnome-keyring",
    "libayatana-appindicator3-1",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libwebkit2gtk-4.1-dev",
    "pkg-config",
    "procps",
];

/// What a window without a screen needs: the tests and `--virtual-display`.
const TO_RUN_HEADLESS: &[&str] = &["dbus", "dbus-x11", "libsecret-tools", "webkit2gtk-driver", "xvfb"];

/// What the tests in a browser need, and the pictures.
const TO_BROWSE: &[&str] = &["chromium"];

/// What the tests of the server on PostgreSQL need. They start one of their own.
const TO_KEEP_IN_POSTGRES: &[&str] = &["postgresql"];

/// What the tests of programs with moved clocks and certificates need.
const TO_MOVE_CLOCKS: &[&str] = &["faketime", "openssl"];

/// What the tests of the API need.
const TO_TRY_THE_API: &[&str] = &["python3", "python3-venv"];

const OTHER_LINUX: &str = "\
Rapport needs these system packages; please install them and start again:
  Fedora  sudo dnf install @development-tools pkgconf perl-core dbus-devel gnome-keyring libayatana-appindicator-gtk3 librsvg2-devel webkit2gtk4.1-devel
          for the tests also: xorg-x11-server-Xvfb dbus-daemon libsecret python3 chromium postgresql-server postgresql-contrib libfaketime openssl
  Arch    sudo pacman -S --needed base-devel pkgconf perl dbus gnome-keyring libayatana-appindicator librsvg webkit2gtk-4.1
          for the tests also: xorg-server-xvfb libsecret python chromium postgresql libfaketime openssl
More in docs/install.md.";

const WINDOWS: &str = "\
Rapport needs on Windows:
  - Visual Studio Build Tools with \"Desktop development with C++\" (MSVC and a Windows SDK)
  - Strawberry Perl (builds OpenSSL for the encrypted store)
  - the WebView2 runtime (part of Windows 11)
  - for the tests also: Python 3.11 or newer
More in docs/install.md.";

const MACOS: &str = "\
Rapport needs on macOS the Xcode command line tools: xcode-select --install
More in docs/install.md.";

/// Makes sure the system packages are there, `headless` with those for a window without a screen.
pub fn ensure(headless: bool) -> Result<(), String> {
    if cfg!(windows) {
        return if exists("perl", "-v") { Ok(()) } else { Err(WINDOWS.into()) };
    }
    if cfg!(target_os = "macos") {
        return if exists("xcode-select", "-p") { Ok(()) } else { Err(MACOS.into()) };
    }
    if !exists("apt-get", "--version") {
        return other_linux();
    }
    let missing = missing_of(&wanted(headless));
    if missing.is_empty() { Ok(()) } else { install(&missing) }
}

fn wanted(headless: bool) -> Vec<&'static str> {
    let mut packages = TO_BUILD.to_vec();
    if headless {
        packages.extend(TO_RUN_HEADLESS);
        packages.extend(TO_BROWSE);
        packages.extend(TO_TRY_THE_API);
        packages.extend(TO_KEEP_IN_POSTGRES);
        packages.extend(TO_MOVE_CLOCKS);
    }
    packages
}

fn other_linux() -> Result<(), String> {
    let found = ["webkit2gtk-4.1", "librsvg-2.0", "dbus-1"].iter().all(|library| exists_library(library));
    if found { Ok(()) } else { Err(OTHER_LINUX.into()) }
}

fn exists_library(library: &str) -> bool {
    Command::new("pkg-config").args(["--exists", library]).status().is_ok_and(|it| it.success())
}

fn missing_of(wanted: &[&'static str]) -> Vec<&'static str> {
    let known = Command::new("dpkg-query")
        .args(["-W", "-f=${Package} ${db:Status-Status}\n"])
        .args(wanted)
        .stderr(Stdio::null())
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default();
    not_installed(wanted, &known)
}

/// `known` holds lines such as `xvfb installed`.
fn not_installed(wanted: &[&'static str], known: &str) -> Vec<&'static str> {
    let installed = |package: &&str| known.lines().any(|line| line == format!("{package} installed"));
    wanted.iter().copied().filter(|package| !installed(package)).collect()
}

fn install(missing: &[&str]) -> Result<(), String> {
    let root = is_root();
    let by_hand = by_hand(missing, root);
    println!("These system packages are missing: {}", missing.join(" "));
    println!("They are installed by:\n  {by_hand}");
    if !root && !agreed() {
        return Err(format!("Nothing was installed. Please run this and start again:\n  {by_hand}"));
    }
    process::run(&mut apt(root, &["update"]))?;
    let mut arguments = vec!["install", "-y", "--no-install-recommends"];
    arguments.extend(missing);
    process::run(&mut apt(root, &arguments))
}

fn by_hand(missing: &[&str], root: bool) -> String {
    let sudo = if root { "" } else { "sudo " };
    let packages = missing.join(" ");
    format!("{sudo}apt-get update && {sudo}apt-get install -y --no-install-recommends {packages}")
}

fn apt(root: bool, arguments: &[&str]) -> Command {
    let mut apt = if root { command("apt-get") } else { command("sudo") };
    if !root {
        apt.args(["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"]);
    }
    apt.env("DEBIAN_FRONTEND", "noninteractive").args(arguments);
    apt
}

fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

/// Asks on the terminal; without a terminal nobody can say yes.
fn agreed() -> bool {
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        return false;
    }
    print!("Run it now with sudo? [y/N] ");
    let mut answer = String::new();
    if std::io::stdout().flush().is_err() || stdin.lock().read_line(&mut answer).is_err() {
        return false;
    }
    is_yes(&answer)
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

/// Whether a window can be opened here.
pub fn has_display() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || set("DISPLAY") || set("WAYLAND_DISPLAY")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_not_installed_is_missing() {
        let known = "xvfb installed\ndbus config-files\n";
        assert_eq!(not_installed(&["xvfb", "dbus", "procps"], known), ["dbus", "procps"]);
        assert!(not_installed(&["xvfb"], known).is_empty());
    }

    #[test]
    fn the_command_to_type_has_sudo_only_for_who_is_not_root() {
        assert_eq!(by_hand(&["xvfb"], false), "sudo apt-get update && sudo apt-get install -y --no-install-recommends xvfb");
        assert!(!by_hand(&["xvfb"], true).contains("sudo"));
    }

    #[test]
    fn only_a_clear_yes_is_a_yes() {
        assert!(is_yes("Y\n"));
        assert!(!is_yes("\n"));
        assert!(!is_yes("yesterday"));
    }
}
