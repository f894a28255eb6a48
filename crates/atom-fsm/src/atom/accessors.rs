//! The accessors that several elements have in common. Each macro writes the public methods that
//! its comment shows, for a field of the struct, `field` or `field.of.field`.

/// For an `Option<TextElement<'a>>`, such as
/// `value!("The id.", id, id_common, with_id, set_id, id)`:
///
/// ```text
/// pub fn id(&self) -> Option<&str>;
/// pub fn id_common(&self) -> Option<&Common<'a>>;
/// pub fn with_id(self, value: impl Into<Cow<'a, str>>) -> Self;
/// pub fn set_id(&mut self, value: Option<Cow<'a, str>>);
/// ```
macro_rules! value {
    (
        $what:literal, $get:ident, $common:ident, $with:ident, $set:ident, $($field:ident).+
    ) => {
        #[doc = $what]
        #[must_use]
        pub fn $get(&self) -> Option<&str> {
            self.$($field).+.as_ref().map(|element| &*element.text)
        }

        #[doc = concat!(
            "The attributes that the element of [`", stringify!($get), "`](Self::",
            stringify!($get), ") has, its own `xml:base` among them.",
        )]
        #[must_use]
        pub fn $common(&self) -> Option<&$crate::atom::Common<'a>> {
            self.$($field).+.as_ref().map(|element| &element.common)
        }

        #[doc = concat!("Sets [`", stringify!($get), "`](Self::", stringify!($get), ").")]
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

/// For an `Option<T>`, such as
/// `single!("The title.", Text<'a>, title, with_title, set_title, title)`:
///
/// ```text
/// pub fn title(&self) -> Option<&Text<'a>>;
/// pub fn with_title(self, value: impl Into<Text<'a>>) -> Self;
/// pub fn set_title(&mut self, value: Option<Text<'a>>);
/// ```
macro_rules! single {
    ($what:literal, $type:ty, $get:ident, $with:ident, $set:ident, $($field:ident).+) => {
        #[doc = $what]
        #[must_use]
        pub fn $get(&self) -> Option<&$type> {
            self.$($field).+.as_ref()
        }

        #[doc = concat!("Sets [`", stringify!($get), "`](Self::", stringify!($get), ").")]
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

/// For a `Vec<T>`, such as `list!("The links.", Link<'a>, links, links_mut, with_link, links)`:
///
/// ```text
/// pub fn links(&self) -> &[Link<'a>];
/// pub fn links_mut(&mut self) -> &mut Vec<Link<'a>>;
/// pub fn with_link(self, value: impl Into<Link<'a>>) -> Self;
/// ```
macro_rules! list {
    ($what:literal, $type:ty, $get:ident, $mut:ident, $with:ident, $($field:ident).+) => {
        #[doc = $what]
        #[must_use]
        pub fn $get(&self) -> &[$type] {
            &self.$($field).+
        }

        #[doc = concat!("Gives [`", stringify!($get), "`](Self::", stringify!($get), ") to change.")]
        pub fn $mut(&mut self) -> &mut Vec<$type> {
            &mut self.$($field).+
        }

        #[doc = concat!("Appends one to [`", stringify!($get), "`](Self::", stringify!($get), ").")]
        #[must_use]
        pub fn $with(mut self, value: impl Into<$type>) -> Self {
            self.$($field).+.push(value.into());
            self
        }
    };
}

/// For a `Vec<Element<'a>>` of the children that a vocabulary does not know,
/// `extensions!(extensions)`:
///
/// ```text
/// pub fn extensions(&self) -> &[Element<'a>];
/// pub fn extensions_mut(&mut self) -> &mut Vec<Element<'a>>;
/// pub fn with_extension(self, value: impl Into<Element<'a>>) -> Self;
/// ```
macro_rules! extensions {
    ($($field:ident).+) => {
        list!(
            "The child elements of other vocabularies, in document order. Elements that were \
             repeated or could not be understood are among them.",
            $crate::xml::Element<'a>,
            extensions,
            extensions_mut,
            with_extension,
            $($field).+
        );
    };
}

/// For a `Common<'a>`, `common!(common)`:
///
/// ```text
/// pub fn common(&self) -> &Common<'a>;
/// pub fn with_common(self, common: Common<'a>) -> Self;
/// ```
macro_rules! common {
    ($($field:ident).+) => {
        /// The attributes that every element may have.
        #[must_use]
        pub fn common(&self) -> &$crate::atom::Common<'a> {
            &self.$($field).+
        }

        /// Sets the attributes that every element may have.
        #[must_use]
        pub fn with_common(mut self, common: $crate::atom::Common<'a>) -> Self {
            self.$($field).+ = common;
            self
        }
    };
}

/// For a `Misc<'a, _>`, `comments!(misc)`:
///
/// ```text
/// pub fn comments(&self) -> impl Iterator<Item = &Node<'a>>;
/// pub fn clear_comments(&mut self);
/// ```
macro_rules! comments {
    ($field:ident) => {
        /// The comments and processing instructions between the child elements, in document order
        /// ([`Reader::comments`](crate::Reader::comments)). A writer writes its own order of elements:
        /// it writes each of these before the element that it stood before. Where values are compared
        /// they do not count.
        pub fn comments(&self) -> impl Iterator<Item = &$crate::xml::Node<'a>> {
            self.$field.nodes()
        }

        /// Removes the [`comments`](Self::comments).
        pub fn clear_comments(&mut self) {
            self.$field.clear();
        }
    };
}

