//! Laws that hold for whatever is built and whatever is read.

#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use atom_fsm::app::{Accept, Categories, Collection, Service, Workspace};
use atom_fsm::atom::{
    Category, Common, Content, Date, Entry, Feed, Generator, Link, Person, Source, Text,
};
use atom_fsm::fsm::{Bundle, BundleReference, Member, Query, ServiceEntry};
use atom_fsm::xml::{Attribute, Element, Name, Node};
use atom_fsm::{Document, Reader, Reading, Stage, Tolerance, Writer, namespace};
use proptest::option;
use proptest::prelude::*;

/// Any text, markup and controls among it.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[a-z<>&'\"\\]é \t\r\n]{0,12}", 1 => "\\PC{0,8}", 1 => ".{0,4}"]
}

fn iri() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(http://example.org)?/[a-zé?&;=]{0,8}",
        1 => Just("urn:example:1".to_owned()),
        1 => text()
    ]
}

fn date() -> impl Strategy<Value = Date<'static>> {
    prop_oneof![
        8 => "20[0-9][0-9]-0[1-9]-1[0-9]T1[0-9]:0[0-9]:0[0-9](\\.[0-9]{1,9})?(Z|[+-]0[0-9]:30)",
        1 => text()
    ]
    .prop_map(Date::new)
}

fn name() -> impl Strategy<Value = Name<'static>> {
    const NAMESPACES: &[&str] =
        &["", "urn:a", "urn:b", namespace::XHTML, namespace::FSM, namespace::XML];
    const PREFIXES: &[&str] = &["", "a", "b", "xml", "xmlns", "ns1"];
    let parts = (prop::sample::select(NAMESPACES), prop::sample::select(PREFIXES), "[a-c]");
    parts.prop_map(|(namespace, prefix, local)| Name::new(namespace, prefix, local).unwrap())
}

fn element() -> impl Strategy<Value = Element<'static>> {
    let attributes = || prop::collection::vec((name(), text()), 0..3);
    let leaf = (name(), attributes(), text());
    let leaf = leaf.prop_map(|(name, attributes, text)| {
        let element = Element::new(name);
        let element = attributes.into_iter().fold(element, |element, (name, value)| {
            element.with_attribute(Attribute::new(name, value))
        });
        if text.is_empty() { element } else { element.with_text(text) }
    });
    leaf.prop_recursive(3, 12, 3, move |inner| {
        (name(), attributes(), prop::collection::vec(inner, 0..3)).prop_map(
            |(name, attributes, children)| {
                let element = Element::new(name);
                let element = attributes.into_iter().fold(element, |element, (name, value)| {
                    element.with_attribute(Attribute::new(name, value))
                });
                children.into_iter().fold(element, Element::with_child)
            },
        )
    })
}

fn div() -> impl Strategy<Value = Element<'static>> {
    let name = Name::new(namespace::XHTML, "", "div").unwrap();
    (text(), element()).prop_map(move |(text, child)| {
        let div = Element::new(name.clone());
        if text.is_empty() { div } else { div.with_text(text) }.with_child(child)
    })
}

fn common() -> impl Strategy<Value = Common<'static>> {
    (
        option::weighted(0.2, iri()),
        option::weighted(0.2, "[a-z]{2}"),
        option::weighted(0.2, (name(), text())),
    )
        .prop_map(|(base, lang, attribute)| {
            let common = base.map_or(Common::default(), |base| Common::default().with_base(base));
            let common = match lang {
                Some(lang) => common.with_lang(lang),
                None => common,
            };
            match attribute {
                Some((name, value)) => common.with_attribute(Attribute::new(name, value)),
                None => common,
            }
        })
}

fn construct() -> impl Strategy<Value = Text<'static>> {
    let kinds = prop_oneof![
        text().prop_map(Text::plain),
        text().prop_map(Text::html),
        div().prop_map(|div| Text::xhtml(div).unwrap()),
    ];
    (kinds, common()).prop_map(|(text, common)| text.with_common(common))
}

