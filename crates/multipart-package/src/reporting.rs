//! Which violations are tolerated, the diagnostics of those that were, and how errors quote the
//! input.
//!
//! Every crate of the family has this file, octet for octet the same.

use crate::diagnostic::Diagnostic;
use crate::level::Level;
use crate::rule::Rule;
use std::fmt;

/// The set of [`Level::Must`] rules whose violation is reported as a diagnostic instead of refused.
///
/// Start from a preset, and put rules in or take them out by [`with`](Self::with) and
/// [`without`](Self::without). [`Tolerance::DRAFTS`] is the default.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Tolerance([u64; 4]);

const _: () = assert!(Rule::ALL.len() <= 4 * u64::BITS as usize, "each rule has a bit of its own");

impl Tolerance {
    /// A violation of any [`Level::Must`] rule is an error.
    pub const STRICT: Self = Self([0; 4]);

    /// No violation of a [`Level::Must`] rule is an error. [`Level::Fatal`] rules stay errors.
    pub const ALL: Self = {
        let mut set = Self::STRICT;
        let mut index = 0;
        while index < Rule::ALL.len() {
            set = set.with(Rule::ALL[index]);
            index += 1;
        }
        set
    };

    /// Puts a rule in. This has no effect unless the rule's level is [`Level::Must`].
    #[must_use]
    pub const fn with(mut self, rule: Rule) -> Self {
        if matches!(rule.level(), Level::Must) {
            let (word, bit) = Self::place(rule);
            self.0[word] |= bit;
        }
        self
    }

    /// Takes a rule out. This has no effect unless the rule's level is [`Level::Must`].
    #[must_use]
    pub const fn without(mut self, rule: Rule) -> Self {
        let (word, bit) = Self::place(rule);
        self.0[word] &= !bit;
        self
    }

    /// Whether a violation of the rule is reported instead of refused.
    ///
    /// This is always true for [`Level::Advice`] and always false for [`Level::Fatal`].
    #[must_use]
    pub const fn tolerates(self, rule: Rule) -> bool {
        match rule.level() {
            Level::Fatal => false,
            Level::Must => {
                let (word, bit) = Self::place(rule);
                self.0[word] & bit != 0
            }
            Level::Advice => true,
        }
    }

    /// The word that holds a rule's bit, and the bit.
    const fn place(rule: Rule) -> (usize, u64) {
        let number = rule as usize;
        (number / u64::BITS as usize, 1 << (number % u64::BITS as usize))
    }
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::DRAFTS
    }
}

impl fmt::Debug for Tolerance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let contained = |rule: &&Rule| rule.level() == Level::Must && self.tolerates(**rule);
        f.write_str("Tolerance ")?;
        f.debug_set().entries(Rule::ALL.iter().filter(contained)).finish()
    }
}

/// The violations that were reported, at most as many as
/// [`Limits::diagnostics`](crate::Limits::diagnostics).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics {
    pub(crate) kept: Vec<Diagnostic>,
    omitted: u64,
}

impl Diagnostics {
    /// Keeps a diagnostic, or only counts it once as many as the limit allows are kept.
    #[cold]
    pub(crate) fn push(&mut self, limit: u64, diagnostic: impl FnOnce() -> Diagnostic) {
        if (self.kept.len() as u64) < limit {
            self.kept.push(diagnostic());
        } else {
            self.omitted = self.omitted.saturating_add(1);
        }
    }

    /// The diagnostics that were kept, in the order in which they were found: a violation that is
    /// known only at the end of a head, body or element comes after those within it.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.kept
    }

    /// Iterates over the diagnostics that were kept.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.kept.iter()
    }

    /// How many diagnostics were kept.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept.len()
    }

    /// Whether nothing was reported: none was kept, and none was omitted.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty() && self.omitted == 0
    }

    /// How many violations were counted, but not kept, because of the limit.
    #[must_use]
    pub fn omitted(&self) -> u64 {
        self.omitted
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

/// The first octets of what an error is about.
///
/// It is displayed as the end of an error's message: `; found "..."`, or nothing if it is empty.
/// Text stays readable; control characters, quotes and octets that are no UTF-8 are escaped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Excerpt {
    octets: [u8; Excerpt::MOST],
    len: u8,
    is_cut: bool,
}

impl Excerpt {
    const MOST: usize = 24;

    #[cold]
    pub(crate) fn new(found: &[u8]) -> Self {
        let shown = &found[..Self::end(found)];
        let mut octets = [0; Self::MOST];
        octets[..shown.len()].copy_from_slice(shown);
        // MOST fits an octet.
        let len = u8::try_from(shown.len()).unwrap_or(0);
        Self { octets, len, is_cut: shown.len() < found.len() }
    }

