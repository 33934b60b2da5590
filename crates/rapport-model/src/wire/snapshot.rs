//! The first download: blocks of packed rows, each compressed, hashed and addressed, so that any server goes on from any block.

use super::PROTOCOL;
use crate::packed::Table;
use crate::{Code, Error, Millis, Result};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// Bytes of a block at most before it is compressed.
pub const BLOCK_BYTES_MAX: usize = 1024 * 1024;

/// Bytes at which a block is full; one more row still fits.
pub const BLOCK_BYTES_FULL: usize = 640 * 1024;

/// Rows of the first block about: enough for a screen, so that the app is usable as soon as it is here.
pub const FIRST_BLOCK_ROWS: usize = 500;

/// Bytes of a block's head at most.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;

/// Media type of a run of blocks: four bytes with the length of a head, the head as JSON, the block's bytes; and so on.
pub const BLOCKS_TYPE: &str = "application/octet-stream";

/// How hard blocks are compressed.
const LEVEL: i32 = 1;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SnapshotRequest {
    pub protocol: i64,
    /// The schema of the device's rows, if it says it: packed rows are for ends of the same one; others pull.
    #[serde(default)]
    pub schema: Option<i64>,
    /// Where the next block begins, as the one before it said; `None` = from the beginning.
    pub from: Option<String>,
}

impl SnapshotRequest {
    pub fn new(schema: i64, from: Option<String>) -> SnapshotRequest {
        SnapshotRequest { protocol: PROTOCOL, schema: Some(schema), from }
    }
}

/// What is said of a block beside its bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BlockHead {
    /// Where the block after it begins; `None` = it is the last one.
    pub next: Option<String>,
    /// Where pulling goes on once all blocks are here: the moment when the download was begun.
    pub cursor: String,
    /// Rows in this block and those before it, and in all of them about.
    pub done: i64,
    pub total: i64,
    /// Bytes of the body, and their SHA-256 in hex.
    pub bytes: usize,
    pub sha256: String,
    /// What the device may hold is not what it was when the download was begun, or the server has a new life: begin again, keep the
    /// outbox.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reset: bool,
    pub server_time: Millis,
}

/// A block on its way.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub head: BlockHead,
    pub body: Vec<u8>,
}

impl Block {
    /// Compresses rows and seals them; `head` says the rest.
    pub fn seal(head: BlockHead, rows: &[u8]) -> Result<Block> {
        let body = zstd::bulk::compress(rows, LEVEL).map_err(Error::internal)?;
        let head = BlockHead { bytes: body.len(), sha256: hex(&body), ..head };
        Ok(Block { head, body })
    }

    /// The rows, if the bytes are those that were sealed.
    pub fn open(&self) -> Result<Vec<Table>> {
        if self.body.len() != self.head.bytes || hex(&self.body) != self.head.sha256 {
            return Err(garbled());
        }
        let rows = zstd::bulk::decompress(&self.body, BLOCK_BYTES_MAX).map_err(|_| garbled())?;
        Table::read_all(&rows).map_err(|_| garbled())
    }

    /// As it travels: the length of the head, the head, the body.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        let head = serde_json::to_vec(&self.head).map_err(Error::internal)?;
        let length = u32::try_from(head.len()).map_err(Error::internal)?;
        Ok([&length.to_le_bytes(), head.as_slice(), &self.body].concat())
    }

    /// The first block of these bytes and how many it took; `None` while it is not whole.
    pub fn take(bytes: &[u8]) -> Result<Option<(Block, usize)>> {
        let Some((length, rest)) = bytes.split_first_chunk::<4>() else { return Ok(None) };
        let length = u32::from_le_bytes(*length) as usize;
        if length > HEAD_BYTES_MAX {
            return Err(garbled());
        }
        let Some((head, rest)) = rest.split_at_checked(length) else { return Ok(None) };
        let head: BlockHead = serde_json::from_slice(head).map_err(|_| garbled())?;
        if head.bytes > BLOCK_BYTES_MAX * 2 {
            return Err(garbled());
        }
        let Some(body) = rest.get(..head.bytes) else { return Ok(None) };
        let taken = 4 + length + head.bytes;
        Ok(Some((Block { body: body.to_vec(), head }, taken)))
    }
}

fn hex(body: &[u8]) -> String {
    Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A block that is not what the server sealed is asked for again, as after a lost connection.
fn garbled() -> Error {
    Error::new(Code::Offline, "A part of the download arrived damaged. What was loaded is kept; the part is asked for again.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::packed::Packer;
    use crate::{Contact, Kind, Record};

    fn block() -> Block {
        let contact = Contact { last_name: "Hoffmann".into(), ..Contact::default() };
        let cells = (&contact as &dyn Record).cells();
        let mut packer = Packer::new(Kind::Contacts, |_| false);
        packer.push(|index| Ok(cells[index].clone())).expect("packed");
        let mut rows = Vec::new();
        packer.write(&mut rows);
        let head = BlockHead {
            next: Some("there".into()),
            cursor: "here".into(),
            done: 1,
            total: 2,
            bytes: 0,
            sha256: String::new(),
            reset: false,
            server_time: Millis(3),
        };
        Block::seal(head, &rows).expect("sealed")
    }

    #[test]
    fn a_block_travels_and_opens() {
        let block = block();
        let bytes = [block.to_bytes().expect("bytes"), block.to_bytes().expect("bytes")].concat();
        let (first, taken) = Block::take(&bytes).expect("ours").expect("whole");
        assert_eq!((&first, taken * 2), (&block, bytes.len()));
        assert_eq!(first.open().expect("opened")[0].rows, 1);
        for end in 0..taken {
            assert_eq!(Block::take(&bytes[..end]).expect("only cut"), None, "{end}");
        }
    }

    #[test]
    fn a_changed_or_cut_body_does_not_open() {
        let block = block();
        for at in 0..block.body.len() {
            let mut garbled = block.clone();
            garbled.body[at] ^= 1;
            assert_eq!(garbled.open().map_err(|e| e.code), Err(Code::Offline), "{at}");
        }
        let cut = Block { body: block.body[1..].to_vec(), ..block.clone() };
        assert!(cut.open().is_err());
        let told = BlockHead { sha256: hex(b"other"), ..block.head };
        assert!(Block { head: told, body: block.body }.open().is_err());
    }
}
