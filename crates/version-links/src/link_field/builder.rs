//! Making links.

use crate::error::Error;
use crate::ext_value::push_ext_value;
use crate::limits::Limits;
use crate::link_field::grammar::is_token;
use crate::link_field::known::Known;
use crate::link_field::link::{Link, LinkBuf};
use crate::link_field::parameter::Parameter;
use crate::reader::Reader;
use crate::relation::Relation;
use crate::reporting::Tolerance;
use crate::rule::Rule;
use std::borrow::Cow;

/// Makes a link that a strict reader accepts, or gives the reason why it cannot be made.
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
    limits: Limits,
    /// The first text given that must not be sent.
    refused: Option<Error>,
}

#[derive(Debug, Clone)]
enum Value {
    Absent,
    Text(String),
    /// Language and text of an `ext-value`.
    Encoded(String, String),
}

/// How commas and semicolons in a target are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Commas {
    #[default]
    Kept,
    Encoded,
}

impl LinkBuf {
    /// Starts a link to a target, which is a URI reference.
    pub fn builder(target: impl Into<String>) -> LinkBuilder {
        LinkBuilder {
            target: target.into(),
            relations: Vec::new(),
            parameters: Vec::new(),
            commas: Commas::Kept,
            limits: Limits::default(),
            refused: None,
        }
    }
}

impl Link<'_> {
    /// Starts a link with the target, relation types and parameters of this one, in order,
    /// including unknown parameters. The new link has the same values, and these violations are
    /// corrected:
    ///
    /// | violated | written |
    /// |---|---|
    /// | `anchor-brackets` | `anchor="..."` |
    /// | `parameter-separator`, `parameter-empty`, `parameter-space` | one semicolon before each parameter |
    /// | `parameter-name` | nothing, because the parameter has no valid name |
    /// | `parameter-value` | a quoted value |
    /// | `ext-value-quoted` | the value without quotes |
    /// | `rel-repeated`, `parameter-repeated`, `anchor-repeated` | only the first one, which is the one that counts |
    /// | `rel-renamed`, in `rel` only | the relation's present name |
    /// | `ext-value-charset`, if the value is in ISO-8859-1 | the value in UTF-8 |
    /// | `ext-value-syntax`, if the only fault is characters that are not encoded | the encoded value |
    /// | `field-fold` | white space |
    /// | `value-ascii` in a `title` without a `title*` | `title*`, as [`LinkBuilder::title`] writes it |
    /// | `value-ascii` elsewhere, if the value is not UTF-8 | the value in UTF-8 |
    ///
    /// [`build`](LinkBuilder::build) refuses any other violation that a strict reader refuses.
    pub fn to_builder(self) -> LinkBuilder {
        let mut builder = LinkBuf::builder(self.target());
        let current = self.rel().map(|found| found.renamed().unwrap_or(found.into_owned()));
        builder.relations.extend(current.map(|relation| relation.into_text().into_owned()));
        let mut seen = 0_u8;
        let has_title_star = || self.parameter("title*").and_then(Parameter::ext_value).is_some();
        for parameter in self.parameters().filter(|parameter| !parameter.is("rel")) {
            let mut name = parameter.name().to_owned();
            let once = Known::of(&name).filter(|known| known.repeated().is_some());
            let bit = once.map_or(0, |known| 1_u8 << known as u8);
            if seen & bit != 0 {
                continue;
            }
            seen |= bit;
            let value = match (parameter.ext_value(), parameter.value()) {
                (Some(ext_value), _) => Value::Encoded(
                    ext_value.language().unwrap_or_default().to_owned(),
                    ext_value.into_text().into_owned(),
                ),
                (None, Some(value))
                    if parameter.is("title") && !value.is_ascii() && !has_title_star() =>
                {
                    name = "title*".to_owned();
                    Value::Encoded(String::new(), value.into_owned())
                }
                (None, Some(value)) => Value::Text(value.into_owned()),
                (None, None) => Value::Absent,
            };
            builder.parameters.push((name, value));
        }
        builder
    }

    /// Writes the link as one field value, octet for octet as it was read, but without white space
    /// beside the target within its brackets, which a reader leaves out and reports.
    ///
    /// # Errors
    /// The rule that the link violates, if a strict reader would refuse it. Also
    /// [`Rule::RelRenamed`] for a former name of a relation, [`Rule::ValueAscii`] for octets that
    /// are not UTF-8, and [`Limit::Parameters`] or [`Limit::FieldOctets`] if the link exceeds a
    /// default limit of a reader. [`to_builder`](Self::to_builder) corrects what can be corrected.
    ///
    /// [`Limit::Parameters`]: crate::Limit::Parameters
    /// [`Limit::FieldOctets`]: crate::Limit::FieldOctets
    pub fn to_field_value(self) -> Result<String, Error> {
        let link = self.into_owned();
        verify(&link, Limits::default())?;
        Ok(link.to_string())
    }
}

