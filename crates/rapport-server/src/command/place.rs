//! Where data lies when nobody says where.

use std::path::PathBuf;

/// `./rapport-data` if it is there, else the system's place for data, else `./rapport-data`.
pub fn default_data() -> PathBuf {
    let here = PathBuf::from("rapport-data");
    if here.is_dir() {
        return here;
    }
    system_data().map_or(here, |dir| dir.join("rapport-server"))
}

fn system_data() -> Option<PathBuf> {
    let var = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    if cfg!(windows) {
        return var("LOCALAPPDATA");
    }
    if cfg!(target_os = "macos") {
        return var("HOME").map(|home| home.join("Library/Application Support"));
    }
    var("XDG_DATA_HOME").or_else(|| var("HOME").map(|home| home.join(".local/share")))
}
