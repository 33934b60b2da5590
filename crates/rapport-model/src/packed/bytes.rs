//! Small numbers, lengths and texts in a run of bytes. What comes from a wire is never believed: every length is checked.

use super::damaged;
use crate::Result;

/// Bytes that are being read.
pub(super) struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    pub fn new(bytes: &'a [u8]) -> Bytes<'a> {
        Bytes(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(count).ok_or_else(damaged)?;
        self.0 = rest;
        Ok(head)
    }

    pub fn byte(&mut self) -> Result<u8> {
        self.take(1).map(|one| one[0])
    }

    /// Seven bits a byte, the low ones first.
    pub fn number(&mut self) -> Result<u64> {
        let (mut value, mut shift) = (0_u64, 0);
        loop {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return Err(damaged());
            }
        }
    }

    /// A length or a count, at most `max`.
    pub fn size(&mut self, max: usize) -> Result<usize> {
        usize::try_from(self.number()?).ok().filter(|size| *size <= max).ok_or_else(damaged)
    }

    pub fn text(&mut self) -> Result<&'a str> {
        let length = self.size(self.0.len())?;
        std::str::from_utf8(self.take(length)?).map_err(|_| damaged())
    }

    /// So many bits, the low ones of each byte first.
    pub fn bits(&mut self, count: usize) -> Result<Vec<bool>> {
        let bytes = self.take(count.div_ceil(8))?;
        Ok((0..count).map(|n| bytes[n / 8] >> (n % 8) & 1 == 1).collect())
    }
}

pub(super) fn put_number(out: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub(super) fn put_size(out: &mut Vec<u8>, size: usize) {
    put_number(out, size as u64);
}

pub(super) fn put_text(out: &mut Vec<u8>, text: &[u8]) {
    put_size(out, text.len());
    out.extend_from_slice(text);
}

pub(super) fn put_bits(out: &mut Vec<u8>, bits: &[bool]) {
    for eight in bits.chunks(8) {
        out.push(eight.iter().enumerate().fold(0, |byte, (n, bit)| byte | u8::from(*bit) << n));
    }
}

/// Small numbers of either sign become small numbers.
pub(super) fn folded(value: i64) -> u64 {
    (value.cast_unsigned() << 1) ^ (value >> 63).cast_unsigned()
}

pub(super) fn unfolded(value: u64) -> i64 {
    (value >> 1).cast_signed() ^ -(value & 1).cast_signed()
}
