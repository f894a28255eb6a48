//! Conditional requests (RFC 9110 section 13).

use super::entity_tag::{self, EntityTag, StrongTag, Tag};
use super::http_date;
use chrono::{DateTime, Utc};
use http::header::{
    ETAG, IF_MATCH, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_UNMODIFIED_SINCE, LAST_MODIFIED,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

/// The validators of a resource as it is: its entity tag and when it was last modified
/// (RFC 9110 section 8.8).
///
/// ```
/// use atom_fsm::interaction::{EntityTag, Validators};
///
/// let validators = Validators::new().with_etag(EntityTag::strong("7").unwrap());
/// assert_eq!(validators.etag().unwrap().to_string(), "\"7\"");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Validators {
    etag: Option<EntityTag>,
    last_modified: Option<DateTime<Utc>>,
}

impl Validators {
    /// Returns the validators of a resource that has none.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the entity tag. A tag must never name two states of a resource, also not across a restart
    /// of the server or after a backup was restored.
    #[must_use]
    pub fn with_etag(mut self, etag: EntityTag) -> Self {
        self.etag = Some(etag);
        self
    }

    /// Sets when the resource was last modified. Fields have no fractions of seconds: they are cut.
    #[must_use]
    pub fn with_last_modified(mut self, date: DateTime<Utc>) -> Self {
        self.last_modified = DateTime::from_timestamp(date.timestamp(), 0);
        self
    }

    /// The entity tag.
    #[must_use]
    pub fn etag(&self) -> Option<&EntityTag> {
        self.etag.as_ref()
    }

    /// The entity tag, if it is a strong one.
    #[must_use]
    pub fn strong_tag(&self) -> Option<StrongTag> {
        self.etag.clone().and_then(StrongTag::new)
    }

    /// When the resource was last modified.
    #[must_use]
    pub fn last_modified(&self) -> Option<DateTime<Utc>> {
        self.last_modified
    }

    /// Reads the validators in the head of a response. A field that is not one validator is left out.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let only = |name: HeaderName| headers.get(name).map(HeaderValue::as_bytes);
        Self {
            etag: only(ETAG).and_then(|field| EntityTag::parse(field.trim_ascii())),
            last_modified: only(LAST_MODIFIED).and_then(http_date::parse),
        }
    }

    /// The fields of a response with these validators.
    pub(super) fn fields(&self) -> impl Iterator<Item = (HeaderName, HeaderValue)> {
        let etag = self.etag.as_ref().map(|etag| (ETAG, etag.to_field()));
        let date = self.last_modified.as_ref().and_then(date_field);
        etag.into_iter().chain(date.map(|date| (LAST_MODIFIED, date)))
    }
}

/// The value of a field with a date.
pub(super) fn date_field(date: &DateTime<Utc>) -> Option<HeaderValue> {
    http_date::format(date).and_then(|date| HeaderValue::from_str(&date).ok())
}

/// The conditions of a request (RFC 9110 section 13.1).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conditions {
    if_match: Vec<HeaderValue>,
    if_none_match: Vec<HeaderValue>,
    if_unmodified_since: Option<DateTime<Utc>>,
    if_modified_since: Option<DateTime<Utc>>,
}

/// What the conditions of a request demand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Perform the request.
    Proceed,
    /// Answer the GET or HEAD with 304: the client has the representation.
    NotModified,
    /// Answer with 412: the field of this name does not hold.
    Failed(&'static str),
}

