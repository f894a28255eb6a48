//! How packages are uploaded.

/// How packages are uploaded. At most `part_octets * requests` octets of them are held in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// A package with more octets is uploaded in parts of this size: 8 MiB. Stores take at most 10,000
    /// parts, so that the parts of a package of more than 78 GiB are larger.
    pub part_octets: u64,
    /// The number of packages and parts that are uploaded at the same time: 4.
    pub requests: usize,
}

impl Default for Options {
    fn default() -> Self {
        Self { part_octets: 8 << 20, requests: 4 }
    }
}

/// The most parts that stores take for one object.
const MOST_PARTS: u64 = 10_000;

impl Options {
    /// The size of the parts of a package of so many octets. All but the last have the same.
    pub(super) fn part_of(&self, octets: u64) -> u64 {
        self.part_octets.max(octets.div_ceil(MOST_PARTS)).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_has_at_most_as_many_parts_as_stores_take() {
        let options = Options::default();
        for octets in [0_u64, 1, 8 << 20, 78 << 30, 80 << 30, 5 << 40] {
            assert!(octets.div_ceil(options.part_of(octets)) <= MOST_PARTS, "{octets}");
        }
        assert_eq!(options.part_of(78 << 30), 8 << 20);
        assert!(options.part_of(80 << 30) > 8 << 20);
    }
}