impl LinkBuilder {
    /// Adds a relation type: a registered name in lower case, or a URI.
    pub fn rel(mut self, relation: impl AsRef<str>) -> Self {
        self.relations.push(relation.as_ref().to_owned());
        self
    }

    /// Sets the resource that the link leads from, if it is not the document: a URI reference. A
    /// link has at most one: [`build`](Self::build) refuses a second one, because readers use only
    /// the first.
    pub fn anchor(self, anchor: impl Into<String>) -> Self {
        self.parameter("anchor", anchor)
    }

    /// Adds a language of the target.
    pub fn hreflang(self, language: impl Into<String>) -> Self {
        self.parameter("hreflang", language)
    }

    /// Sets the media queries that the target is meant for. They must be ASCII. A link has at most
    /// one `media`: [`build`](Self::build) refuses a second one.
    pub fn media(self, media: impl Into<String>) -> Self {
        self.parameter("media", media)
    }

    /// Sets the title. It is written as `title` if it is ASCII, and as `title*` otherwise. Old
    /// readers, which do not know `title*`, then show no title. A link has at most one `title` and
    /// one `title*`: [`build`](Self::build) refuses a second one.
    pub fn title(self, title: impl Into<String>) -> Self {
        self.parameter("title", title)
    }

    /// Sets the title in a language. It is written as `title*`. A link has at most one:
    /// [`build`](Self::build) refuses a second one.
    pub fn title_in(self, language: impl Into<String>, title: impl Into<String>) -> Self {
        self.parameter_in(language, "title*", title)
    }

    /// Sets the media type that the target probably has. A link has at most one:
    /// [`build`](Self::build) refuses a second one.
    pub fn type_(self, media_type: impl Into<String>) -> Self {
        self.parameter("type", media_type)
    }

    /// Adds a parameter.
    ///
    /// If the name ends in `*`, the value is always encoded as RFC 8187 says. If it does not, and
    /// the value is not ASCII, a `*` is added to the name, and the value is encoded. The parameters
    /// `rel`, `rev`, `anchor`, `hreflang`, `media` and `type` have no form with `*`, so
    /// [`build`](Self::build) refuses values of them that are not ASCII. It refuses control
    /// characters other than tabs in any value.
    pub fn parameter(self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let (name, value) = (name.into(), value.into());
        match written_name(&name, &value) {
            Cow::Borrowed(_) if name.ends_with('*') => self.parameter_in("", name, value),
            Cow::Borrowed(_) => self.push(name, Value::Text(value)),
            Cow::Owned(name) => self.parameter_in("", name, value),
        }
    }

    /// Adds a parameter in a language. The name ends in `*`, and the value is encoded as RFC 8187
    /// says. [`build`](Self::build) refuses a name without a `*`, and what
    /// [`parameter`](Self::parameter) refuses.
    pub fn parameter_in(
        mut self,
        language: impl Into<String>,
        name: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        let name = name.into();
        if !name.ends_with('*') {
            self.refuse(Rule::ExtValueSyntax, name.as_bytes());
        }
        self.push(name, Value::Encoded(language.into(), value.into()))
    }

    /// Adds a parameter without a value, such as `crossorigin`.
    pub fn flag(self, name: impl Into<String>) -> Self {
        self.push(name.into(), Value::Absent)
    }

