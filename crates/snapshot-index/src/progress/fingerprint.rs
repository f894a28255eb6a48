//! A fingerprint of a list of URIs, the same on every machine and in every version.

/// FNV-1a with 64 bits, over each text followed by an octet that UTF-8 never has.
///
/// It distinguishes lists that differ by accident or after an update. It does not protect against a
/// publisher who makes two lists with one fingerprint: such a publisher could also change the
/// content of the packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fingerprint(u64);

impl Fingerprint {
    pub(super) fn of<'t>(texts: impl Iterator<Item = &'t str>) -> Self {
        let mut state = 0xCBF2_9CE4_8422_2325_u64;
        for text in texts {
            for octet in text.bytes().chain([0xFF]) {
                state = (state ^ u64::from(octet)).wrapping_mul(0x0000_0100_0000_01B3);
            }
        }
        Self(state)
    }

    pub(super) fn to_hex(self) -> String {
        format!("{:016x}", self.0)
    }

    pub(super) fn from_hex(text: &str) -> Option<Self> {
        let is_hex = text.len() == 16 && text.bytes().all(|octet| octet.is_ascii_hexdigit());
        is_hex.then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_never_changes_between_versions() {
        let of = |texts: &[&str]| Fingerprint::of(texts.iter().copied());
        assert_eq!(of(&[]).to_hex(), "cbf29ce484222325");
        assert_ne!(of(&["ab", "c"]), of(&["a", "bc"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        let one = of(&["/p/0"]);
        assert_eq!(Fingerprint::from_hex(&one.to_hex()), Some(one));
        assert_eq!(Fingerprint::from_hex("+bf29ce484222325"), None);
    }
}
