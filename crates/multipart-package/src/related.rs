//! The root of `multipart/related` (RFC 2387).

use crate::content_type::ContentType;
use std::borrow::Cow;

impl<'a> ContentType<'a> {
    /// Whether the part with this Content-ID and this number is the root of `multipart/related`
    /// (RFC 2387 section 3.2): the part that the `start` parameter names, or the first one if there
    /// is no such parameter.
    ///
    /// Ids are compared octet by octet, without their angle brackets. If the `start` parameter names
    /// no part, no part is the root.
    ///
    /// ```
    /// use multipart_package::{ContentType, Reader};
    ///
    /// let content_type = ContentType::parse(br#"multipart/related; boundary=b; start="<2@x>""#)?;
    /// let body = b"--b\r\nContent-ID: <1@x>\r\n\r\nimage\r\n--b\r\nContent-ID: <2@x>\r\n\r\ntext\r\n--b--";
    /// for part in Reader::new(&content_type.boundary()?).parts(body) {
    ///     let part = part?;
    ///     if content_type.is_root(part.head().content_id()?, part.number()) {
    ///         assert_eq!(part.body(), b"text");
    ///     }
    /// }
    /// # Ok::<(), multipart_package::Error>(())
    /// ```
    #[must_use]
    pub fn is_root(&self, content_id: Option<&str>, number: u64) -> bool {
        match self.start() {
            Some(start) => content_id.is_some_and(|id| without_brackets(id.as_bytes()) == &*start),
            None => number == 0,
        }
    }

    /// The `start` parameter (RFC 2387 section 3.2) without its angle brackets: the Content-ID of
    /// the root.
    #[must_use]
    pub fn start(&self) -> Option<Cow<'a, [u8]>> {
        Some(match self.parameter("start")? {
            Cow::Borrowed(id) => without_brackets(id).into(),
            Cow::Owned(id) => without_brackets(&id).to_vec().into(),
        })
    }

    /// The `type` parameter (RFC 2387 section 3.1): the media type of the root, as
    /// `application/xop+xml`.
    ///
    /// It is `None` if there is no such parameter, or if it is not UTF-8.
    #[must_use]
    pub fn root_type(&self) -> Option<Cow<'a, str>> {
        match self.parameter("type")? {
            Cow::Borrowed(value) => std::str::from_utf8(value).ok().map(Cow::Borrowed),
            Cow::Owned(value) => String::from_utf8(value).ok().map(Cow::Owned),
        }
    }
}

fn without_brackets(id: &[u8]) -> &[u8] {
    let id = id.trim_ascii();
    id.strip_prefix(b"<").and_then(|rest| rest.strip_suffix(b">")).unwrap_or(id)
}
