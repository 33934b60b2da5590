//! Who last wrote each unit of a record on the server: version, stamp, device and user, in one column.

use crate::unit::DELETED;
use crate::{Cell, Column, Error, Id, Millis, Result};
use serde::de::{Deserialize, Deserializer};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// The last accepted write of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Stamp {
    /// The org's sequence number of that write.
    pub version: i64,
    pub updated_at: Millis,
    /// The device epoch that wrote it.
    pub device: Id,
    pub user: Id,
}

impl Stamp {
    /// The later (updatedAt, device) wins.
    pub fn rank(&self) -> (Millis, Id) {
        (self.updated_at, self.device)
    }
}

impl Serialize for Stamp {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        (self.version, self.updated_at, self.device, self.user).serialize(to)
    }
}

impl<'de> Deserialize<'de> for Stamp {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let (version, updated_at, device, user) = Deserialize::deserialize(from)?;
        Ok(Stamp { version, updated_at, device, user })
    }
}

/// The stamps of all units; those of the write that created the record are kept once, under `*`.
#[derive(Clone, Debug, PartialEq, Default, Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct Stamps(BTreeMap<String, Stamp>);

const REST: &str = "*";

/// Beside the units: the last time that somebody took the record out of the trash.
const RESTORED: &str = "restored";

/// Beside the units: the last edit that another one overlaid or that lost, and the last one of another device than that.
const WAS: [&str; 2] = ["was", "was/other"];

impl Stamps {
    pub fn created(stamp: Stamp) -> Stamps {
        Stamps(BTreeMap::from([(REST.to_owned(), stamp)]))
    }

    pub fn of(&self, unit: &str) -> Stamp {
        self.0.get(unit).or_else(|| self.0.get(REST)).copied().unwrap_or_default()
    }

    pub fn put(&mut self, unit: &str, stamp: Stamp) {
        self.0.insert(unit.to_owned(), stamp);
    }

    /// Of two edits whose authors had not seen each other's this one does not stand. A delete may not have seen it either. The last one
    /// of whichever device but one's own is all that is ever asked for, so two are kept.
    pub fn overlaid(&mut self, edit: Stamp) {
        let held = WAS.iter().filter_map(|name| self.0.get(*name)).copied();
        let mut all: Vec<Stamp> = held.chain([edit]).collect();
        all.sort_by_key(|stamp| std::cmp::Reverse(stamp.version));
        let other = all.iter().find(|stamp| stamp.device != all[0].device).copied();
        for (name, stamp) in WAS.iter().zip([Some(all[0]), other]) {
            self.0.extend(stamp.map(|stamp| ((*name).to_owned(), stamp)));
        }
    }

    /// Somebody took the record out of the trash on purpose.
    pub fn restored(&mut self, stamp: Stamp) {
        self.0.insert(RESTORED.to_owned(), stamp);
    }

    /// Whether others than `device` wrote any unit after `version`. That others deleted it, too, is no edit: two who want the same
    /// do not stand in each other's way, whoever comes first.
    pub fn touched_by_others(&self, version: i64, device: Id) -> bool {
        let unseen = |stamp: &Stamp| stamp.version > version && stamp.device != device;
        self.0.iter().any(|(unit, stamp)| unit != DELETED && unseen(stamp))
    }

    /// The latest stamp of all that stand.
    pub fn latest(&self) -> Millis {
        let standing = self.0.iter().filter(|(unit, _)| !WAS.contains(&unit.as_str()));
        standing.map(|(_, stamp)| stamp.updated_at).max().unwrap_or_default()
    }
}

impl Column for Stamps {
    const SQL: &'static str = "TEXT";

    fn to_cell(&self) -> Cell<'_> {
        Cell::Text(serde_json::to_string(self).unwrap_or_default().into())
    }

    fn from_cell(cell: Cell<'_>) -> Result<Self> {
        match cell {
            Cell::Text(text) if text.is_empty() => Ok(Stamps::default()),
            Cell::Text(text) => serde_json::from_str(&text).map_err(Error::internal),
            _ => Err(Error::internal("a row holds no stamps where stamps belong")),
        }
    }
}
