//! The registry of link relations (RFC 4287 section 7.1, RFC 8288 section 2.1.1).

/// The names that IANA had registered in May 2026, in the order of their lower case.
#[rustfmt::skip]
const REGISTERED: &[&str] = &[
    "about", "acl", "alternate", "amphtml", "api-catalog", "appendix", "apple-touch-icon",
    "apple-touch-startup-image", "archives", "author", "blocked-by", "bookmark", "c2pa-manifest",
    "canonical", "chapter", "cite-as", "collection", "compression-dictionary", "contents",
    "convertedFrom", "copyright", "create-form", "current", "deprecation", "describedby",
    "describes", "disclosure", "dns-prefetch", "duplicate", "edit", "edit-form", "edit-media",
    "enclosure", "external", "first", "geofeed", "glossary", "help", "hosts", "hub", "ice-server",
    "icon", "index", "intervalAfter", "intervalBefore", "intervalContains", "intervalDisjoint",
    "intervalDuring", "intervalEquals", "intervalFinishedBy", "intervalFinishes", "intervalIn",
    "intervalMeets", "intervalMetBy", "intervalOverlappedBy", "intervalOverlaps",
    "intervalStartedBy", "intervalStarts", "item", "last", "latest-version", "license", "linkset",
    "lrdd", "manifest", "mask-icon", "me", "media-feed", "memento", "micropub", "modulepreload",
    "monitor", "monitor-group", "next", "next-archive", "nofollow", "noopener", "noreferrer",
    "opener", "openid2.local_id", "openid2.provider", "original", "P3Pv1", "payment", "pingback",
    "preconnect", "predecessor-version", "prefetch", "preload", "prerender", "prev",
    "prev-archive", "preview", "previous", "privacy-policy", "profile", "publication",
    "rdap-active", "rdap-bottom", "rdap-down", "rdap-top", "rdap-up", "related", "replies",
    "restconf", "ruleinput", "search", "section", "self", "service", "service-desc",
    "service-doc", "service-meta", "sip-trunking-capability", "sponsored", "start", "status",
    "stylesheet", "subsection", "successor-version", "sunset", "tag", "terms-of-service",
    "timegate", "timemap", "type", "ugc", "up", "version-history", "via", "webmention",
    "working-copy", "working-copy-of",
];

/// How the name of a relation relates to the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Registration {
    /// It is registered.
    Registered,
    /// It is registered with other letters in upper case.
    OtherCase,
    Unregistered,
}

pub(super) fn registration(name: &str) -> Registration {
    let lower = |name: &'static str| name.bytes().map(|octet| octet.to_ascii_lowercase());
    let wanted = || name.bytes().map(|octet| octet.to_ascii_lowercase());
    let found = REGISTERED.binary_search_by(|known| lower(known).cmp(wanted()));
    match found.ok().and_then(|at| REGISTERED.get(at)) {
        Some(known) if *known == name => Registration::Registered,
        Some(_) => Registration::OtherCase,
        None => Registration::Unregistered,
    }
}

/// Whether this is one of the relations that nearly all links of feeds have. Each is registered, and needs
/// no search.
pub(super) fn is_usual(name: &str) -> bool {
    let usual = ["alternate", "edit", "edit-media", "enclosure", "next", "replies", "self"];
    usual.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8288_2_1_1_the_usual_relations_are_registered() {
        let usual: Vec<_> = REGISTERED.iter().filter(|name| is_usual(name)).collect();
        assert_eq!(usual.len(), 7, "{usual:?}");
        assert!(!is_usual("Self") && !is_usual("") && !is_usual("sel"));
    }

    #[test]
    fn rfc8288_2_1_1_a_name_is_registered_in_its_own_case() {
        assert!(REGISTERED.is_sorted_by_key(|name| name.to_ascii_lowercase()));
        for (name, expected) in [
            ("self", Registration::Registered),
            ("working-copy-of", Registration::Registered),
            ("P3Pv1", Registration::Registered),
            ("intervalMetBy", Registration::Registered),
            ("intervalmetby", Registration::OtherCase),
            ("Self", Registration::OtherCase),
            ("ALTERNATE", Registration::OtherCase),
            ("shortlink", Registration::Unregistered),
            ("", Registration::Unregistered),
        ] {
            assert_eq!(registration(name), expected, "{name}");
        }
    }
}
