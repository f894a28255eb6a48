//! Everything that this crate checks, each with its level, name and section.

use crate::level::rules;

rules! {
    FieldLineBreak: Fatal, "field-line-break", "RFC 9110 section 5.5",
        "a field value contains no NUL, CR or LF";
    FieldControl: Must, "field-control", "RFC 9110 section 5.5",
        "a field value contains no control characters";
    FieldFold: Must, "field-fold", "RFC 9112 section 5.2",
        "a field value is not folded over several lines";
    TargetBrackets: Fatal, "target-brackets", "RFC 8288 section 3",
        "a link begins with its target between < and >";
    TargetSpace: Must, "target-space", "RFC 8288 section 3",
        "no white space stands between a target and its < and >";
    LinkSeparator: Must, "link-separator", "RFC 8288 section 3",
        "a comma separates a link from what precedes it";
    ReferenceUtf8: Fatal, "reference-utf8", "RFC 3987 section 1.2",
        "a target or anchor that is not ASCII is UTF-8";
    ReferenceAscii: Must, "reference-ascii", "RFC 3986 section 2",
        "a target or anchor is a URI reference in ASCII, not an IRI reference";
    TargetSyntax: Must, "target-syntax", "RFC 8288 section 3.1",
        "a target is a URI reference";
    ReferenceUnresolved: Fatal, "reference-unresolved", "RFC 3986 section 5.2",
        "a target or anchor can be resolved against the URI of the document, which is absolute";
    QuoteUnclosed: Fatal, "quote-unclosed", "RFC 9110 section 5.6.4",
        "a quoted string ends with a quote";
    ParameterSeparator: Must, "parameter-separator", "RFC 8288 section 3",
        "a semicolon separates a parameter from what precedes it";
    ParameterEmpty: Must, "parameter-empty", "RFC 8288 section 3",
        "a parameter follows each semicolon";
    ParameterName: Must, "parameter-name", "RFC 8288 section 3",
        "the name of a parameter is a token";
    ParameterValue: Must, "parameter-value", "RFC 8288 section 3",
        "the value of a parameter is a token or a quoted string";
    RelMissing: Must, "rel-missing", "RFC 8288 section 3.3",
        "a link has a rel parameter";
    RelRepeated: Must, "rel-repeated", "RFC 8288 section 3.3",
        "a link has only one rel parameter";
    RelSyntax: Must, "rel-syntax", "RFC 8288 section 3.3",
        "rel and rev list relation types, each a name in lower case or a URI, separated by spaces";
    RelRenamed: Advice, "rel-renamed", "RFC 5829 section 3",
        "a relation has its present name: version-history, not all-versions; working-copy, not working-resource";
    AnchorBrackets: Must, "anchor-brackets", "RFC 8288 section 3.2",
        "an anchor is quoted, not enclosed in < and >";
    AnchorSyntax: Must, "anchor-syntax", "RFC 8288 section 3.2",
        "an anchor is a URI reference";
    ParameterRepeated: Must, "parameter-repeated", "RFC 8288 section 3.4.1",
        "media, title, title* and type occur at most once in a link";
    HreflangSyntax: Must, "hreflang-syntax", "RFC 8288 section 3.4.1",
        "hreflang is a language tag";
    TypeSyntax: Must, "type-syntax", "RFC 8288 section 3.4.1",
        "type is a media type without parameters";
    ExtValueSyntax: Must, "ext-value-syntax", "RFC 8187 section 3.2.1",
        "the value of a parameter whose name ends in * is charset'language'text, percent-encoded";
    ExtValueQuoted: Must, "ext-value-quoted", "RFC 8187 section 3.2.1",
        "the value of a parameter whose name ends in * is not quoted";
    ExtValueCharset: Must, "ext-value-charset", "RFC 8187 section 3.2.1",
        "the value of a parameter whose name ends in * is in UTF-8";
    ExtValueControl: Advice, "ext-value-control", "RFC 9110 section 5.5",
        "the decoded value of a parameter whose name ends in * contains no control characters";
    MementoDatetime: Must, "memento-datetime", "RFC 7089 section 2.2.4",
        "a link to a memento has a datetime";
    DatetimeSyntax: Must, "datetime-syntax", "RFC 7089 section 2.2.4",
        "a datetime is written as in Tue, 20 Jun 2000 18:02:59 GMT, and exists";
    DatetimeWeekday: Must, "datetime-weekday", "RFC 822 section 5.2",
        "the weekday of a datetime is that of its day";
    ElementEmpty: Advice, "element-empty", "RFC 9110 section 5.6.1",
        "a list of links has no empty element";
    ParameterSpace: Advice, "parameter-space", "RFC 9110 section 5.6.3",
        "no white space surrounds the = of a parameter";
    ValueAscii: Advice, "value-ascii", "RFC 9110 section 5.5",
        "the value of a parameter is ASCII";
    AnchorRepeated: Advice, "anchor-repeated", "RFC 8288 appendix B.2",
        "a link has only one anchor";
    RevDeprecated: Advice, "rev-deprecated", "RFC 8288 section 3.3",
        "a link states its relation by rel, not by rev";
    DatetimeDigits: Advice, "datetime-digits", "RFC 7089 section 2.2.4",
        "the datetime of a memento is that of the 14 digits in its URI, if there are such";
}
