//! The first download: what a device of somebody holds, as blocks of packed rows.
//!
//! A block is read in one short transaction and says where the next one begins. What is written between two blocks is not missed: the
//! first block fixes a cursor, and pulling from there brings it. What a device may not hold is in no block.

use rapport_model::packed::Packer;
use rapport_model::record::META_COLUMNS;
use rapport_model::wire::PROTOCOL;
use rapport_model::wire::snapshot::{BLOCK_BYTES_FULL, Block, BlockHead, FIRST_BLOCK_ROWS, SnapshotRequest};
use rapport_model::{Cell, Code, Column, Cursor, Error, Facet, Field, Id, Kind, Millis, Result, Row, Sight};
use rapport_store::Tx;
use rapport_store::migrate::SCHEMA_EPOCH;
use rapport_store::snapshot::{PART_ROWS, Place};
use std::hash::{DefaultHasher, Hash, Hasher};

/// Kinds in the order in which a device wants them: who is who, the customers, what hangs on them.
const ORDER: &[Kind] = &[
    Kind::Orgs,
    Kind::Teams,
    Kind::Users,
    Kind::Settings,
    Kind::Cards,
    Kind::SavedViews,
    Kind::Customers,
    Kind::Contacts,
    Kind::Quotes,
    Kind::Orders,
    Kind::Interactions,
    Kind::Attachments,
    Kind::CustomerValues,
    Kind::LeadScores,
    Kind::Items,
    Kind::Snippets,
    Kind::Templates,
    Kind::ImportBatches,
];

/// A block that is not compressed yet: that is done after the transaction.
pub struct Unsealed {
    head: BlockHead,
    rows: Vec<u8>,
}

impl Unsealed {
    pub fn head(&self) -> &BlockHead {
        &self.head
    }

    /// The packed rows.
    pub fn rows(&self) -> &[u8] {
        &self.rows
    }

    pub fn seal(self) -> Result<Block> {
        Block::seal(self.head, &self.rows)
    }
}

/// Where a block begins.
#[derive(Clone, Debug, PartialEq)]
struct Address {
    kind: Kind,
    place: Place,
    done: i64,
    total: i64,
    /// What the device held when the download was begun.
    held: u64,
    cursor: Cursor,
}

impl Address {
    fn parse(text: &str) -> Result<Address> {
        let bad = || Error::new(Code::InvalidValue, "This is no place in a download that this server gave.");
        let parts: Vec<&str> = text.split('~').collect();
        let [kind, own, customer, at, id, done, total, held, cursor] = parts.as_slice() else { return Err(bad()) };
        let number = |text: &str| text.parse::<i64>().map_err(|_| bad());
        let id_of = |text: &str| text.parse::<Id>().map_err(|_| bad());
        let place = Place { own: *own == "1", customer: id_of(customer)?, at: number(at)?, id: id_of(id)? };
        Ok(Address {
            kind: Kind::parse(kind).ok_or_else(bad)?,
            place,
            done: number(done)?,
            total: number(total)?,
            held: held.parse().map_err(|_| bad())?,
            cursor: Cursor::parse(cursor)?,
        })
    }

    /// The next part: of the customers first her own, then the others'.
    fn advance(&mut self) -> bool {
        if self.kind == Kind::Customers && self.place.own {
            self.place = Place { own: false, ..Place::start() };
            return true;
        }
        let next = ORDER.iter().skip_while(|kind| **kind != self.kind).nth(1);
        let Some(next) = next else { return false };
        (self.kind, self.place) = (*next, Place::start());
        true
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (kind, own, Place { customer, at, id, .. }) = (self.kind.text(), i32::from(self.place.own), self.place);
        let Address { done, total, held, cursor, .. } = self;
        write!(f, "{kind}~{own}~{customer}~{at}~{id}~{done}~{total}~{held}~{cursor}")
    }
}

/// Two sights that hold the same give the same number.
fn held_by(sight: &Sight) -> u64 {
    let mut hasher = DefaultHasher::new();
    (sight.user.as_bytes(), sight.role.text(), sight.team.len()).hash(&mut hasher);
    sight.team.iter().chain(&sight.customers).for_each(|id| id.as_bytes().hash(&mut hasher));
    hasher.finish()
}

