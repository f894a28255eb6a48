//! Makes Link fields of what links say about versions.

use crate::error::Error;
use crate::limits::Limits;
use crate::link_field::{LinkBuf, LinkBuilder};
use crate::reference::{self, Base};
use crate::rule::Rule;
use crate::versions::attribute::{Attribute, AttributeValue};
use crate::versions::version_link::{Target, VersionLink};
use crate::versions::version_links::VersionLinks;
use std::borrow::Cow;
use std::sync::Arc;

/// A link that was made of what links say about versions, and what was corrected to make it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrittenLink {
    link: LinkBuf,
    corrections: Vec<Correction>,
}

/// An attribute that a strict reader refuses, and what was written in its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Correction {
    /// Control characters, such as line breaks, in the value of the attribute with this name became
    /// spaces: one space for each run of them.
    ControlCharacters(String),
    /// The media type, of which this is the text, has parameters, such as `;charset=utf-8`. They were
    /// left out, because the `type` of a link has none (RFC 8288 section 3.4.1).
    TypeParameters(String),
    /// A later attribute with this name was left out. Only the first one counts.
    Repeated(String),
    /// The attribute with this name was left out, because it violates this rule.
    LeftOut(String, Rule),
}

impl WrittenLink {
    /// The link, which a strict reader accepts.
    #[must_use]
    pub fn link(&self) -> &LinkBuf {
        &self.link
    }

    /// The link, which a strict reader accepts.
    #[must_use]
    pub fn into_link(self) -> LinkBuf {
        self.link
    }

    /// What was corrected. It is empty if the link says all that was read.
    #[must_use]
    pub fn corrections(&self) -> &[Correction] {
        &self.corrections
    }
}

impl VersionLinks {
    /// Makes the links for the Link fields of the context itself, in order.
    ///
    /// Relation types that were read from one link make one link again. A target keeps its spelling
    /// if it names the same resource when it is resolved against the context; otherwise it becomes
    /// the resolved URI. IRIs are mapped to URIs. Registered relation types are written in lower
    /// case. Of attributes that RFC 8288 allows once, the first one is written. An attribute that
    /// cannot be written is corrected or left out, and the link says so.
    ///
    /// ```
    /// use version_links::{Correction, LinkFields, Record, Relation, VersionLinks};
    ///
    /// // From JSON, where a media type may have parameters.
    /// let record = Record::new(Relation::NEXT, "/v/2").with_attribute("type", "text/html;charset=utf-8");
    /// let versions = VersionLinks::about("http://example.net/v/1").records([record]);
    /// let written = versions.to_links().remove(0)?;
    /// let correction = Correction::TypeParameters("text/html;charset=utf-8".into());
    /// assert_eq!(written.corrections(), [correction]);
    /// assert_eq!(
    ///     LinkFields::new().values(&[written.into_link()])?,
    ///     ["</v/2>; rel=next; type=\"text/html\""]
    /// );
    /// # Ok::<(), version_links::Error>(())
    /// ```
    ///
    /// # Errors
    /// Each link has its own result: an error of [`LinkBuilder::build`] if the target or a relation
    /// type cannot be written. The other links are not affected.
    #[must_use]
    pub fn to_links(&self) -> Vec<Result<WrittenLink, Error>> {
        let base = Base::new(&self.context);
        let of_one =
            |one: &VersionLink, other: &VersionLink| Arc::ptr_eq(&one.target, &other.target);
        self.links.chunk_by(of_one).map(|links| written(links, &base)).collect()
    }
}

