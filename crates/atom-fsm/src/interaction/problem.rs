//! Problem documents, which say why a request was refused (RFC 9457).

use super::member::Member;
use crate::rule::Rule;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::fmt;

/// The media type of a problem document.
pub const PROBLEM: &str = "application/problem+json";

/// Why a server refused a request: a problem document (RFC 9457).
///
/// A [`Server`](super::Server) adds to the members of RFC 9457 what it knows of the place: `rule`,
/// the identifier of a [`Rule`], with its `section`; `path`, such as `/entry/link[2]`; and `line` and
/// `column` in the document that was sent.
///
/// ```
/// use atom_fsm::interaction::Problem;
///
/// let problem = Problem::parse(br#"{"title":"Bad Request","status":400,"rule":"link-href","line":3}"#);
/// let problem = problem.unwrap();
/// assert_eq!((problem.status(), problem.line()), (Some(400), Some(3)));
/// assert_eq!(problem.rule(), Some(atom_fsm::Rule::LinkHref));
/// assert_eq!(Problem::parse(problem.to_json().as_bytes()), Some(problem));
/// ```
///
/// It can be deserialized from other forms of the same members, too. Of a member that is not known,
/// nothing is kept, however long it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problem {
    type_: Option<String>,
    title: Option<String>,
    status: Option<u16>,
    detail: Option<String>,
    instance: Option<String>,
    rule: Option<String>,
    section: Option<String>,
    path: Option<String>,
    line: Option<u64>,
    column: Option<u64>,
}

impl Problem {
    /// Reads a problem document. A member of another type than RFC 9457 demands is ignored (section
    /// 3.1), and so are members that are not known. `None` for what is no JSON object.
    #[must_use]
    pub fn parse(document: &[u8]) -> Option<Self> {
        let document = document.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(document);
        serde_json::from_slice(document).ok()
    }

    fn set(&mut self, name: &str, member: Member) {
        let text = match (name, member) {
            ("status", Member::Number(status)) => {
                self.status = u16::try_from(status).ok();
                return;
            }
            ("line", Member::Number(line)) => return self.line = Some(line),
            ("column", Member::Number(column)) => return self.column = Some(column),
            (_, Member::Text(text)) => text,
            _ => return,
        };
        let place = match name {
            "type" => &mut self.type_,
            "title" => &mut self.title,
            "detail" => &mut self.detail,
            "instance" => &mut self.instance,
            "rule" => &mut self.rule,
            "section" => &mut self.section,
            "path" => &mut self.path,
            _ => return,
        };
        *place = Some(text);
    }

    /// The URI that identifies the kind of problem; `None` means `about:blank`: the status says it all.
    #[must_use]
    pub fn type_uri(&self) -> Option<&str> {
        self.type_.as_deref()
    }

    /// A short sentence for people, the same for each problem of its kind.
    #[must_use]
    pub fn title(&self) -> Option<&str> {
        self.title.as_deref()
    }

    /// The status of the response, as the server that found the problem has set it.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// What was wrong this time, for people.
    #[must_use]
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }

    /// The URI reference that identifies this occurrence.
    #[must_use]
    pub fn instance(&self) -> Option<&str> {
        self.instance.as_deref()
    }

    /// The identifier of the rule that the request violates, whether or not this crate has the rule.
    #[must_use]
    pub fn rule_name(&self) -> Option<&str> {
        self.rule.as_deref()
    }

    /// The rule that the request violates, if it is one of this crate.
    #[must_use]
    pub fn rule(&self) -> Option<Rule> {
        Rule::ALL.iter().copied().find(|rule| Some(rule.name()) == self.rule_name())
    }

    /// The section that the rule is of.
    #[must_use]
    pub fn section(&self) -> Option<&str> {
        self.section.as_deref()
    }

    /// The path of the element in the document that was sent, such as `/entry/link[2]`.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        self.path.as_deref()
    }

    /// The line in the document that was sent; the first is 1.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.line
    }

    /// The column in the line; the first is 1.
    #[must_use]
    pub fn column(&self) -> Option<u64> {
        self.column
    }

    /// Returns the problem of a status.
    #[must_use]
    pub fn of_status(status: http::StatusCode) -> Self {
        let title = status.canonical_reason().map(str::to_owned);
        Self { title, status: Some(status.as_u16()), ..Self::default() }
    }

    /// Sets [`detail`](Self::detail).
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Sets the rule, with its section.
    #[must_use]
    pub fn with_rule(mut self, rule: Rule) -> Self {
        (self.rule, self.section) = (Some(rule.name().to_owned()), Some(rule.section().to_owned()));
        self
    }

    /// Sets [`path`](Self::path).
    #[must_use]
    pub fn with_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the line and the column.
    #[must_use]
    pub fn with_place(mut self, line: u64, column: u64) -> Self {
        (self.line, self.column) = (Some(line), Some(column));
        self
    }

    /// Writes the problem document.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut members = Map::new();
        for (name, text) in [
            ("type", &self.type_),
            ("title", &self.title),
            ("detail", &self.detail),
            ("instance", &self.instance),
            ("rule", &self.rule),
            ("section", &self.section),
            ("path", &self.path),
        ] {
            if let Some(text) = text {
                members.insert(name.to_owned(), text.clone().into());
            }
        }
        let status = self.status.map(u64::from);
        for (name, number) in [("status", status), ("line", self.line), ("column", self.column)] {
            if let Some(number) = number {
                members.insert(name.to_owned(), number.into());
            }
        }
        Value::Object(members).to_string()
    }
}

impl Problem {
    /// Returns the response of the problem's [`status`](Self::status), or 500 without one, with the
    /// problem document as its body.
    ///
    /// ```
    /// use atom_fsm::interaction::Problem;
    /// use http::StatusCode;
    ///
    /// let problem = Problem::of_status(StatusCode::TOO_MANY_REQUESTS).with_detail("10 a minute");
    /// let response = problem.into_response();
    /// assert_eq!(response.status(), 429);
    /// assert_eq!(response.headers()["content-type"], "application/problem+json");
    /// ```
    #[must_use]
    pub fn into_response(self) -> http::Response<Vec<u8>> {
        let status = self.status.and_then(|status| http::StatusCode::from_u16(status).ok());
        let mut response = http::Response::new(self.to_json().into_bytes());
        *response.status_mut() = status.unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
        let media_type = http::HeaderValue::from_static(PROBLEM);
        response.headers_mut().insert(http::header::CONTENT_TYPE, media_type);
        response
    }
}

impl<'de> Deserialize<'de> for Problem {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Problem;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Problem, A::Error> {
        let mut problem = Problem::default();
        while let Some((name, member)) = members.next_entry::<Cow<'_, str>, Member>()? {
            problem.set(&name, member);
        }
        Ok(problem)
    }
}
