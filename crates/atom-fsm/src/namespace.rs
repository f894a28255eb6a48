//! The names of the namespaces that this crate knows.

/// Atom (RFC 4287 section 1.2).
pub const ATOM: &str = "http://www.w3.org/2005/Atom";
/// The Atom Publishing Protocol (RFC 5023 section 2).
pub const APP: &str = "http://www.w3.org/2007/app";
/// Feed Service Management (draft-wilde-fsm-00 section 2).
pub const FSM: &str = "http://dret.net/fsm/1.0";
/// GeoRSS.
pub const GEORSS: &str = "http://www.georss.org/georss";
/// XHTML.
pub const XHTML: &str = "http://www.w3.org/1999/xhtml";
/// What the prefix `xml` stands for (Namespaces in XML 1.0 section 3).
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// What the prefix `xmlns` stands for (Namespaces in XML 1.0 section 3).
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