    fn push(mut self, name: String, value: Value) -> Self {
        let is = |known: &str| name.eq_ignore_ascii_case(known);
        if let Value::Text(text) | Value::Encoded(_, text) = &value {
            self.refuse_controls(text);
            if is("media") && !text.is_ascii() {
                self.refuse(Rule::ValueAscii, text.as_bytes());
            }
        }
        if is("anchor") && self.has_parameter("anchor") {
            self.refuse(Rule::AnchorRepeated, name.as_bytes());
        }
        self.parameters.push((name, value));
        self
    }

    fn has_parameter(&self, name: &str) -> bool {
        self.parameters.iter().any(|(found, _)| found.eq_ignore_ascii_case(name))
    }

    /// Whether a parameter would be a second one of a name that occurs once in a link.
    pub(crate) fn would_repeat(&self, name: &str, value: &str) -> bool {
        let name = written_name(name, value);
        let occurs_once = Known::of(&name).is_some_and(|known| known.repeated().is_some());
        occurs_once && self.has_parameter(&name)
    }

    /// Percent-encodes commas and semicolons in the target, for readers that split a field at each
    /// comma. The target is then another URI, which names the same resource only if the server
    /// treats both alike.
    pub fn encode_commas(mut self) -> Self {
        self.commas = Commas::Encoded;
        self
    }

    /// Sets the limits of the readers that the link is made for. Only
    /// [`Limits::parameters`] and [`Limits::field_octets`] have an effect. The default is
    /// [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Refuses control characters, because a reader may decode a value and trust it.
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
    /// The rule by which a strict reader would refuse the link. Also [`Rule::RelRenamed`] for a
    /// former name of a relation; [`Rule::FieldControl`] for a control character in a value that
    /// was given to the builder, even where it would be encoded; [`Rule::ValueAscii`] for a value
    /// of `media` that is not ASCII; [`Rule::AnchorRepeated`] for a second anchor; and
    /// [`Limit::Parameters`] or [`Limit::FieldOctets`] if the link exceeds one of the
    /// [`limits`](Self::limits).
    ///
    /// [`Limit::Parameters`]: crate::Limit::Parameters
    /// [`Limit::FieldOctets`]: crate::Limit::FieldOctets
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
            if !is_token(name.as_bytes()) {
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
        verify(&link, self.limits).map_err(Error::in_building)?;
        let rel = usize::from(!self.relations.is_empty());
        Ok(link.with_strict((self.parameters.len() + rel) as u64))
    }
}

/// The name with which a value is written: with a `*` if the value is not ASCII and may be encoded.
fn written_name<'n>(name: &'n str, value: &str) -> Cow<'n, str> {
    let has_ext_value_form = Known::of(name).is_none_or(Known::has_ext_value_form);
    match value.is_ascii() || name.ends_with('*') || !has_ext_value_form {
        true => Cow::Borrowed(name),
        false => Cow::Owned(format!("{name}*")),
    }
}

/// Older readers understand titles and anchors only in quotes, because RFC 5988 section 5 did not
/// allow tokens for them.
const QUOTED: [&str; 2] = ["anchor", "title"];

/// Appends a parameter. A token is written as it is, any other text in quotes, an absent value not
/// at all.
fn push_parameter(out: &mut String, name: &str, value: &Value) {
    out.push_str("; ");
    out.push_str(name);
    let may_be_bare = !QUOTED.iter().any(|quoted| name.eq_ignore_ascii_case(quoted));
    match value {
        Value::Absent => {}
        Value::Text(text) if may_be_bare && is_token(text.as_bytes()) => {
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
        Value::Encoded(language, text) => {
            out.push('=');
            push_ext_value(out, language, text);
        }
    }
}

/// Checks that a strict reader reads the link as it is, and as one link, and that no relation has
/// its former name.
pub(crate) fn verify(link: &LinkBuf, limits: Limits) -> Result<(), Error> {
    let (value, link) = (link.to_string(), link.as_link());
    let strict = Reader::new().tolerance(Tolerance::STRICT).limits(limits.links(2));
    let mut reading = strict.links(value.as_bytes());
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
        // The parameters are not UTF-8, so that the text of the value differs from them.
        Some(read) if read.target() == link.target() && second.is_none() => Rule::ValueAscii,
        _ => Rule::TargetBrackets,
    };
    Err(Error::violation(rule, 0, 0, value.as_bytes()))
}
