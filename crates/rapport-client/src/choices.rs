//! What somebody chose for this installation, known before anybody is signed in: the language of the words outside of the window,
//! and whether the app stays when its window is closed. Choices that belong to a user or a device's data are Setting records.

use crate::disk;
use crate::words::Language;
use rapport_model::Result;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Choices {
    /// `None` = the interface did not say yet.
    pub language: Option<Language>,
    /// Closing the window leaves the app in the tray.
    pub keep_in_tray: bool,
}

impl Choices {
    /// The language of the words outside of the window.
    pub fn language(&self) -> Language {
        self.language.unwrap_or_else(Language::of_system)
    }
}

/// A change of them; what it does not name stays.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Choice {
    pub language: Option<Language>,
    pub keep_in_tray: Option<bool>,
}

fn file(folder: &Path) -> PathBuf {
    folder.join("choices.json")
}

/// A file that cannot be read is as good as none: the app opens with what it would have at first.
pub(crate) fn read(folder: &Path) -> Choices {
    let read = disk::read_json(&file(folder)).unwrap_or_else(|error| {
        tracing::warn!(code = %error.code, "the choices of this installation cannot be read");
        None
    });
    read.unwrap_or_default()
}

pub(crate) fn choose(folder: &Path, choice: &Choice) -> Result<Choices> {
    let old = read(folder);
    let new =
        Choices { language: choice.language.or(old.language), keep_in_tray: choice.keep_in_tray.unwrap_or(old.keep_in_tray) };
    if new != old {
        disk::write_json(&file(folder), &new)?;
    }
    Ok(new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_changes_what_it_names_and_a_broken_file_stops_nobody() {
        let folder = tempfile::tempdir().expect("folder");
        let choice = |text: &str| serde_json::from_str::<Choice>(text).expect("a choice");
        assert_eq!(read(folder.path()), Choices::default());
        choose(folder.path(), &choice(r#"{"language": "de"}"#)).expect("chosen");
        choose(folder.path(), &choice(r#"{"keepInTray": true}"#)).expect("chosen");
        assert_eq!(read(folder.path()), Choices { language: Some(Language::De), keep_in_tray: true });
        std::fs::write(file(folder.path()), "{").expect("written");
        assert_eq!(read(folder.path()), Choices::default());
    }
}
