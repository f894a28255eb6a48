//! Making links.

use crate::error::Error;
use crate::link_field::link::{Link, LinkBuf};
use crate::reader::Reader;
use crate::relation::Relation;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::fmt::Write;

/// RFC 8187 section 3.2.1, `attr-char`: what need not be percent-encoded.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// Makes a link that a strict reader takes, or refuses.
///
/// ```
/// use version_links::{LinkBuf, Relation};
///
/// let link = LinkBuf::builder("/system/v/84345634/1")
///     .rel(Relation::LATEST_VERSION)
///     .anchor("/docs/test.txt")
///     .title("Première")
///     .build()?;
/// assert_eq!(
///     link.to_string(),
///     r#"</system/v/84345634/1>; rel=latest-version; anchor="/docs/test.txt"; title*=UTF-8''Premi%C3%A8re"#
/// );
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct LinkBuilder {
    target: String,
    relations: Vec<String>,
    parameters: Vec<(String, Value)>,
    commas: Commas,
    /// The first thing given that nobody should send.
    refused: Option<Error>,
}

#[derive(Debug, Clone)]
enum Value {
    Absent,
    Text(String),
    /// Language and text.
    Extended(String, String),
}

/// What becomes of commas in a target.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Commas {
    #[default]
    Kept,
    Encoded,
}

impl LinkBuf {
    /// Makes a link to a target, a URI reference.
    pub fn builder(target: impl Into<String>) -> LinkBuilder {
        LinkBuilder {
            target: target.into(),
            relations: Vec::new(),
            parameters: Vec::new(),
            commas: Commas::Kept,
            refused: None,
        }
    }
}

impl Link<'_> {
    /// Makes the link anew of what was read: its target, relation types and parameters, unknown
    /// ones included, in order. This corrects what broke the grammar and no value:
    ///
    /// | broken | written |
    /// |---|---|
    /// | `anchor-brackets` | `anchor="..."` |
    /// | `parameter-separator`, `parameter-empty`, `parameter-space` | one semicolon before each parameter |
    /// | `parameter-name` | nothing: the parameter has no name to be read by |
    /// | `parameter-value` | a quoted value |
    /// | `ext-value-quoted` | without quotes |
    /// | `rel-repeated`, `parameter-repeated`, `anchor-repeated` | the first alone, which counts |
    /// | `rel-renamed` | the relation's new name |
    /// | `value-ascii`, in another encoding | in UTF-8 |
    ///
    /// What else is broken, [`build`](LinkBuilder::build) refuses.
    pub fn to_builder(self) -> LinkBuilder {
        let mut builder = LinkBuf::builder(self.target());
        let current = self.rel().map(|found| found.renamed().unwrap_or(found.into_owned()));
        builder.relations.extend(current.map(|relation| relation.into_text().into_owned()));
        const ONCE: [&str; 5] = ["anchor", "media", "title", "title*", "type"];
        for parameter in self.parameters().filter(|parameter| !parameter.is("rel")) {
            let name = parameter.name().to_owned();
            let once = ONCE.iter().find(|once| parameter.is(once));
            let again = |(other, _): &(String, _)| {
                once.is_some_and(|once| other.eq_ignore_ascii_case(once))
            };
            if builder.parameters.iter().any(again) {
                continue;
            }
            let value = match (parameter.ext_value(), parameter.value()) {
                (Some(extended), _) => Value::Extended(
                    extended.language().unwrap_or_default().to_owned(),
                    extended.into_text().into_owned(),
                ),
                (None, Some(value)) => Value::Text(value.into_owned()),
                (None, None) => Value::Absent,
            };
            builder.parameters.push((name, value));
        }
        builder
    }

    /// The link as one field value, octet for octet as it was read.
    ///
    /// # Errors
    /// The rule that it breaks, if a strict reader would refuse it, [`Rule::RelRenamed`] for a name
    /// that the draft has given up, and [`Rule::ValueAscii`] for octets that are not UTF-8:
    /// [`to_builder`](Self::to_builder) corrects what can be corrected.
    pub fn to_field_value(self) -> Result<String, Error> {
        let link = self.into_owned();
        verify(&link)?;
        Ok(link.to_string())
    }
}

impl LinkBuilder {
    /// With one more relation type: a registered name in lower case, or a URI.
    pub fn rel(mut self, relation: impl AsRef<str>) -> Self {
        self.relations.push(relation.as_ref().to_owned());
        self
    }

    /// With a context other than the document: a URI reference.
    pub fn anchor(self, anchor: impl Into<String>) -> Self {
        self.parameter("anchor", anchor)
    }

    /// With one more language of the target.
    pub fn hreflang(self, language: impl Into<String>) -> Self {
        self.parameter("hreflang", language)
    }

    /// With the media queries that the target is meant for.
    pub fn media(self, media: impl Into<String>) -> Self {
        self.parameter("media", media)
    }

    /// With a title: as `title` if it is ASCII, otherwise as `title*`, which every reader prefers,
    /// and those that do not know it lose nothing but a title.
    pub fn title(self, title: impl Into<String>) -> Self {
        self.parameter("title", title)
    }

    /// With a title in a language, as `title*`.
    pub fn title_in(mut self, language: impl Into<String>, title: impl Into<String>) -> Self {
        let title = title.into();
        self.refuse_controls(&title);
        self.parameters.push(("title*".into(), Value::Extended(language.into(), title)));
        self
    }