impl Conditions {
    /// Reads the conditions in the head of a request. A date that cannot be read is ignored
    /// (RFC 9110 sections 13.1.3 and 13.1.4).
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        let all = |name: HeaderName| headers.get_all(name).iter().cloned().collect();
        let date = |name: HeaderName| {
            let mut lines = headers.get_all(name).iter();
            let only = lines.next().filter(|_| lines.next().is_none());
            only.and_then(|date| http_date::parse(date.as_bytes()))
        };
        Self {
            if_match: all(IF_MATCH),
            if_none_match: all(IF_NONE_MATCH),
            if_unmodified_since: date(IF_UNMODIFIED_SINCE),
            if_modified_since: date(IF_MODIFIED_SINCE),
        }
    }

    /// Whether the request says which state of the resource it changes, by If-Match or
    /// If-Unmodified-Since, so that it cannot overwrite a change that its client has not seen.
    #[must_use]
    pub fn name_a_state(&self) -> bool {
        !self.if_match.is_empty() || self.if_unmodified_since.is_some()
    }

    /// Whether the request says which state of a resource with these validators it changes: a date alone
    /// does not where the resource has none.
    #[must_use]
    pub(super) fn name_the_state(&self, current: &Validators) -> bool {
        !self.if_match.is_empty()
            || (self.if_unmodified_since.is_some() && current.last_modified.is_some())
    }

    /// Evaluates the conditions in the order of RFC 9110 section 13.2.2: If-Match before
    /// If-Unmodified-Since, then If-None-Match before If-Modified-Since. `current` has the validators
    /// of the resource; `None` if it does not exist.
    ///
    /// ```
    /// use atom_fsm::interaction::{Conditions, EntityTag, Validators, Verdict};
    /// use http::{HeaderMap, HeaderValue, Method, header::IF_NONE_MATCH};
    ///
    /// let fields = HeaderMap::from_iter([(IF_NONE_MATCH, HeaderValue::from_static("W/\"1\""))]);
    /// let current = Validators::new().with_etag(EntityTag::strong("1").unwrap());
    /// let conditions = Conditions::of(&fields);
    /// assert_eq!(conditions.evaluate(&Method::GET, Some(&current)), Verdict::NotModified);
    /// assert_eq!(conditions.evaluate(&Method::PUT, Some(&current)), Verdict::Failed("If-None-Match"));
    /// assert_eq!(conditions.evaluate(&Method::PUT, None), Verdict::Proceed);
    /// ```
    #[must_use]
    pub fn evaluate(&self, method: &Method, current: Option<&Validators>) -> Verdict {
        let tag = current.and_then(|it| it.etag.as_ref()).and_then(EntityTag::tag);
        let modified = current.and_then(|it| it.last_modified);
        let is_read = matches!(*method, Method::GET | Method::HEAD);
        if !self.if_match.is_empty() {
            if !names(&self.if_match, current, |it| it.equals_strongly(tag)) {
                return Verdict::Failed("If-Match");
            }
        } else if let (Some(since), Some(modified)) = (self.if_unmodified_since, modified) {
            if modified > since {
                return Verdict::Failed("If-Unmodified-Since");
            }
        }
        if !self.if_none_match.is_empty() {
            // A `*` beside others is not allowed; taken for itself, it keeps a PUT from overwriting.
            let any = current.is_some()
                && self.if_none_match.iter().any(|line| entity_tag::has_any(line.as_bytes()));
            return match any || names(&self.if_none_match, current, |it| it.equals_weakly(tag)) {
                true if is_read => Verdict::NotModified,
                true => Verdict::Failed("If-None-Match"),
                false => Verdict::Proceed,
            };
        }
        match (self.if_modified_since, modified) {
            (Some(since), Some(modified)) if is_read && modified <= since => Verdict::NotModified,
            _ => Verdict::Proceed,
        }
    }
}

