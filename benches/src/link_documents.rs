//! Linksets, TimeMaps and stored histories that are made to take long.

use crate::growth::{self, Shape};
use crate::harness::{Group, Settings};
use anyhow::ensure;
use serde_json::{Value, json};
use std::hint::black_box;
use version_links::{History, Limits, OriginPolicy, Reader, TimeMapStep, Tolerance, Want};

pub(crate) const GROUPS: &[Group] = &[
    Group { name: "linkset+json/hostile", run: linkset_json },
    Group { name: "linkset/hostile", run: linkset_text },
    Group { name: "timemap/hostile", run: timemap },
    Group { name: "history/hostile", run: history },
];

const NOTES: &str = "\
Each row reads the same number of octets: once 1 MiB, ten times about a tenth of it, and so on. Limits are
off, so that all of it is read, and everything is tolerated. If the time for a KiB does not grow from row
to row, the time is linear. Short documents cost more for each KiB where what is reported is kept, because
each reading keeps up to 4,096 reports.
";

/// Every document is well-formed JSON, whatever stands in it.
const JSON: &[Shape] = &[
    ("contexts", "{\"linkset\":[{}", ",{\"anchor\":\"/a\",\"b\":[{\"href\":\"c\"}]}", "]}"),
    ("contexts without members", "{\"linkset\":[{}", ",{}", "]}"),
    ("targets", "{\"linkset\":[{\"a\":[{\"href\":\"\"}", ",{\"href\":\"b\"}", "]}]}"),
    ("targets without href", "{\"linkset\":[{\"a\":[{}", ",{}", "]}]}"),
    ("targets that are refused", "{\"linkset\":[{\"a\":[0", ",{\"href\":\"%\"}", "]}]}"),
    ("languages", "{\"linkset\":[{\"a\":[{\"href\":\"\",\"hreflang\":[\"en\"", ",\"en\"", "]}]}]}"),
    (
        "titles",
        "{\"linkset\":[{\"a\":[{\"href\":\"\",\"title*\":[{\"value\":\"\"}",
        ",{\"value\":\"t\",\"language\":\"de\"}",
        "]}]}]}",
    ),
    ("unknown members", "{\"linkset\":[],\"a\":[0", ",{\"b\":{\"c\":[]}}", "]}"),
    ("one name again and again", "{\"linkset\":[],\"a\":0", ",\"a\":0", "}"),
    ("escapes", "{\"linkset\":[],\"a\":\"", "\\u00e9\\n", "\"}"),
    ("segments of a target", "{\"linkset\":[{\"a\":[{\"href\":\"", "a/../", "\"}]}]}"),
    ("white space", "{\"linkset\":[", " \n", "]}"),
    ("depth", "{\"linkset\":[],\"a\":", "[", ""),
    ("a string that does not close", "{\"linkset\":[],\"a\":\"", "a\\\"", ""),
];

fn linkset_json(settings: &Settings) -> anyhow::Result<String> {
    let reader = Reader::new().tolerance(Tolerance::ALL).limits(Limits::unlimited());
    let read = |input: &[u8]| {
        // Whether it is read or refused, and as it is written again.
        if let Ok(read) = black_box(reader.linkset_json(input)) {
            black_box(read.links().count());
            let _ = black_box(read.without_refused().to_json());
        }
        Ok(())
    };
    let numbered = |octets: usize| {
        let members: Vec<_> = (0..octets / 12).map(|it| format!("\"{it:06}\":0")).collect();
        format!("{{\"linkset\":[],{}}}", members.join(",")).into_bytes()
    };
    let relations = |octets: usize| {
        let members: Vec<_> = (0..octets / 12).map(|it| format!("\"{it:06}\":[]")).collect();
        format!("{{\"linkset\":[{{{}}}]}}", members.join(",")).into_bytes()
    };
    let mut text = String::new();
    for shape in JSON {
        let input = |octets| growth::document(shape, octets);
        text.push_str(&growth::table(settings, shape.0, input, read, None));
    }
    text.push_str(&growth::table(settings, "names of members", numbered, read, None));
    text.push_str(&growth::table(settings, "names of relation types", relations, read, None));
    text.push_str(NOTES);
    Ok(text)
}