    /// With the media type that the target likely has.
    pub fn type_(self, media_type: impl Into<String>) -> Self {
        self.parameter("type", media_type)
    }

    /// With any other parameter. A value that is not ASCII goes under the name with a `*`, encoded
    /// as RFC 8187 has it, as does that of a name which ends in one. Control characters are refused
    /// in either, but for tabs.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        self.refuse_controls(&value);
        if name.eq_ignore_ascii_case("media") && !value.is_ascii() {
            self.refuse(Rule::ValueAscii, value.as_bytes());
        }
        let is_known = ["rel", "rev", "anchor", "hreflang", "media", "type"]
            .iter()
            .any(|known| name.eq_ignore_ascii_case(known));
        let parameter = match name.strip_suffix('*') {
            Some(_) => (name, Value::Extended(String::new(), value)),
            None if value.is_ascii() || is_known => (name, Value::Text(value)),
            None => (format!("{name}*"), Value::Extended(String::new(), value)),
        };
        self.parameters.push(parameter);
        self
    }

    /// Percent-encodes commas and semicolons in the target, for readers that part links at any
    /// comma. The target is another URI then, which names the same only where the server says so.
    pub fn encode_commas(mut self) -> Self {
        self.commas = Commas::Encoded;
        self
    }

    /// A reader may decode what was encoded, and trust it.
    fn refuse_controls(&mut self, text: &str) {
        if let Some(at) = text.find(|found: char| found.is_control() && found != '\t') {
            self.refuse(Rule::FieldControl, &text.as_bytes()[at..]);
        }
    }

    fn refuse(&mut self, rule: Rule, found: &[u8]) {
        self.refused.get_or_insert_with(|| Error::violation(rule, 0, 0, found));
    }

    /// Makes the link.
    ///
    /// # Errors
    /// The rule by which a strict reader would refuse it, [`Rule::RelRenamed`] for a name that the
    /// draft has given up, [`Rule::FieldControl`] and [`Rule::ValueAscii`] for text that no sender
    /// should send, whichever encoding hides it.
    pub fn build(self) -> Result<LinkBuf, Error> {
        if let Some(refused) = self.refused {
            return Err(refused);
        }
        let target = match self.commas {
            Commas::Kept => self.target,
            Commas::Encoded => self.target.replace(',', "%2C").replace(';', "%3B"),
        };
        let is_one =
            |relation: &String| !relation.is_empty() && !relation.contains(char::is_whitespace);
        if let Some(relation) = self.relations.iter().find(|relation| !is_one(relation)) {
            return Err(Error::violation(Rule::RelSyntax, 0, 0, relation.as_bytes()));
        }
        let mut text = String::new();
        if !self.relations.is_empty() {
            push_parameter(&mut text, "rel", &Value::Text(self.relations.join(" ")));
        }
        for (name, value) in &self.parameters {
            if name.is_empty() || !name.bytes().all(is_token_char) {
                let offset = "<>".len() + target.len() + text.len();
                return Err(Error::violation(
                    Rule::ParameterName,
                    0,
                    offset as u64,
                    name.as_bytes(),
                ));
            }
            push_parameter(&mut text, name, value);
        }
        let link = LinkBuf::new(target, text);
        verify(&link)?;
        Ok(link)
    }
}

/// Titles and anchors were once no tokens, so that they are widest understood in quotes
/// (RFC 8288 section 3, RFC 5988 section 5).
const QUOTED: [&str; 2] = ["anchor", "title"];

/// Appends a parameter: an absent value as nothing, a token as it is, another text in quotes.
fn push_parameter(out: &mut String, name: &str, value: &Value) {
    out.push_str("; ");
    out.push_str(name);
    let may_be_bare = !QUOTED.iter().any(|quoted| name.eq_ignore_ascii_case(quoted));
    match value {
        Value::Absent => {}
        Value::Text(text) if may_be_bare && !text.is_empty() && text.bytes().all(is_token_char) => {
            out.push('=');
            out.push_str(text);
        }
        Value::Text(text) => {
            out.push_str("=\"");
            for found in text.chars() {
                if matches!(found, '"' | '\\') {
                    out.push('\\');
                }
                out.push(found);
            }
            out.push('"');
        }
        Value::Extended(language, text) => {
            // Writing to a String cannot fail.
            let _ = write!(out, "=UTF-8'{language}'{}", utf8_percent_encode(text, ENCODED));
        }
    }
}

/// RFC 9110 section 5.6.2, `tchar`.
fn is_token_char(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// Whether the strict reader takes a link for what it is, and for one, under no name given up.
pub(crate) fn verify(link: &LinkBuf) -> Result<(), Error> {
    let (value, link) = (link.to_string(), link.as_link());
    let mut reading = Reader::new().tolerance(Tolerance::STRICT).links(value.as_bytes());
    let first = reading.next().transpose()?;
    let second = reading.next().transpose()?;
    let rule = match first {
        Some(read) if read == link && second.is_none() => {
            let renamed = |relation: Relation<'_>| relation.renamed().is_some();
            if !link.rel().chain(link.rev()).any(renamed) {
                return Ok(());
            }
            Rule::RelRenamed
        }
        // The parameters are not UTF-8, which text cannot tell.
        Some(read) if read.target() == link.target() && second.is_none() => Rule::ValueAscii,
        _ => Rule::TargetBrackets,
    };
    Err(Error::violation(rule, 0, 0, value.as_bytes()))
}