    /// Where to cut: before a character that does not fit, if there is one.
    fn end(found: &[u8]) -> usize {
        const LONGEST_CHARACTER: usize = 4;
        if found.len() <= Self::MOST {
            return found.len();
        }
        let starts_character = |end: &usize| found[*end] & 0b1100_0000 != 0b1000_0000;
        let candidates = (Self::MOST + 1 - LONGEST_CHARACTER..=Self::MOST).rev();
        candidates.into_iter().find(starts_character).unwrap_or(Self::MOST)
    }
}

impl fmt::Display for Excerpt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.len == 0 {
            return Ok(());
        }
        f.write_str("; found \"")?;
        for chunk in self.octets[..usize::from(self.len)].utf8_chunks() {
            for character in chunk.valid().chars() {
                match character {
                    '\'' => f.write_str("'")?,
                    _ => write!(f, "{}", character.escape_debug())?,
                }
            }
            write!(f, "{}", chunk.invalid().escape_ascii())?;
        }
        f.write_str(if self.is_cut { "\"..." } else { "\"" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_rule_has_a_name_of_its_own_and_its_place_in_the_list() {
        let names: HashSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
        for (index, rule) in Rule::ALL.iter().enumerate() {
            assert_eq!(*rule as usize, index);
        }
    }

    #[test]
    fn a_fatal_rule_is_never_tolerated_and_advice_always() {
        for &rule in Rule::ALL {
            let level = rule.level();
            assert_eq!(Tolerance::ALL.tolerates(rule), level != Level::Fatal, "{rule}");
            assert_eq!(Tolerance::STRICT.tolerates(rule), level == Level::Advice, "{rule}");
            assert_eq!(Tolerance::STRICT.with(rule).tolerates(rule), level != Level::Fatal);
            assert_eq!(Tolerance::ALL.without(rule).tolerates(rule), level == Level::Advice);
            assert_eq!(Tolerance::ALL.with(rule), Tolerance::ALL, "{rule} is in already");
            assert_eq!(Tolerance::STRICT.without(rule), Tolerance::STRICT, "{rule} is not in");
        }
    }

    #[test]
    fn a_rule_that_is_put_in_changes_nothing_for_any_other() {
        for &rule in Rule::ALL {
            let (with, without) = (Tolerance::STRICT.with(rule), Tolerance::ALL.without(rule));
            for &other in Rule::ALL.iter().filter(|other| **other != rule) {
                assert_eq!(with.tolerates(other), Tolerance::STRICT.tolerates(other));
                assert_eq!(without.tolerates(other), Tolerance::ALL.tolerates(other));
            }
        }
    }

    #[test]
    fn a_tolerance_shows_the_rules_in_it() {
        assert_eq!(format!("{:?}", Tolerance::STRICT), "Tolerance {}");
        let must: Vec<_> = Rule::ALL.iter().filter(|rule| rule.level() == Level::Must).collect();
        let shown = format!("{:?}", Tolerance::STRICT.with(*must[0]).with(*must[1]));
        assert_eq!(shown, format!("Tolerance {{{:?}, {:?}}}", must[0], must[1]));
    }

    #[test]
    fn an_excerpt_quotes_text_as_it_is_and_escapes_what_cannot_be_seen() {
        let shown = |found: &[u8]| Excerpt::new(found).to_string();
        assert_eq!(shown(b""), "");
        assert_eq!(shown(b"it's \"so\"\\\r\n\t\0"), r#"; found "it's \"so\"\\\r\n\t\0""#);
        assert_eq!(shown("Zürich 東京".as_bytes()), "; found \"Zürich 東京\"");
        assert_eq!(shown(b"caf\xe9 \xff"), r#"; found "caf\xe9 \xff""#);
        assert_eq!(shown("\u{202e}\u{200b}".as_bytes()), r#"; found "\u{202e}\u{200b}""#);
    }

    #[test]
    fn a_long_excerpt_is_cut_between_characters_and_says_so() {
        let shown = |found: &[u8]| Excerpt::new(found).to_string();
        assert_eq!(shown(&[b'a'; 24]), format!("; found \"{}\"", "a".repeat(24)));
        assert_eq!(shown(&[b'a'; 25]), format!("; found \"{}\"...", "a".repeat(24)));
        assert_eq!(shown("東".repeat(9).as_bytes()), format!("; found \"{}\"...", "東".repeat(8)));
        let text = format!("a{}", "東".repeat(8));
        assert_eq!(shown(text.as_bytes()), format!("; found \"a{}\"...", "東".repeat(7)));
        assert_eq!(shown(&[0x80; 40]), format!("; found \"{}\"...", r"\x80".repeat(24)));
    }
}
