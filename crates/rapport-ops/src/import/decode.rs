//! Bytes of an address book to text, whatever program wrote them.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// UTF-8 with or without a byte order mark, UTF-16, else line by line UTF-8 or Windows-1252. Every byte sequence has a text, and
/// line n of the text is line n of the file.
pub fn decode(bytes: &[u8]) -> String {
    if let Some(encoding) = utf16(bytes) {
        return encoding.decode_with_bom_removal(bytes).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => decode_mixed(bytes),
    }
}

/// UTF-16 by its mark, or because the file starts with the B of BEGIN in two bytes.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xFF, 0xFE, ..] | [b'B' | b'b', 0, ..] => Some(UTF_16LE),
        [0xFE, 0xFF, ..] | [0, b'B' | b'b', ..] => Some(UTF_16BE),
        _ => None,
    }
}

/// One card in an old encoding must not garble the others, so each folded line is judged on its own.
fn decode_mixed(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len() + bytes.len() / 8);
    let mut lines = bytes.split_inclusive(|b| *b == b'\n').peekable();
    while let Some(first) = lines.next() {
        let mut folded = vec![first];
        while let Some(next) = lines.next_if(|l| matches!(l.first(), Some(b' ' | b'\t'))) {
            folded.push(next);
        }
        decode_folded(&folded, &mut out);
    }
    out
}

fn decode_folded(lines: &[&[u8]], out: &mut String) {
    if lines.iter().any(|l| std::str::from_utf8(l).is_err()) {
        // Old programs fold between the bytes of one character: unfolded it is UTF-8 again.
        let mut joined = Vec::new();
        for (n, line) in lines.iter().enumerate() {
            let line = if n == 0 { line } else { &line[1..] };
            joined.extend_from_slice(line.strip_suffix(b"\n").map_or(line, |l| l.strip_suffix(b"\r").unwrap_or(l)));
        }
        if let Ok(text) = std::str::from_utf8(&joined) {
            out.push_str(text);
            out.extend(lines.iter().filter(|l| l.ends_with(b"\n")).map(|_| '\n'));
            return;
        }
    }
    for line in lines {
        match std::str::from_utf8(line) {
            Ok(text) => out.push_str(text),
            Err(_) => out.push_str(&WINDOWS_1252.decode_without_bom_handling(line).0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_usual_encoding_gives_the_same_text() {
        let text = "BEGIN:VCARD\r\nFN:Zoë Müller\r\n";
        let utf16 = |mark: [u8; 2], bytes: fn(u16) -> [u8; 2]| {
            mark.into_iter().chain(text.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
        };
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        let latin = WINDOWS_1252.encode(text).0.into_owned();
        for bytes in [
            text.as_bytes().to_vec(),
            marked,
            utf16([0xFF, 0xFE], u16::to_le_bytes),
            utf16([0xFE, 0xFF], u16::to_be_bytes),
            utf16([0xFF, 0xFE], u16::to_le_bytes)[2..].to_vec(),
            latin,
        ] {
            assert_eq!(decode(&bytes), text);
        }
    }

    #[test]
    fn windows_1252_is_not_latin_1() {
        assert_eq!(decode(b"NOTE:10 \x80 \x96 \x93x\x94"), "NOTE:10 € – “x”");
    }

    #[test]
    fn one_old_card_does_not_garble_the_others() {
        let bytes = [b"FN:M\xFCller\n".as_slice(), "FN:Zoë\n".as_bytes()].concat();
        assert_eq!(decode(&bytes), "FN:Müller\nFN:Zoë\n");
    }

    #[test]
    fn a_fold_inside_a_character_is_mended_and_lines_keep_their_numbers() {
        let bytes = b"FN:Zo\xC3\r\n \xAB\r\nTEL:1\r\n";
        assert_eq!(decode(bytes), "FN:Zoë\n\nTEL:1\r\n");
    }
}