/// For a `Metadata<'a>`, what feeds and sources have in common (RFC 4287 sections 4.1.1 and
/// 4.2.11), `metadata!(metadata)`: the methods above for `id`, `title`, `subtitle`, `updated`,
/// `authors`, `contributors`, `links`, `categories`, `generator`, `icon`, `logo`, `rights`,
/// `extensions` and `common`, and
///
/// ```text
/// pub fn link(&self, relation: &str) -> Option<&Link<'a>>;
/// pub fn link_ignoring_case(&self, relation: &str) -> Option<&Link<'a>>;
/// ```
macro_rules! metadata {
    ($metadata:ident) => {
        value!("The id: an IRI that never changes.", id, id_common, with_id, set_id, $metadata.id);
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
            "When it was last changed significantly.",
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

        /// The first link of a relation, compared as [`Link::has_rel`] compares.
        #[must_use]
        pub fn link(&self, relation: &str) -> Option<&Link<'a>> {
            self.links().iter().find(|link| link.has_rel(relation))
        }

        /// The first link of a relation in any case, such as `Alternate`: see
        /// [`Link::has_rel_ignoring_case`].
        #[must_use]
        pub fn link_ignoring_case(&self, relation: &str) -> Option<&Link<'a>> {
            self.links().iter().find(|link| link.has_rel_ignoring_case(relation))
        }

        list!(
            "The categories.",
            Category<'a>,
            categories,
            categories_mut,
            with_category,
            $metadata.categories
        );
        single!(
            "The program that generated it.",
            Generator<'a>,
            generator,
            with_generator,
            set_generator,
            $metadata.generator
        );
        value!(
            "The IRI reference of an icon: a small square picture.",
            icon,
            icon_common,
            with_icon,
            set_icon,
            $metadata.icon
        );
        value!(
            "The IRI reference of a logo: a picture twice as wide as high.",
            logo,
            logo_common,
            with_logo,
            set_logo,
            $metadata.logo
        );
        single!(
            "The rights: who may do what with it.",
            Text<'a>,
            rights,
            with_rights,
            set_rights,
            $metadata.rights
        );
        extensions!($metadata.extensions);
        common!($metadata.common);
    };
}

pub(crate) use {comments, common, extensions, list, metadata, single, value};
