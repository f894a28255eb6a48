//! The rules of the extensions: RFC 5005, RFC 4685, RFC 6721 and GeoRSS.

use crate::{Row, Written, entry, feed};
use Written::{Clean, Refused};
use atom_fsm::Rule;

pub(crate) fn rows() -> Vec<Row> {
    use Rule::*;
    let history = |inside: &str| {
        let document = feed(inside);
        document.replace("<feed", "@<feed xmlns:fh='http://purl.org/syndication/history/1.0'")
    };
    let thread = |inside: &str| {
        entry(&inside.replace("NS", "xmlns:thr='http://purl.org/syndication/thread/1.0'"))
    };
    let tombstone =
        |inside: &str| inside.replace("NS", "xmlns:at='http://purl.org/atompub/tombstones/1.0'");
    let georss =
        |inside: &str| entry(&inside.replace("NS", "xmlns:georss='http://www.georss.org/georss'"));
    let deleted = "ref='urn:example:3' when='2026-01-01T00:00:00Z'";
    let again = "ref='urn:example:3' when='2026-01-01T01:00:00+01:00'";
    vec![
        (
            HistoryEmpty,
            feed(
                "@<fh:complete xmlns:fh='http://purl.org/syndication/history/1.0'>yes</fh:complete>",
            ),
            Clean,
        ),
        (HistoryKind, history("<fh:complete/><link rel='prev-archive' href='/1'/>"), Clean),
        (HistoryKind, history("<fh:complete/><fh:archive/><link rel='current' href='/'/>"), Clean),
        (HistoryKind, history("<fh:complete/><link rel='next' href='/2'/>"), Clean),
        (HistoryKind, history("<fh:complete/><link rel='previous' href='/0'/>"), Clean),
        (ArchiveCurrent, history("<fh:archive/>"), Clean),
        (ArchiveCurrent, history("<fh:archive/><link rel='next-archive' href='/2'/>"), Clean),
        (
            ArchiveMarked,
            history("<link rel='next-archive' href='/2'/><link rel='current' href='/'/>"),
            Clean,
        ),
        (PageLink, history("<link rel='next' href='/1'/><link rel='next' href='/2'/>"), Clean),
        (
            ReplyReference,
            thread("@<thr:in-reply-to NS href='/1'/>"),
            Refused(ReplyReference, "/entry/in-reply-to[1]"),
        ),
        (
            ReplyReference,
            thread("@<thr:in-reply-to NS ref='1'/>"),
            Refused(ReplyReference, "/entry/in-reply-to[1]"),
        ),
        (
            IriSyntax,
            thread("@<thr:in-reply-to NS ref='urn:example:1' source='a b'/>"),
            Refused(IriSyntax, "/entry/in-reply-to[1]"),
        ),
        (
            ReplyType,
            thread("@<thr:in-reply-to NS ref='urn:example:1' type='html'/>"),
            Refused(ReplyType, "/entry/in-reply-to[1]"),
        ),
        (
            ReplyTotal,
            thread("@<thr:total NS>many</thr:total>"),
            Refused(ReplyTotal, "/entry/total[1]"),
        ),
        (
            ElementRepeated,
            thread("<thr:total NS>1</thr:total>@<thr:total NS>2</thr:total>"),
            Refused(ElementRepeated, "/entry"),
        ),
        (
            ReplyCount,
            thread("@<link NS rel='replies' href='/r' thr:count='-1'/>"),
            Refused(ReplyCount, "/entry/link[2]"),
        ),
        (
            DateSyntax,
            thread("@<link NS rel='replies' href='/r' thr:updated='today'/>"),
            Refused(DateSyntax, "/entry/link[2]"),
        ),
        (ReplyLink, thread("@<link NS rel='related' href='/r' thr:count='1'/>"), Clean),
        (
            PersonName,
            feed(&tombstone(&format!(
                "@<at:deleted-entry NS {deleted}><at:by/></at:deleted-entry>"
            ))),
            Refused(PersonName, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneReference,
            feed(&tombstone("@<at:deleted-entry NS when='2026-01-01T00:00:00Z'/>")),
            Refused(TombstoneReference, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneWhen,
            feed(&tombstone("@<at:deleted-entry NS ref='urn:example:3' when='2026-01-01'/>")),
            Refused(TombstoneWhen, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneWhen,
            tombstone("@<at:deleted-entry NS ref='urn:example:3'/>"),
            Refused(TombstoneWhen, "/deleted-entry"),
        ),
        (
            TombstoneChild,
            feed(&tombstone(&format!(
                "@<at:deleted-entry NS {deleted}><at:comment/><at:comment/></at:deleted-entry>"
            ))),
            Refused(TombstoneChild, "/feed/deleted-entry[1]"),
        ),
        (
            TombstoneRepeated,
            feed(&tombstone(&format!(
                "<at:deleted-entry NS {deleted}/><at:deleted-entry NS {again}/>"
            )))
            .replace("<feed", "@<feed"),
            Refused(TombstoneRepeated, "/feed"),
        ),
        (LocationSyntax, georss("@<georss:point NS>45.256</georss:point>"), Clean),
        (LocationSyntax, georss("@<georss:point NS>91 0</georss:point>"), Clean),
        (LocationSyntax, georss("@<georss:point NS>45.256,-71.92</georss:point>"), Clean),
        (LocationSyntax, georss("@<georss:line NS>45 1 NaN 2</georss:line>"), Clean),
        (LocationSyntax, georss("@<georss:polygon NS>1 1 2 2 3 3 4 4</georss:polygon>"), Clean),
        (LocationSyntax, georss("@<georss:where NS>45 1</georss:where>"), Clean),
        (LocationNumber, georss("@<georss:elev NS>high</georss:elev>"), Clean),
        (LocationNumber, georss("@<georss:radius NS>INF</georss:radius>"), Clean),
        (LocationNumber, georss("@<georss:floor NS>2.5</georss:floor>"), Clean),
        (
            LocationSyntax,
            georss("@<georss:where NS><georss:circle>1 1</georss:circle></georss:where>"),
            Clean,
        ),
    ]
}