const TEXT: &[Shape] = &[
    ("links", "<a>;rel=b", ",\n<a>;rel=\"b c\"", ""),
    ("anchors", "<a>;rel=b", ",<a>;rel=b;anchor=\"/c\"", ""),
    ("links that are refused", "<a>;rel=b", ",<%>;rel=b", ""),
    ("relation types", "<a>;rel=\"", "b ", "\""),
    ("parameters", "<a>;rel=b", ";x=y", ""),
    ("languages", "<a>;rel=b", ";hreflang=en", ""),
    ("line breaks", "<a>;rel=b", "\r\n\n\r", ""),
    ("quotes of values that nothing closes", "junk", "=\"\\", ""),
    ("brackets", "", "<", ""),
];

fn linkset_text(settings: &Settings) -> anyhow::Result<String> {
    let reader = Reader::new().tolerance(Tolerance::ALL).limits(Limits::unlimited());
    let read = |input: &[u8]| {
        if let Ok(read) = black_box(reader.linkset(input)) {
            black_box(read.links().count());
            let _ = black_box(read.to_json());
            let _ = black_box(read.without_refused().to_text());
        }
        Ok(())
    };
    let link_format = |input: &[u8]| {
        let base = "coap://host.example/a/b";
        if let Ok(read) = black_box(reader.link_format(input, base)) {
            black_box(read.links().count());
            let _ = black_box(read.without_refused().to_link_format(base));
        }
        Ok(())
    };
    let mut text = String::new();
    for shape in TEXT {
        let input = |octets| growth::document(shape, octets);
        text.push_str(&growth::table(settings, shape.0, input, read, None));
        let title = format!("link format, {}", shape.0);
        text.push_str(&growth::table(settings, &title, input, link_format, None));
    }
    text.push_str(NOTES);
    Ok(text)
}

const TIMEMAPS: &[Shape] = &[
    (
        "mementos of one time",
        "<o>;rel=original",
        ",\n<a>;rel=memento;datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\"",
        "",
    ),
    ("mementos without a time", "<o>;rel=original", ",<a>;rel=memento", ""),
    ("originals", "<o>;rel=original", ",<a>;rel=original", ""),
    ("pages", "<o>;rel=original", ",<a>;rel=timemap;from=\"x\"", ""),
    ("times", "<o>;rel=memento", ";datetime=\"Tue, 20 Jun 2000 18:02:59 GMT\"", ""),
    ("digits of a URI", "<http://a.example/", "20000620180259", ">;rel=memento"),
    ("relation types", "<o>;rel=\"original ", "memento ", "\""),
    ("links that are refused", "<o>;rel=original", ",<%>;rel=memento", ""),
    ("a link that does not end", "<o>;rel=original", ";x=\"\\\"", ""),
    ("white space", "<o>;rel=original", "\n", ",<a>;rel=memento"),
];

fn timemap(settings: &Settings) -> anyhow::Result<String> {
    let reader = Reader::new().tolerance(Tolerance::ALL).limits(Limits::unlimited());
    let whole = |input: &[u8]| {
        let links = reader.timemap(input).filter(Result::is_ok);
        ensure!(black_box(links.count()) <= input.len(), "too much is read");
        Ok(())
    };
    // Pieces of 100 octets: what is kept of a link must not be looked at again for each of them.
    let pieces = |input: &[u8]| {
        let mut reader = reader.timemap_reader();
        let mut pieces = input.chunks(100);
        loop {
            match black_box(reader.step()) {
                Ok(TimeMapStep::NeedInput) => match pieces.next() {
                    Some(piece) => reader.push(piece),
                    None => reader.finish(),
                },
                Ok(TimeMapStep::Link(_)) => {}
                _ => return Ok(()),
            }
        }
    };
    let mut text = String::new();
    for shape in TIMEMAPS {
        let input = |octets| growth::document(shape, octets);
        text.push_str(&growth::table(settings, shape.0, input, whole, None));
        let title = format!("in pieces of 100 octets, {}", shape.0);
        text.push_str(&growth::table(settings, &title, input, pieces, None));
    }
    text.push_str(NOTES);
    Ok(text)
}

