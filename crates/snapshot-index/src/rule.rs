//! Everything that this crate checks: each rule with its level, name, section and sentence.

use crate::level::rules;

macro_rules! draft {
    () => {
        "draft-kiessling-web-eventsourcing-00 section 3.1"
    };
}

rules! {
    Encoding: Fatal, "encoding", "RFC 8259 section 8.1",
        "an index is UTF-8 text without a byte order mark";
    Incomplete: Fatal, "incomplete", "RFC 8259 section 2",
        "an index does not end before its outermost object is closed";
    JsonSyntax: Fatal, "json-syntax", "RFC 8259 section 2",
        "an index is a well-formed JSON text";
    TrailingOctets: Fatal, "trailing-octets", "RFC 8259 section 2",
        "only white space follows the object of an index";
    NotAnObject: Fatal, "not-an-object", draft!(),
        "an index is a JSON object";
    MemberMissing: Fatal, "member-missing", draft!(),
        "an index has the members id, started and uris";
    MemberRepeated: Fatal, "member-repeated", "RFC 8259 section 4",
        "no two members of an index have the same name";
    MemberType: Fatal, "member-type", draft!(),
        "id is a string, started and completed are numbers, and uris is an array of strings";
    TimeInexact: Fatal, "time-inexact", draft!(),
        "a time is a whole number of milliseconds, written without fraction and exponent";
    TimeRange: Fatal, "time-range", "RFC 3339 section 5.6",
        "a time is from 0 to 253402300799999, which is the last millisecond of the year 9999";
    CompletedBeforeStarted: Must, "completed-before-started", draft!(),
        "a snapshot is not completed before it is started";
    UriSyntax: Must, "uri-syntax", "RFC 3986 section 4.1",
        "every item of uris is a URI reference";
    UriSameDocument: Must, "uri-same-document", "RFC 3986 section 4.4",
        "no item of uris refers to the index itself";
    UriRepeated: Must, "uri-repeated", draft!(),
        "no two items of uris are the same text";
    UriResolvedRepeated: Must, "uri-resolved-repeated", "RFC 3986 section 6.2.2",
        "no two items of uris resolve to the same resource";
    UriUnresolvable: Fatal, "uri-unresolvable", "RFC 3986 section 5.2",
        "every item of uris that is to be resolved is a URI reference that resolves to a URI";
    OtherAuthority: Fatal, "other-authority", "RFC 6454 section 5",
        "every item of uris resolves to a URI that the resolver's policy allows";
    BaseSyntax: Fatal, "base-syntax", "RFC 3986 section 5.1",
        "the base that an index is resolved against is an absolute URI";
    CompletedMissing: Advice, "completed-missing", draft!(),
        "an index has the member completed; without it, the snapshot counts as still being written";
    CompletedNull: Advice, "completed-null", draft!(),
        "the index of an incomplete snapshot omits completed instead of setting it to null";
    UrisEmpty: Advice, "uris-empty", draft!(),
        "a snapshot has at least one package";
    IdEmpty: Advice, "id-empty", draft!(),
        "an id is not empty";
    IdNotStarted: Advice, "id-not-started", draft!(),
        "an id is an RFC 3339 form of started";
    IdHazard: Advice, "id-hazard", "RFC 3986 section 7.3",
        "an id has no slash, backslash or control character, and is not a dot segment";
    TimeInSeconds: Advice, "time-in-seconds", draft!(),
        "a time is in milliseconds: one before March 1973 is probably in seconds";
    UriFragment: Advice, "uri-fragment", "RFC 3986 section 3.5",
        "an item of uris has no fragment, because a request does not send it";
    UriNumbering: Advice, "uri-numbering", draft!(),
        "items of uris that end in numbers are numbered without a gap";
}
