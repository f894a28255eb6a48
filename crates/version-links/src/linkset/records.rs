//! Links of a linkset as records, and records as links of a linkset.

use crate::linkset::model::{Attribute, Extended, Item, Linkset, Target, Value};
use crate::linkset::target::LinksetTarget;
use crate::versions::Record;
use std::borrow::Cow;

impl<'a> Linkset<'a> {
    /// The links as records, in order, for [`VersionLinks`](crate::VersionLinks). Links that could not
    /// be read are left out; [`links`](Self::links) gives their errors.
    ///
    /// The records keep all attributes in order, with their languages, except JSON values that are no
    /// text and values of a name that ends in `*` that were not decoded.
    ///
    /// ```
    /// use version_links::{Linkset, VersionLinks};
    ///
    /// let linkset = Linkset::from_text(b"</v/2>; rel=latest-version; anchor=\"/doc\"")?;
    /// let versions = VersionLinks::about("https://example.org/doc").records(linkset.records());
    /// assert_eq!(versions.latest_version().unwrap().uri(), "https://example.org/v/2");
    /// # Ok::<(), version_links::Error>(())
    /// ```
    pub fn records(&self) -> impl Iterator<Item = Record<'_>> {
        self.links().flatten().map(LinksetTarget::to_record)
    }

    /// Makes a linkset of records. All that a record says is kept: consecutive records with the same
    /// context become one link context object.
    ///
    /// ```
    /// use version_links::{Linkset, Record, Relation};
    ///
    /// let linkset = Linkset::from_records([
    ///     Record::new(Relation::LATEST_VERSION, "https://example.org/v/2")
    ///         .with_context("https://example.org/doc")
    ///         .with_attribute("type", "text/html"),
    /// ]);
    /// assert_eq!(
    ///     linkset.to_text()?,
    ///     "<https://example.org/v/2>; rel=\"latest-version\"; \
    ///      anchor=\"https://example.org/doc\"; type=\"text/html\"\n"
    /// );
    /// # Ok::<(), version_links::Error>(())
    /// ```
    #[must_use]
    pub fn from_records<'r>(records: impl IntoIterator<Item = Record<'r>>) -> Linkset<'static> {
        let mut linkset = Linkset::default();
        for record in records {
            let anchor = record.context().map(|context| Cow::Owned(context.to_owned()));
            if linkset.contexts.last().is_none_or(|last| last.anchor != anchor) {
                linkset.finish();
                linkset.begin(anchor);
            }
            let start = linkset.attributes.len();
            linkset.attributes.extend(record.attribute_parts().map(attribute));
            let attributes = start..linkset.attributes.len();
            let relation = linkset.relation(Cow::Owned(record.relation().as_str().to_owned()));
            let href = Cow::Owned(record.target().to_owned());
            linkset.items.push(Item::Target(Target { relation, href, attributes }));
        }
        linkset.finish();
        linkset
    }
}

fn attribute((name, text, language): (&str, Option<&str>, Option<&str>)) -> Attribute<'static> {
    let owned = |text: &str| Cow::Owned(text.to_owned());
    let value = match text.map(owned) {
        None => Value::Absent,
        Some(text) if name.ends_with('*') => {
            Value::Extended(Box::new(Extended { text, language: language.map(owned) }))
        }
        Some(text) => Value::Text(text),
    };
    Attribute { name: owned(name), value }
}

impl<'s> LinksetTarget<'s> {
    /// The link as a record, as [`Linkset::records`] gives it.
    #[must_use]
    pub fn to_record(self) -> Record<'s> {
        let mut record = Record::new(self.relation(), self.href());
        if let Some(anchor) = self.anchor() {
            record = record.with_context(anchor);
        }
        self.attributes().fold(record, |record, one| match one.as_value() {
            Value::Absent => record.with_flag(one.name()),
            Value::Text(_) if one.name().ends_with('*') => record,
            Value::Text(text) => record.with_attribute(one.name(), &**text),
            Value::Extended(value) => {
                let language = value.language.as_deref().unwrap_or_default();
                record.with_attribute_in(language, one.name(), &*value.text)
            }
            Value::Json(_) => record,
        })
    }
}
