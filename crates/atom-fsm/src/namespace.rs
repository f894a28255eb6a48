//! The names of the namespaces that this crate knows.

/// Atom (RFC 4287 section 1.2).
pub const ATOM: &str = "http://www.w3.org/2005/Atom";
/// The Atom Publishing Protocol (RFC 5023 section 2).
pub const APP: &str = "http://www.w3.org/2007/app";
/// Feed Service Management (draft-wilde-fsm-00 section 2).
pub const FSM: &str = "http://dret.net/fsm/1.0";
/// GeoRSS.
pub const GEORSS: &str = "http://www.georss.org/georss";
/// GML, for the geometries in `georss:where`.
pub const GML: &str = "http://www.opengis.net/gml";
/// Feed paging and archiving (RFC 5005 section 1.1).
pub const HISTORY: &str = "http://purl.org/syndication/history/1.0";
/// Threads of entries (RFC 4685 section 2).
pub const THREAD: &str = "http://purl.org/syndication/thread/1.0";
/// Deleted entries (RFC 6721 section 2).
pub const TOMBSTONES: &str = "http://purl.org/atompub/tombstones/1.0";
/// XHTML.
pub const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// The namespace of the prefix `xml` (Namespaces in XML 1.0 section 3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// The namespace of the prefix `xmlns` (Namespaces in XML 1.0 section 3).
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";

/// The namespaces that most names in these documents are in.
const KNOWN: [&str; 5] = [ATOM, XHTML, APP, FSM, GEORSS];

/// Returns this crate's constant for a namespace, so that a comparison of two namespaces compares
/// addresses.
pub(crate) fn interned(namespace: &str) -> Option<&'static str> {
    KNOWN.into_iter().find(|known| *known == namespace)
}

/// Whether two namespaces are the same.
pub(crate) fn same(one: &str, other: &str) -> bool {
    one.len() == other.len() && (std::ptr::eq(one.as_ptr(), other.as_ptr()) || one == other)
}
