//! Whether items that end in numbers are numbered without a gap.

/// The state after some items, up to the first gap.
#[derive(Debug, Default)]
pub(crate) struct Numbering<'i> {
    previous: Option<(&'i str, u64)>,
    has_gap: bool,
}

impl<'i> Numbering<'i> {
    /// Adds the next item, and gives whether the first gap is before it.
    #[inline]
    pub(crate) fn is_first_gap(&mut self, uri: &'i str) -> bool {
        if self.has_gap {
            return false;
        }
        let numbered = trailing_number(uri);
        if let (Some((stem, number)), Some((same, last))) = (numbered, self.previous) {
            self.has_gap = stem == same && Some(number) != u64::checked_add(last, 1);
        }
        self.previous = numbered;
        self.has_gap
    }
}

/// A URI that ends in a number, split before the number.
fn trailing_number(uri: &str) -> Option<(&str, u64)> {
    let is_digit = |octet: &&u8| octet.is_ascii_digit();
    let digits = uri.as_bytes().iter().rev().take_while(is_digit).count();
    let (stem, digits) = uri.split_at_checked(uri.len() - digits)?;
    Some((stem, digits.parse().ok()?))
}
