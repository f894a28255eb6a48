//! The accessors that feeds, entries and sources have in common, each written once.

/// One text value: `id()`, `with_id()`, `set_id()`.
macro_rules! value {
    ($what:literal, $get:ident, $with:ident, $set:ident, $($field:ident).+) => {
        #[doc = $what]
        #[must_use]
        pub fn $get(&self) -> Option<&str> {
            self.$($field).+.as_ref().map(|element| &*element.text)
        }

        #[doc = concat!("With [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        #[must_use]
        pub fn $with(mut self, value: impl Into<std::borrow::Cow<'a, str>>) -> Self {
            self.$set(Some(value.into()));
            self
        }

        #[doc = concat!("Sets or removes [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        pub fn $set(&mut self, value: Option<std::borrow::Cow<'a, str>>) {
            self.$($field).+ = value.map($crate::atom::text_element::TextElement::from);
        }
    };
}

/// One structured value: `title()`, `with_title()`, `set_title()`.
macro_rules! single {
    ($what:literal, $type:ty, $get:ident, $with:ident, $set:ident, $($field:ident).+) => {
        #[doc = $what]
        #[must_use]
        pub fn $get(&self) -> Option<&$type> {
            self.$($field).+.as_ref()
        }

        #[doc = concat!("With [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        #[must_use]
        pub fn $with(mut self, value: impl Into<$type>) -> Self {
            self.$set(Some(value.into()));
            self
        }

        #[doc = concat!("Sets or removes [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        pub fn $set(&mut self, value: Option<$type>) {
            self.$($field).+ = value;
        }
    };
}

/// A list: `links()`, `links_mut()`, `with_link()`.
macro_rules! list {
    ($what:literal, $type:ty, $get:ident, $mut:ident, $with:ident, $($field:ident).+) => {
        #[doc = $what]
        #[must_use]
        pub fn $get(&self) -> &[$type] {
            &self.$($field).+
        }

        #[doc = concat!("[`", stringify!($get), "`](Self::", stringify!($get), "), to be changed.")]
        pub fn $mut(&mut self) -> &mut Vec<$type> {
            &mut self.$($field).+
        }

        #[doc = concat!("With one more of [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        #[must_use]
        pub fn $with(mut self, value: impl Into<$type>) -> Self {
            self.$($field).+.push(value.into());
            self
        }
    };
}

/// The attributes: `common()`, `with_common()`.
macro_rules! common {
    ($($field:ident).+) => {
        /// Its attributes.
        #[must_use]
        pub fn common(&self) -> &$crate::atom::Common<'a> {
            &self.$($field).+
        }

        /// With these attributes.
        #[must_use]
        pub fn with_common(mut self, common: $crate::atom::Common<'a>) -> Self {
            self.$($field).+ = common;
            self
        }
    };
}

/// Links by relation: `link()`.
macro_rules! relation {
    () => {
        /// The first link of a relation: see [`Link::has_rel`](crate::atom::Link::has_rel).
        #[must_use]
        pub fn link(&self, relation: &str) -> Option<&$crate::atom::Link<'a>> {
            self.links().iter().find(|link| link.has_rel(relation))
        }
    };
}

/// What feeds and sources have (RFC 4287 sections 4.1.1 and 4.2.11), in a field of this name.
macro_rules! metadata {
    ($metadata:ident) => {
        value!("The id: an IRI that never changes.", id, with_id, set_id, $metadata.id);
        single!("The title.", Text<'a>, title, with_title, set_title, $metadata.title);
        single!(
            "The subtitle.",
            Text<'a>,
            subtitle,
            with_subtitle,
            set_subtitle,
            $metadata.subtitle
        );
        single!(
            "When it last changed notably.",
            Date<'a>,
            updated,
            with_updated,
            set_updated,
            $metadata.updated
        );
        list!("The authors.", Person<'a>, authors, authors_mut, with_author, $metadata.authors);
        list!(
            "The contributors.",
            Person<'a>,
            contributors,
            contributors_mut,
            with_contributor,
            $metadata.contributors
        );
        list!("The links.", Link<'a>, links, links_mut, with_link, $metadata.links);
        relation!();
        list!(
            "The categories.",
            Category<'a>,
            categories,
            categories_mut,
            with_category,
            $metadata.categories
        );
        single!(
            "The program that made it.",
            Generator<'a>,
            generator,
            with_generator,
            set_generator,
            $metadata.generator
        );
        value!(
            "The IRI reference of a small square picture.",
            icon,
            with_icon,
            set_icon,
            $metadata.icon
        );
        value!("The IRI reference of a wide picture.", logo, with_logo, set_logo, $metadata.logo);
        single!(
            "Who may do what with it.",
            Text<'a>,
            rights,
            with_rights,
            set_rights,
            $metadata.rights
        );
        list!(
            "Markup of other vocabularies, in order.",
            Element<'a>,
            extensions,
            extensions_mut,
            with_extension,
            $metadata.extensions
        );
        common!($metadata.common);
    };
}

pub(crate) use {common, list, metadata, relation, single, value};
