//! The limits on what is fetched.

/// The limits on what is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The limit on the octets of an index, feed document or entity, decoded: 64 MiB, which is an
    /// index of more than half a million packages. Each is in memory.
    pub document_octets: usize,
    /// The limit on decoded octets for each octet that is received in a content coding, behind the
    /// first [`coded_free_octets`](Self::coded_free_octets): 1,000. Packages of generated JSON have a
    /// ratio of less than 100; gzip ends at 1,032, where all octets are the same; zstd has no end.
    pub coded_ratio: u64,
    /// The number of decoded octets that the ratio does not limit: 1 MiB, so that a short document of
    /// equal octets is none that exceeds it.
    pub coded_free_octets: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { document_octets: 64 << 20, coded_ratio: 1000, coded_free_octets: 1 << 20 }
    }
}