fn content() -> impl Strategy<Value = Content<'static>> {
    let kinds = prop_oneof![
        text().prop_map(Content::text),
        text().prop_map(Content::html),
        div().prop_map(|div| Content::xhtml(div).unwrap()),
        element().prop_map(|root| Content::xml("application/x+xml", root)),
        text().prop_map(|text| Content::other("text/csv", text)),
        text().prop_map(|text| Content::octets("image/png", text.as_bytes())),
        iri().prop_map(|src| Content::out_of_line(src, Some("a/b".into()))),
        (text(), text()).prop_map(|(type_, text)| Content::other(type_, text)),
    ];
    (kinds, common()).prop_map(|(content, common)| content.with_common(common))
}

fn person() -> impl Strategy<Value = Person<'static>> {
    (text(), option::of(iri()), option::of("a@b|c"), option::weighted(0.2, element()), common())
        .prop_map(|(name, uri, email, extension, common)| {
            let mut person = Person::new(name).with_common(common);
            person = uri.map_or(person.clone(), |uri| person.with_uri(uri));
            person = email.map_or(person.clone(), |email| person.with_email(email));
            person.extensions_mut().extend(extension);
            person
        })
}

fn link() -> impl Strategy<Value = Link<'static>> {
    let rels = option::of(prop_oneof!["self|up|edit|alternate|latest-version", iri()]);
    (iri(), rels, option::of("a/b|c"), option::of(text()), option::of("en|de-CH|x_y"), common())
        .prop_map(|(href, rel, type_, title, hreflang, common)| {
            let mut link = Link::new(href).with_common(common);
            link = rel.map_or(link.clone(), |rel| link.with_rel(rel));
            link = type_.map_or(link.clone(), |type_| link.with_type(type_));
            link = title.map_or(link.clone(), |title| link.with_title(title));
            hreflang.map_or(link.clone(), |hreflang| link.with_hreflang(hreflang))
        })
}

fn category() -> impl Strategy<Value = Category<'static>> {
    (text(), option::of(Just("http://example.org/".to_owned())), text(), common()).prop_map(
        |(term, scheme, label, common)| {
            let category = Category::new(term).with_label(label).with_common(common);
            scheme.map_or(category.clone(), |scheme| category.with_scheme(scheme))
        },
    )
}

fn entry() -> impl Strategy<Value = Entry<'static>> {
    let one = (
        option::weighted(0.9, iri()),
        option::weighted(0.9, construct()),
        option::weighted(0.9, date()),
    );
    let lists = (
        prop::collection::vec(person(), 0..2),
        prop::collection::vec(link(), 0..3),
        prop::collection::vec(category(), 0..2),
        prop::collection::vec(element(), 0..3),
    );
    let rest = (
        option::of(construct()),
        option::of(content()),
        option::of(date()),
        option::weighted(0.2, source()),
        common(),
    );
    (one, lists, rest).prop_map(|((id, title, updated), lists, rest)| {
        let (authors, links, categories, extensions) = lists;
        let (summary, content, published, source, common) = rest;
        let mut entry = Entry::new().with_common(common);
        entry.set_id(id.map(Into::into));
        entry.set_title(title);
        entry.set_updated(updated);
        entry.set_published(published);
        entry.set_summary(summary);
        entry.set_content(content);
        entry.set_source(source);
        *entry.authors_mut() = authors;
        *entry.links_mut() = links;
        *entry.categories_mut() = categories;
        *entry.extensions_mut() = extensions;
        entry
    })
}

fn source() -> impl Strategy<Value = Source<'static>> {
    (option::of(iri()), option::of(construct()), prop::collection::vec(person(), 0..2)).prop_map(
        |(id, title, authors)| {
            let mut source = Source::new();
            source.set_id(id.map(Into::into));
            source.set_title(title);
            *source.authors_mut() = authors;
            source
        },
    )
}

fn feed() -> impl Strategy<Value = Feed<'static>> {
    let entries = prop::collection::vec(entry(), 0..3);
    let lists = (prop::collection::vec(link(), 0..2), prop::collection::vec(element(), 0..2));
    (construct(), date(), person(), entries, lists, option::of(iri()), text()).prop_map(
        |(title, updated, author, entries, (links, extensions), logo, generator)| {
            let mut feed = Feed::new()
                .with_id("urn:example:feed")
                .with_title(title)
                .with_updated(updated)
                .with_author(author)
                .with_generator(Generator::new(generator));
            feed.set_logo(logo.map(Into::into));
            *feed.entries_mut() = entries;
            *feed.links_mut() = links;
            *feed.extensions_mut() = extensions;
            feed
        },
    )
}