/// A version as it is stored.
fn node(uri: &str, state: &Value, links: &Value) -> Value {
    json!({ "uri": uri, "depth": 0, "redirects": 0, "tries": 0, "state": state, "links": links })
}

/// A history of these versions, and of what else a change says.
fn stored(nodes: Vec<Value>, change: impl FnOnce(&mut Value)) -> Vec<u8> {
    let history = History::new("http://e.example/").policy(OriginPolicy::any_origin());
    let mut json = serde_json::to_value(history).unwrap_or_default();
    json["nodes"] = nodes.into();
    json["queue"] = json!([]);
    change(&mut json);
    json.to_string().into_bytes()
}

fn uri(number: usize) -> String {
    format!("http://e.example/{number:06}")
}

type Make = fn(usize) -> Vec<u8>;

/// Histories of about so many octets.
const HISTORIES: &[(&str, Make)] = &[
    ("a line of versions", |octets| {
        let count = octets.div_ceil(120);
        let next = |it| if it + 1 < count { json!([["Predecessor", it + 1]]) } else { json!([]) };
        stored((0..count).map(|it| node(&uri(it), &json!("Found"), &next(it))).collect(), |_| {})
    }),
    ("a circle of versions", |octets| {
        let count = octets.div_ceil(120);
        let next = |it| json!([["Predecessor", (it + 1) % count]]);
        stored((0..count).map(|it| node(&uri(it), &json!("Found"), &next(it))).collect(), |_| {})
    }),
    ("a chain of redirects", |octets| {
        let count = octets.div_ceil(120);
        let to = |it| json!({ "Redirected": (it + 1) % count });
        stored((0..count).map(|it| node(&uri(it), &to(it), &json!([]))).collect(), |_| {})
    }),
    ("each a predecessor of each", |octets| {
        // Each link takes about 18 octets.
        let count = (octets / 18).isqrt().max(1);
        let links: Vec<_> = (0..count).map(|it| json!(["Predecessor", it])).collect();
        let node = |it| node(&uri(it), &json!("Found"), &json!(links));
        stored((0..count).map(node).collect(), |_| {})
    }),
    ("versions that wait", |octets| {
        let count = octets.div_ceil(110);
        let wait: Vec<_> = (0..count).map(|it| json!([it, null])).collect();
        let nodes = (0..count).map(|it| node(&uri(it), &json!("Wanted"), &json!([])));
        stored(nodes.collect(), |json| json["queue"] = wait.into())
    }),
    ("URIs that are left out", |octets| {
        let beyond: Vec<_> = (0..octets.div_ceil(38)).map(|it| json!([uri(it), "Depth"])).collect();
        let start = node(&uri(0), &json!("Found"), &json!([]));
        stored(vec![start], |json| json["beyond"] = beyond.into())
    }),
    ("one long URI", |octets| {
        let uri = format!("http://e.example/{}", "a/../".repeat(octets / 5));
        stored(vec![node(&uri, &json!("Found"), &json!([]))], |_| {})
    }),
];

const HISTORY_NOTES: &str = "\
Each row reads the same number of octets of stored histories, takes one step, and makes graph, findings,
order and drawing of each. If the time for a KiB does not grow from row to row, the time is linear. What a
processor's caches hold makes short rows quicker.
";

fn history(settings: &Settings) -> anyhow::Result<String> {
    let read = |input: &[u8]| {
        let mut history = serde_json::from_slice::<History>(input)?.limits(Limits::unlimited());
        ensure!(!matches!(black_box(history.step()), Want::Answer), "nothing was asked");
        let graph = history.graph();
        black_box((graph.findings().len(), graph.order().len(), graph.to_dot().len()));
        black_box(serde_json::to_vec(&history)?);
        Ok(())
    };
    let mut text = String::new();
    for (name, make) in HISTORIES {
        text.push_str(&growth::table(settings, name, make, read, None));
    }
    text.push_str(HISTORY_NOTES);
    Ok(text)
}