/// The block at a place. All of it is read in one snapshot.
pub fn snapshot(tx: &mut Tx<'_>, sight: &Sight, request: &SnapshotRequest, now: Millis) -> Result<Unsealed> {
    if request.protocol < PROTOCOL {
        let message = "This Rapport is too old to load your company's data. Your work is safe and can still be sent. Install the new version.";
        return Err(Error::new(Code::ClientTooOld, message));
    }
    if request.schema.is_some_and(|schema| schema != SCHEMA_EPOCH) {
        // Packed rows name no fields; who knows others pulls records, which do.
        return Err(Error::field(Code::InvalidValue, "schema", "This server has no blocks of that schema. Pull instead."));
    }
    let sequence = tx.sequence()?;
    let start = Cursor::start(sequence.epoch_id, SCHEMA_EPOCH);
    let asked = request.from.as_deref().map(Address::parse).transpose()?;
    let is_first = asked.is_none();
    let mut from = match asked {
        Some(from) => from,
        None => Address {
            kind: ORDER.first().copied().unwrap_or(Kind::Orgs),
            place: Place::start(),
            done: 0,
            total: tx.snapshot_total(sight, ORDER)?,
            held: held_by(sight),
            cursor: Cursor { version: sequence.version(), entitlement: tx.entitlement_of(sight.user)?, ..start.clone() },
        },
    };
    let head = |next: Option<&Address>, from: &Address, reset: bool| BlockHead {
        next: next.map(ToString::to_string),
        cursor: from.cursor.to_string(),
        done: from.done,
        total: from.total.max(from.done),
        bytes: 0,
        sha256: String::new(),
        reset,
        server_time: now,
    };
    if from.cursor.epoch_id != start.epoch_id || from.cursor.schema != start.schema || from.held != held_by(sight) {
        return Ok(Unsealed { head: head(None, &from, true), rows: Vec::new() });
    }
    let mut filling =
        Filling { rows: 0, bytes: 0, rows_max: if is_first { FIRST_BLOCK_ROWS } else { usize::MAX }, out: Vec::new() };
    let mut more = true;
    while more && !filling.is_full() {
        if fill(tx, sight, &mut from, &mut filling)? {
            more = from.advance();
        }
    }
    from.done += i64::try_from(filling.rows).unwrap_or(0);
    Ok(Unsealed { head: head(more.then_some(&from), &from, false), rows: filling.out })
}

/// A block under construction.
struct Filling {
    rows: usize,
    bytes: usize,
    rows_max: usize,
    out: Vec<u8>,
}

impl Filling {
    fn is_full(&self) -> bool {
        self.bytes >= BLOCK_BYTES_FULL || self.rows >= self.rows_max
    }
}

/// Puts rows of one kind in until it is full. Returns whether there are no more of this part.
fn fill(tx: &mut Tx<'_>, sight: &Sight, from: &mut Address, filling: &mut Filling) -> Result<bool> {
    let view = View::of(from.kind, sight);
    let mut packer = Packer::new(from.kind, |name| view.hides(name));
    let (rows_before, bytes_before) = (filling.rows, filling.bytes);
    let mut ended = false;
    while !ended && !filling.is_full() {
        let (place, mut read) = (from.place, 0);
        tx.snapshot_rows(from.kind, sight, &place, |row, here| {
            read += 1;
            if filling.is_full() {
                return Ok(());
            }
            view.pack(row, &mut packer)?;
            from.place = here;
            (filling.rows, filling.bytes) = (rows_before + packer.rows(), bytes_before + packer.bytes());
            Ok(())
        })?;
        // Rows that were read and did not fit are read again by the next block.
        ended = read < PART_ROWS && !filling.is_full();
    }
    packer.write(&mut filling.out);
    Ok(ended)
}

/// What a reader sees of the rows of a kind: the projection of `Sight::shows`, column by column.
struct View<'a> {
    kind: Kind,
    sight: &'a Sight,
    /// The words of an interaction, for those who see them only where they are shared: what stands in their place.
    words: Vec<Option<Cell<'static>>>,
    /// The column that says whether they are.
    shared: usize,
}

impl View<'_> {
    fn of(kind: Kind, sight: &Sight) -> View<'_> {
        let is_hidden = |field: &Field| field.facet == Facet::Text && !sight.shows_field(field, false);
        let mut words = Vec::new();
        if kind == Kind::Interactions && kind.fields().iter().any(is_hidden) {
            let blank = kind.blank();
            let meta = std::iter::repeat_n(None, META_COLUMNS.len());
            let defaults = blank.cells().into_iter().skip(META_COLUMNS.len()).map(Cell::into_owned);
            let fields = kind.fields().iter().zip(defaults).map(|(field, default)| is_hidden(field).then_some(default));
            words = meta.chain(fields).collect();
        }
        View { kind, sight, words, shared: kind.columns().position(|name| name == "shared").unwrap_or_default() }
    }

    /// Whether a column of every row is hidden.
    fn hides(&self, column: &str) -> bool {
        if column == "extra" {
            return !self.sight.shows_extra();
        }
        let field = self.kind.fields().iter().find(|field| field.name == column);
        // An interaction's words are judged row by row.
        field.is_some_and(|field| !self.sight.shows_field(field, self.kind == Kind::Interactions))
    }

    fn pack(&self, row: &dyn Row, packer: &mut Packer) -> Result<()> {
        if self.words.is_empty() || bool::from_cell(row.cell(self.shared)?)? {
            return packer.push(|index| row.cell(index));
        }
        packer.push(|index| match self.words.get(index) {
            Some(Some(default)) => Ok(default.clone()),
            _ => row.cell(index),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_place_in_the_order() {
        let mut ordered = ORDER.to_vec();
        ordered.sort();
        let mut all = Kind::ALL.to_vec();
        all.sort();
        assert_eq!(ordered, all);
    }

    #[test]
    fn places_read_back_and_strange_ones_are_refused() {
        let cursor = Cursor::start(Id::from_bytes([3; 16]), 2);
        let place = Place { own: false, customer: Id::from_bytes([4; 16]), at: -5, id: Id::from_bytes([6; 16]) };
        let from = Address { kind: Kind::Quotes, place, done: 7, total: 8, held: u64::MAX, cursor };
        assert_eq!(Address::parse(&from.to_string()), Ok(from.clone()));
        for bad in ["", "quotes", &from.to_string().replace("quotes", "things"), &from.to_string()[1..]] {
            assert!(Address::parse(bad).is_err(), "{bad}");
        }
    }
}