fn collection() -> impl Strategy<Value = Collection<'static>> {
    let categories = (prop::collection::vec(category(), 0..2), option::of(iri()));
    let categories = categories.prop_map(|(list, href)| match href {
        Some(href) => Categories::out_of_line(href),
        None => list.into_iter().fold(Categories::new().with_fixed(), Categories::with_category),
    });
    (construct(), option::of(iri()), text(), categories, option::of(element())).prop_map(
        |(title, href, accept, categories, extension)| {
            let mut collection =
                Collection::new(title).with_accept(Accept::new(accept)).with_categories(categories);
            collection = href.map_or(collection.clone(), |href| collection.with_href(href));
            collection.extensions_mut().extend(extension);
            collection
        },
    )
}

fn document() -> impl Strategy<Value = Document<'static>> {
    prop_oneof![
        3 => entry().prop_map(Document::Entry),
        3 => feed().prop_map(Document::Feed),
        1 => collection().prop_map(Document::Collection),
        1 => (construct(), collection()).prop_map(|(title, collection)| {
            let workspace = Workspace::new(title).with_collection(collection);
            Document::Service(Service::new().with_workspace(workspace))
        }),
    ]
}

/// Well-formed markup of any elements of Atom and AtomPub within any others, with any attributes.
fn markup() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        "id",
        "title",
        "updated",
        "link",
        "category",
        "author",
        "name",
        "email",
        "uri",
        "summary",
        "content",
        "source",
        "entry",
        "logo",
        "icon",
        "generator",
        "rights",
        "published",
        "Title",
        "nonsense",
        "app:control",
        "app:draft",
        "app:edited",
        "app:collection",
        "app:categories",
        "app:accept",
        "app:workspace",
        "h:div",
        "h:p",
        "x:y",
        "t:deleted-entry",
    ];
    const ATTRIBUTES: &[&str] = &[
        "",
        " type='html'",
        " type='xhtml'",
        " type='text/plain'",
        " type='text/html'",
        " type='a/xml'",
        " type='image/png'",
        " type='multipart/mixed'",
        " rel='self'",
        " rel='Alternate' href='/'",
        " href=' /a '",
        " href='a b' atom:href='/'",
        " src='/a'",
        " src=' b c ' type='text'",
        " term='a' scheme=' b'",
        " xml:base=' /b'",
        " xml:lang='no_NO'",
        " hreflang='_'",
        " x:y='x:z'",
        " fixed='maybe'",
        " y='1'",
    ];
    const TEXTS: &[&str] = &[
        "",
        "",
        " ",
        "a",
        "&lt;b&gt;",
        " 2026-01-01T00:00:00Z",
        "urn:example:1",
        "a@b",
        "yes",
        "<!-- c -->",
        "<?p q?>",
        "<![CDATA[<d>]]>",
        "x:y",
        "&#13;\n\t",
    ];
    let select = prop::sample::select::<&'static str>;
    let leaf = (select(NAMES), select(ATTRIBUTES), select(TEXTS))
        .prop_map(|(name, attributes, text)| format!("<{name}{attributes}>{text}</{name}>"));
    leaf.prop_recursive(3, 24, 6, move |inner| {
        (select(NAMES), select(ATTRIBUTES), select(TEXTS), prop::collection::vec(inner, 0..6))
            .prop_map(|(name, attributes, text, children)| {
                format!("<{name}{attributes}>{text}{}{text}</{name}>", children.concat())
            })
    })
}

/// A document as it may be published.
fn published() -> impl Strategy<Value = String> {
    const ROOTS: &[&str] = &["feed", "entry", "app:service", "app:collection", "app:categories"];
    (prop::sample::select(ROOTS), prop::collection::vec(markup(), 0..8)).prop_map(|(root, children)| {
        format!(
            "<{root} xmlns='http://www.w3.org/2005/Atom' xmlns:atom='http://www.w3.org/2005/Atom' \
             xmlns:app='http://www.w3.org/2007/app' xmlns:h='http://www.w3.org/1999/xhtml' \
             xmlns:x='urn:x' xmlns:t='http://purl.org/atompub/tombstones/1.0'>{}</{root}>",
            children.concat()
        )
    })
}