/// Makes one link of relation types that have the same target.
fn written(links: &[VersionLink], base: &Base) -> Result<WrittenLink, Error> {
    let Some(first) = links.first() else { return Err(no_relation()) };
    let target = &first.target;
    let spelled = target.reference.as_deref().unwrap_or(&target.uri);
    let same =
        target.reference.is_none() || base.resolve(spelled).is_some_and(|uri| uri == target.uri);
    let written = reference::to_uri(if same { spelled } else { &target.uri });
    let start = links.iter().fold(LinkBuf::builder(written), |builder, link| {
        let relation = link.relation.as_str();
        match link.relation.is_extension() {
            true => builder.rel(relation),
            false => builder.rel(relation.to_ascii_lowercase()),
        }
    });
    let as_read = target.attributes.iter().fold(start.clone(), with);
    let has_anchor = target.attributes.iter().any(|attribute| attribute.is("anchor"));
    match as_read.build() {
        Ok(link) if !has_anchor => Ok(WrittenLink { link, corrections: Vec::new() }),
        Err(error) if target.attributes.len() as u64 >= Limits::default().parameters => Err(error),
        // The link is at fault itself, or one of its attributes is.
        Ok(_) | Err(_) => corrected(start, target),
    }
}

fn no_relation() -> Error {
    Error::violation(Rule::RelMissing, 0, 0, b"")
}

fn with(builder: LinkBuilder, attribute: &Attribute<'_>) -> LinkBuilder {
    let name = &*attribute.name;
    match &attribute.value {
        AttributeValue::Absent => builder.flag(name),
        AttributeValue::Text(text) => builder.parameter(name, &**text),
        AttributeValue::Encoded { language, text } => {
            builder.parameter_in(&**language, name, &**text)
        }
    }
}

/// Makes the link with those attributes alone that can be written, one after the other.
fn corrected(start: LinkBuilder, target: &Target) -> Result<WrittenLink, Error> {
    start.clone().build()?;
    let mut corrections = Vec::new();
    let mut builder = start;
    let alone = || LinkBuf::builder("").rel("item");
    for attribute in &target.attributes {
        let (attribute, mended) = mended(attribute);
        let name = || attribute.name.clone().into_owned();
        match with(alone(), &attribute).build() {
            // The link is about the context, whatever an attribute is called.
            Ok(_) if attribute.is("anchor") => {
                corrections.push(Correction::LeftOut(name(), Rule::AnchorRepeated));
            }
            // Alone it can be written; beside the others it may be the second one of its name.
            Ok(_) if builder.would_repeat(&attribute.name, attribute.text()) => {
                corrections.push(Correction::Repeated(name()));
            }
            Ok(_) => {
                corrections.extend(mended);
                builder = with(builder, &attribute);
            }
            Err(error) => {
                let rule = error.rule().unwrap_or(Rule::ParameterValue);
                corrections.push(Correction::LeftOut(name(), rule));
            }
        }
    }
    Ok(WrittenLink { link: builder.build()?, corrections })
}

/// The attribute without control characters and, if it is a media type, without parameters, and what
/// was changed in it.
fn mended<'a>(attribute: &'a Attribute<'a>) -> (Cow<'a, Attribute<'a>>, Vec<Correction>) {
    let mut mended = Cow::Borrowed(attribute);
    let mut corrections = Vec::new();
    let is_control = |found: char| found.is_control() && found != '\t';
    if attribute.text().contains(is_control) {
        let spaced = attribute.text().split(is_control).filter(|run| !run.is_empty());
        let spaced = Cow::Owned(spaced.collect::<Vec<_>>().join(" "));
        let mended = mended.to_mut();
        mended.value = match &mended.value {
            AttributeValue::Encoded { language, .. } => {
                AttributeValue::Encoded { language: language.clone(), text: spaced }
            }
            _ => AttributeValue::Text(spaced),
        };
        corrections.push(Correction::ControlCharacters(attribute.name.clone().into_owned()));
    }
    if attribute.is("type") {
        if let Some((media_type, _)) = mended.text().split_once(';') {
            let media_type = Cow::Owned(media_type.trim().to_owned());
            corrections.push(Correction::TypeParameters(attribute.text().to_owned()));
            mended.to_mut().value = AttributeValue::Text(media_type);
        }
    }
    (mended, corrections)
}
