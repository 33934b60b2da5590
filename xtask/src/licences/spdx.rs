//! A small reader of SPDX licence expressions: identifiers, OR, AND, WITH and brackets.

/// Whether an expression can be met with licences of the list.
/// An exception (`X WITH Y`) is met by the whole or by `X` alone: exceptions only add rights.
/// An expression that cannot be read is not met.
pub fn satisfied(expression: &str, allowed: &[String]) -> bool {
    // Old manifests write `MIT/Apache-2.0` for OR.
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, at: 0, allowed };
    let met = reader.either();
    met == Some(true) && reader.at == words.len()
}

struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a [String],
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<&'a str> {
        let word = self.words.get(self.at).copied();
        self.at += 1;
        word
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Option<bool> {
        let mut met = self.both()?;
        while self.skip("OR") {
            met |= self.both()?;
        }
        Some(met)
    }

    fn both(&mut self) -> Option<bool> {
        let mut met = self.one()?;
        while self.skip("AND") {
            met &= self.one()?;
        }
        Some(met)
    }

    fn one(&mut self) -> Option<bool> {
        if self.skip("(") {
            let met = self.either()?;
            return self.skip(")").then_some(met);
        }
        let licence = self.next()?;
        if !self.skip("WITH") {
            return Some(self.allows(licence));
        }
        let exception = self.next()?;
        Some(self.allows(licence) || self.allows(&format!("{licence} WITH {exception}")))
    }

    fn allows(&self, licence: &str) -> bool {
        self.allowed.iter().any(|allowed| allowed == licence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(expression: &str) -> bool {
        satisfied(expression, &["MIT".into(), "Apache-2.0".into(), "GPL-2.0 WITH Class".into()])
    }

    #[test]
    fn one_side_of_an_or_is_enough() {
        assert!(met("MIT OR GPL-3.0"));
        assert!(met("GPL-3.0/MIT"));
        assert!(!met("GPL-3.0 OR LGPL-3.0"));
    }

    #[test]
    fn both_sides_of_an_and_are_needed_and_bind_closer() {
        assert!(!met("MIT AND GPL-3.0"));
        assert!(met("GPL-3.0 AND BSD OR MIT"));
        assert!(!met("(MIT OR BSD) AND GPL-3.0"));
        assert!(met("(MIT OR BSD) AND Apache-2.0"));
    }

    #[test]
    fn an_exception_only_adds_rights() {
        assert!(met("Apache-2.0 WITH LLVM-exception"));
        assert!(met("GPL-2.0 WITH Class"));
        assert!(!met("GPL-2.0"));
    }

    #[test]
    fn what_cannot_be_read_is_not_met() {
        for broken in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "MIT WITH", "MIT)"] {
            assert!(!met(broken), "{broken}");
        }
    }
}
