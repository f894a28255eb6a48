//! How a snapshot is written.

/// How the first part of a package begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Opening {
    /// With its head, as in the draft.
    #[default]
    Implied,
    /// With a delimiter line, as RFC 2046 requires.
    Delimiter,
}

/// How a snapshot is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How the first part of a package begins.
    pub opening: Opening,
    /// The size in octets at which a package is full: 3 MiB, about the size of the draft's
    /// packages.
    pub package_octets: u64,
    /// Whether a gzip form of each package is written beside it, and with the feature `zstd` a zstd
    /// form.
    pub codings: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { opening: Opening::Implied, package_octets: 3 << 20, codings: true }
    }
}