/// Whether the lines of a field name the resource as it is: by `*`, or by a tag that `equals` accepts.
fn names(
    lines: &[HeaderValue],
    current: Option<&Validators>,
    equals: impl Fn(Tag<'_>) -> bool,
) -> bool {
    match lines {
        [line] if entity_tag::is_any(line.as_bytes()) => current.is_some(),
        lines => lines.iter().any(|line| entity_tag::list(line.as_bytes()).any(&equals)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "Sun, 06 Nov 1994 08:49:37 GMT";
    const NOW: &str = "Mon, 07 Nov 1994 08:49:37 GMT";

    fn verdict(method: &Method, fields: &[(&'static str, &'static str)], etag: &str) -> Verdict {
        let fields = fields
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        let modified = http_date::parse(NOW.as_bytes()).unwrap();
        let current = Validators::new()
            .with_etag(EntityTag::parse(etag).unwrap())
            .with_last_modified(modified + chrono::Duration::milliseconds(400));
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, value);
        }
        Conditions::of(&headers).evaluate(method, Some(&current))
    }

    #[test]
    fn rfc9110_13_2_2_conditions_are_evaluated_in_their_order() {
        let (read, write) = (Method::GET, Method::PUT);
        let failed = Verdict::Failed;
        for (fields, get, put) in [
            (&[][..], Verdict::Proceed, Verdict::Proceed),
            // 13.1.1: the comparison is strong, and a tag may contain commas.
            (&[("if-match", "\"1\"")], Verdict::Proceed, Verdict::Proceed),
            (&[("if-match", "*")], Verdict::Proceed, Verdict::Proceed),
            (&[("if-match", "W/\"1\"")], failed("If-Match"), failed("If-Match")),
            (&[("if-match", "\"x,*,y\"")], failed("If-Match"), failed("If-Match")),
            (&[("if-match", "\"x,1,y\"")], failed("If-Match"), failed("If-Match")),
            (&[("if-match", "\"x,y\" , \"1\"")], Verdict::Proceed, Verdict::Proceed),
            (&[("if-match", "\"x\""), ("if-match", "\"1\"")], Verdict::Proceed, Verdict::Proceed),
            // If-Match decides, whatever If-Unmodified-Since says.
            (
                &[("if-match", "\"1\""), ("if-unmodified-since", OLD)],
                Verdict::Proceed,
                Verdict::Proceed,
            ),
            (
                &[("if-match", "\"2\""), ("if-unmodified-since", NOW)],
                failed("If-Match"),
                failed("If-Match"),
            ),
            (
                &[("if-unmodified-since", OLD)],
                failed("If-Unmodified-Since"),
                failed("If-Unmodified-Since"),
            ),
            (&[("if-unmodified-since", NOW)], Verdict::Proceed, Verdict::Proceed),
            (&[("if-unmodified-since", "soon")], Verdict::Proceed, Verdict::Proceed),
            // 13.1.2: the comparison is weak; a read gives 304, anything else 412.
            (&[("if-none-match", "W/\"1\"")], Verdict::NotModified, failed("If-None-Match")),
            (&[("if-none-match", "\"1\"")], Verdict::NotModified, failed("If-None-Match")),
            (&[("if-none-match", "*")], Verdict::NotModified, failed("If-None-Match")),
            (&[("if-none-match", "\"2\"")], Verdict::Proceed, Verdict::Proceed),
            (
                &[("if-none-match", "*"), ("if-none-match", "*")],
                Verdict::NotModified,
                failed("If-None-Match"),
            ),
            (&[("if-none-match", "*, *")], Verdict::NotModified, failed("If-None-Match")),
            (&[("if-none-match", "\"2\", *")], Verdict::NotModified, failed("If-None-Match")),
            (&[("if-match", "*"), ("if-match", "*")], failed("If-Match"), failed("If-Match")),
            (&[("if-match", "*, *")], failed("If-Match"), failed("If-Match")),
            // If-None-Match decides, whatever If-Modified-Since says.
            (
                &[("if-none-match", "\"2\""), ("if-modified-since", NOW)],
                Verdict::Proceed,
                Verdict::Proceed,
            ),
            (&[("if-modified-since", NOW)], Verdict::NotModified, Verdict::Proceed),
            (&[("if-modified-since", OLD)], Verdict::Proceed, Verdict::Proceed),
            (
                &[("if-match", "\"1\""), ("if-none-match", "\"1\"")],
                Verdict::NotModified,
                failed("If-None-Match"),
            ),
        ] {
            assert_eq!(verdict(&read, fields, "\"1\""), get, "GET {fields:?}");
            assert_eq!(verdict(&Method::HEAD, fields, "\"1\""), get, "HEAD {fields:?}");
            assert_eq!(verdict(&write, fields, "\"1\""), put, "PUT {fields:?}");
        }
        assert_eq!(
            verdict(&read, &[("if-none-match", "\"1\"")], "W/\"1\""),
            Verdict::NotModified,
            "the comparison of If-None-Match is weak on both sides"
        );
        assert_eq!(verdict(&write, &[("if-match", "\"1\"")], "W/\"1\""), failed("If-Match"));
    }

    #[test]
    fn rfc9110_13_1_what_does_not_exist_matches_no_tag_and_no_asterisk() {
        for (name, value, expected) in [
            ("if-match", "*", Verdict::Failed("If-Match")),
            ("if-match", "\"1\"", Verdict::Failed("If-Match")),
            ("if-none-match", "*", Verdict::Proceed),
            ("if-none-match", "\"1\"", Verdict::Proceed),
            ("if-unmodified-since", OLD, Verdict::Proceed),
        ] {
            let field = (HeaderName::from_static(name), HeaderValue::from_static(value));
            let conditions = Conditions::of(&HeaderMap::from_iter([field]));
            assert_eq!(conditions.evaluate(&Method::PUT, None), expected, "{name}: {value}");
        }
    }
}
