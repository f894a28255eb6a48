//! Laws that hold of any linkset, whatever it was made of.

#![cfg(feature = "json")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]

use proptest::collection::vec;
use proptest::prelude::*;
use version_links::{
    LinkBuf, Linkset, LinksetContext, LinksetWriter, Reader, Record, Relation, Tolerance,
};

const STRICT: Tolerance = Tolerance::STRICT;

/// Each link as text, in no order.
fn told(linkset: &Linkset<'_>) -> Vec<String> {
    let mut told: Vec<_> = linkset.links().map(|link| format!("{:?}", link.unwrap())).collect();
    told.sort();
    told
}

fn reference() -> impl Strategy<Value = String> {
    prop_oneof![
        "https://[a-c]\\.example/[a-c]{0,2}(\\?[a-c,;]{1,3})?",
        "[a-c/]{0,4}",
        "urn:a:[a-c]"
    ]
}

/// Any text that a quoted string can hold.
fn ascii() -> impl Strategy<Value = String> {
    "[ -~\t]{0,8}"
}

#[derive(Debug, Clone)]
enum Given {
    Text(&'static str, String),
    Translated(&'static str, &'static str, String),
}

/// Attributes that each form can hold: a name occurs once, except where it may repeat, and then its
/// values stand together.
fn attributes() -> impl Strategy<Value = Vec<Given>> {
    let one = |name| proptest::option::of(ascii().prop_map(move |text| Given::Text(name, text)));
    let several = |name| vec(ascii().prop_map(move |text| Given::Text(name, text)), 0..3);
    let languages = proptest::sample::select(vec!["de", "en-GB", ""]);
    let translated = |name| {
        let text = (languages.clone(), "\\PC{0,6}");
        proptest::option::of(
            text.prop_map(move |(language, text)| Given::Translated(name, language, text)),
        )
    };
    let type_ = proptest::option::of(Just(Given::Text("type", "text/html".into())));
    let hreflang = vec(Just(Given::Text("hreflang", "de".into())), 0..3);
    (
        one("title"),
        one("media"),
        type_,
        hreflang,
        several("x"),
        translated("title*"),
        translated("y*"),
    )
        .prop_map(|(title, media, type_, hreflang, x, translated, y)| {
            let single = [title, media, type_, translated, y].into_iter().flatten();
            single.chain(hreflang).chain(x).collect()
        })
}

fn record() -> impl Strategy<Value = Record<'static>> {
    let relations = vec!["next", "latest-version", "https://example.org/rel", "gs1:pip"];
    let relation = proptest::sample::select(relations);
    (relation, reference(), proptest::option::of(reference()), attributes()).prop_map(
        |(relation, target, context, attributes)| {
            let record = Record::new(Relation::new(relation), target);
            let record = context.into_iter().fold(record, Record::with_context);
            attributes.into_iter().fold(record, |record, one| match one {
                Given::Text(name, text) => record.with_attribute(name, text),
                Given::Translated(name, language, text) => {
                    record.with_attribute_in(language, name, text)
                }
            })
        },
    )
}

/// Octets such as linksets in JSON are made of, in no order.
fn hostile() -> impl Strategy<Value = String> {
    let piece = proptest::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"linkset\":[",
        "\"anchor\":",
        "\"href\":",
        "\"next\":[",
        "\"title*\":[{\"value\":\"a\"}]",
        "\"hreflang\":[\"de\"]",
        "\"x\":",
        "\"https://a/\"",
        "\"\"",
        "1",
        "null",
        "true",
        "{\"href\":\"/a\"}",
        "{\"href\":\"\\u00e9\",\"x\":[1]}",
        "\"\\n\"",
        "\u{e9}",
        " ",
        "{\"linkset\":[{\"next\":[",
        "]}]}",
        "{\"anchor\":\"https://a/\",\"next\":[{\"href\":\"b\"}]}",
    ]);
    vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    /// What is written, the strict reader reads back as the same links, in text and in JSON.
    #[test]
    fn what_is_written_is_read_back_strictly(records in vec(record(), 0..6)) {
        let linkset = Linkset::from_records(records);
        let reader = Reader::new().tolerance(STRICT);
        let json = linkset.to_json().unwrap();
        let read = reader.linkset_json(json.as_bytes()).unwrap();
        prop_assert_eq!(told(&read), told(&linkset), "{}", json);
        prop_assert_eq!(read.to_json().unwrap(), json.clone(), "what is grouped stays as it is");
        let anchors: Vec<_> = read.contexts().map(LinksetContext::anchor).collect();
        prop_assert!(anchors.iter().enumerate().all(|(at, one)| !anchors[..at].contains(one)));

        // A control character can be in JSON alone.
        let holds_control = json.contains("\\u00") || json.chars().any(char::is_control);
        if !holds_control {
            let text = linkset.to_text().unwrap();
            let again = reader.linkset(text.as_bytes()).unwrap();
            prop_assert_eq!(&again, &linkset, "{}", &text);
            prop_assert_eq!(text.lines().count(), linkset.links().count());
            let links: Vec<_> = linkset.to_links().collect::<Result<_, _>>().unwrap();
            let of_links = Linkset::from_links(links.iter().map(LinkBuf::as_link));
            prop_assert_eq!(&of_links, &linkset);
        }
        prop_assert_eq!(Linkset::from_records(linkset.records()), linkset);
    }

    /// No octets make a reader panic; errors lie in the document; more tolerance takes away no link.
    #[test]
    fn any_document_is_read(document in hostile(), wrapped in any::<bool>()) {
        let document = if wrapped { format!("{{\"linkset\":[{document}]}}") } else { document };
        let mut before: Option<Vec<String>> = None;
        for tolerance in [STRICT, Tolerance::DRAFTS, Tolerance::ALL] {
            let read = Reader::new().tolerance(tolerance).linkset_json(document.as_bytes());
            let linkset = match read {
                Err(error) => {
                    prop_assert!(error.offset() <= document.len() as u64);
                    continue;
                }
                Ok(linkset) => linkset,
            };
            let links: Vec<_> = linkset.links().flatten().map(|link| format!("{link:?}")).collect();
            if let Some(before) = before {
                let mut all = links.iter();
                prop_assert!(before.iter().all(|link| all.any(|other| other == link)));
            }
            before = Some(links);
            let writer = LinksetWriter::new().tolerance(tolerance);
            if let Ok(json) = writer.to_json(&linkset.without_refused()) {
                let again = Reader::new().tolerance(tolerance).linkset_json(json.as_bytes()).unwrap();
                prop_assert_eq!(writer.to_json(&again).unwrap(), json);
            }
        }
    }
}