/// Whether reading joins what is built apart: texts beside each other, or an empty one.
fn is_normal(element: &Element<'_>) -> bool {
    let nodes = element.nodes();
    let apart = nodes.windows(2).all(|pair| !matches!(pair, [Node::Text(_), Node::Text(_)]));
    apart && element.children().all(is_normal)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1024, failure_persistence: None, ..ProptestConfig::default() })]

    /// What the writer writes, a strict reader of the same stage takes for what it was.
    #[test]
    fn reader_and_writer_agree(document in document(), stored in any::<bool>()) {
        let stage = if stored { Stage::Stored } else { Stage::Submitted };
        let writer = Writer::new().stage(stage);
        let strict = Reader::new().stage(stage).tolerance(Tolerance::STRICT);
        match writer.to_string(&document) {
            Ok(written) => {
                let read = strict.read(&written);
                let again: Reading<Document<'_>> = read.map_err(|error| TestCaseError::fail(format!("{error} in {written}")))?;
                let again = again.into_document();
                prop_assert_eq!(&again, &document, "{}", written);
                // Prefixes that were made up are declared further out once they have been read.
                let settled = writer.to_string(&again).unwrap();
                let again = strict.read::<Document<'_>>(&settled).unwrap().into_document();
                prop_assert_eq!(&again, &document, "{}", settled);
                prop_assert_eq!(writer.to_string(&again).unwrap(), settled);
                // Advice alone is left to find.
                let diagnostics = writer.check(&document).unwrap();
                prop_assert!(diagnostics.iter().all(|one| one.rule().level() == atom_fsm::Level::Advice));
            }
            Err(error) => prop_assert!(error.path().is_some_and(|path| path.starts_with('/'))),
        }
    }

    /// What was read under a tolerance is written under it, and read again as it was.
    #[test]
    fn what_was_read_is_written_under_the_same_tolerance(source in published(), stored in any::<bool>()) {
        let stage = if stored { Stage::Stored } else { Stage::Submitted };
        let reader = Reader::new().stage(stage);
        let read = reader.read::<Document<'_>>(&source);
        let document = read.map_err(|error| TestCaseError::fail(format!("{error} in {source}")))?.into_document();
        let writer = Writer::new().stage(stage).tolerance(Tolerance::DRAFTS);
        let written = writer.to_string(&document);
        let written = written.map_err(|error| TestCaseError::fail(format!("{error} in {source}")))?;
        let again = reader.read::<Document<'_>>(&written);
        let again = again.map_err(|error| TestCaseError::fail(format!("{error} in {written}")))?.into_document();
        prop_assert_eq!(&again, &document, "{}\n{}", source, &written);
        // Corrections keep a document well-formed, and what they mend is right.
        let mending = atom_fsm::Correction::ALL.iter().fold(writer, |writer, one| writer.correction(*one));
        let mended = mending.to_string(&document).unwrap();
        let mended_again = reader.read::<Document<'_>>(&mended).unwrap();
        let is_mended = |rule: atom_fsm::Rule| atom_fsm::Correction::ALL.iter().any(|one| one.rules().contains(&rule));
        for one in mended_again.diagnostics() {
            // Elements within control, link and category elements, and markup in content, have no
            // correction, and of the dates those alone have one whose moment is certain.
            let elsewhere = [atom_fsm::Rule::DateSyntax, atom_fsm::Rule::ElementUnexpected, atom_fsm::Rule::ElementRepeated, atom_fsm::Rule::TextMarkup, atom_fsm::Rule::XhtmlDiv];
            prop_assert!(elsewhere.contains(&one.rule()) || !is_mended(one.rule()), "{} in {}", one, &mended);
        }
    }

    /// A tree is read as it was built, whatever its names, prefixes and texts.
    #[test]
    fn trees_are_read_as_they_were_built(element in element()) {
        let mut written = Vec::new();
        if element.write(&mut written).is_ok() {
            let written = String::from_utf8(written).unwrap();
            let again = Element::parse(&written).map_err(|error| TestCaseError::fail(format!("{error} in {written}")))?;
            prop_assert!(is_normal(&element));
            prop_assert_eq!(&again, &element, "{}", written);
            // A prefix that a value seems to use is declared further out once it has been read.
            let settled = again.to_string();
            let again = Element::parse(&settled).unwrap();
            prop_assert_eq!(&again, &element, "{}", settled);
            prop_assert_eq!(again.to_string(), settled);
        }
    }

    /// Whatever octets come: a value or an error in its place; strict and lenient readers agree.
    #[test]
    fn any_octets_are_read(octets in prop::collection::vec(any::<u8>(), 0..40), pieces in prop::collection::vec(prop::sample::select(PIECES), 0..12)) {
        let pieces: String = pieces.concat();
        for source in [&octets[..], pieces.as_bytes()] {
            let reader = Reader::new().namespace("", namespace::ATOM);
            let read: Result<Reading<Document<'_>>, _> = reader.read(source);
            let strictly: Result<Reading<Document<'_>>, _> = reader.tolerance(Tolerance::STRICT).read(source);
            match (&read, strictly) {
                (Ok(reading), Ok(strictly)) => prop_assert_eq!(reading.document(), strictly.document()),
                (Err(_), Ok(_)) => prop_assert!(false, "strict reads more"),
                (_, Err(error)) => prop_assert!(error.offset() <= source.len() as u64),
            }
            // A reader that repairs reads more, and what needs no repair the same.
            let repairing = Reader::new().namespace("", namespace::ATOM).repair();
            let repaired: Result<Reading<Document<'_>>, _> = repairing.read(source);
            match (&read, repaired) {
                (Ok(reading), Ok(repaired)) if !repaired.is_repaired() => {
                    prop_assert_eq!(reading, &repaired);
                }
                // An attribute in Atom's own namespace may be all that is repaired.
                (_, Ok(repaired)) => prop_assert!(repaired.is_repaired() && !repaired.diagnostics().is_empty()),
                (Ok(_), Err(error)) => prop_assert!(false, "{error}"),
                (Err(_), Err(error)) => prop_assert!(error.offset() <= source.len() as u64),
            }
        }
    }

    /// draft-wilde-fsm-00: entries and feeds survive being taken for what they are in FSM.
    #[test]
    fn conversions_lose_nothing(feed in feed(), title in text(), uri in iri(), query in text()) {
        let service = ServiceEntry::new(title.clone(), uri.clone()).with_query(Query::new(query.clone()));
        prop_assert_eq!(service.uri(), &uri);
        prop_assert_eq!(service.query(), Some(Query::new(query)));
        let entry = service.clone().into_entry();
        prop_assert!(matches!(Member::from(entry.clone()), Member::Service(again) if again == service));
        let reference = BundleReference::new(title, uri).into_entry();
        prop_assert!(matches!(Member::from(reference.clone()), Member::Reference(_)));
        let mut feed = feed;
        feed.links_mut().push(atom_fsm::fsm::Profile::Bundle.link());
        feed.entries_mut().push(entry);
        feed.entries_mut().insert(0, reference);
        if let Ok(bundle) = Bundle::try_from(feed.clone()) {
            prop_assert!(bundle.services().count() >= 1 && bundle.references().count() >= 1);
            prop_assert_eq!(bundle.clone().into_owned().into_feed(), feed);
        }
    }
}

const PIECES: &[&str] = &[
    "<entry>",
    "</entry>",
    "<feed xmlns='http://www.w3.org/2005/Atom'>",
    "</feed>",
    "<id>",
    "</id>",
    "<title type='xhtml'>",
    "</title>",
    "<link href='/' rel=''/>",
    "<a:b xmlns:a='u'",
    ">",
    "/>",
    "&amp;",
    "&",
    "]]>",
    "<![CDATA[",
    "<!--",
    "-->",
    "<?a ",
    "?>",
    "'",
    "\"",
    "é",
    "\u{1}",
    " ",
    "x",
    "<",
    "=",
    ":",
    "<content src='' type='a/b'>",
    "</content>",
];
