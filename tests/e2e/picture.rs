//! Whether a screenshot shows anything: a frame that was not painted yet is one even colour.

use std::ops::Range;

const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";
const WIDTH_MIN: u32 = 400;
/// No compression of PNG does better than this; an even picture comes near it.
const RATIO_MAX: u64 = 1032;

/// A picture that is big enough and has more than one colour.
pub fn shows_something(png: &[u8]) -> bool {
    let Some((width, height)) = size(png) else { return false };
    let rows = u64::from(height) * (u64::from(width) * 4 + 1);
    width >= WIDTH_MIN && data_bytes(png) > 2 * rows / RATIO_MAX
}

/// Width and height in pixels.
pub fn size(png: &[u8]) -> Option<(u32, u32)> {
    if !png.starts_with(SIGNATURE) {
        return None;
    }
    Some((number(png, 16..20)?, number(png, 20..24)?))
}

fn number(png: &[u8], at: Range<usize>) -> Option<u32> {
    let bytes: [u8; 4] = png.get(at)?.try_into().ok()?;
    Some(u32::from_be_bytes(bytes))
}

/// The bytes of picture data, without headers and remarks.
fn data_bytes(png: &[u8]) -> u64 {
    let (mut at, mut bytes) = (SIGNATURE.len(), 0);
    while let Some(length) = number(png, at..at + 4) {
        if png.get(at + 4..at + 8) == Some(b"IDAT") {
            bytes += u64::from(length);
        }
        at += length as usize + 12;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, data: u32) -> Vec<u8> {
        let mut png = SIGNATURE.to_vec();
        for (name, body) in [(b"IHDR", [width.to_be_bytes(), height.to_be_bytes()].concat()), (b"IDAT", vec![7; data as usize])] {
            png.extend((body.len() as u32).to_be_bytes());
            png.extend(name);
            png.extend(body);
            png.extend([0; 4]);
        }
        png
    }

    #[test]
    fn an_even_picture_shows_nothing() {
        assert!(!shows_something(&png(1280, 900, 4_500)));
        assert!(shows_something(&png(1280, 900, 20_000)));
    }

    #[test]
    fn a_small_or_broken_picture_shows_nothing() {
        assert!(!shows_something(&png(1, 1, 20_000)));
        assert!(!shows_something(b"no picture"));
    }
}
