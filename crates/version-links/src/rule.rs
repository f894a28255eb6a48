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
    LinksetLineBreak: Must, "linkset-line-break", "RFC 9264 section 4.1",
        "line breaks stand between the parts of a link, not within a target or a value";
    AnchorMissing: Advice, "anchor-missing", "RFC 9264 section 4",
        "each link of a linkset has an anchor, so that the linkset means the same everywhere";
    ReferenceRelative: Advice, "reference-relative", "RFC 9264 section 4",
        "the anchors and targets of a linkset are not relative references";
    JsonEncoding: Fatal, "json-encoding", "RFC 9264 section 4.2",
        "a linkset in JSON is UTF-8 without a byte order mark";
    JsonSyntax: Fatal, "json-syntax", "RFC 8259 section 2",
        "a linkset in JSON is one well-formed JSON value";
    JsonIncomplete: Fatal, "json-incomplete", "RFC 8259 section 2",
        "a linkset in JSON does not end before its last bracket";
    MemberRepeated: Must, "member-repeated", "RFC 8259 section 4",
        "no two members of an object have the same name";
    LinksetMissing: Fatal, "linkset-missing", "RFC 9264 section 4.2.1",
        "the document is an object with the member linkset";
    LinksetWrapped: Fatal, "linkset-wrapped", "RFC 9264 section 4.2.1",
        "the object with the member linkset is the whole document, not a value within it";
    LinksetBare: Fatal, "linkset-bare", "RFC 9264 section 4.2.1",
        "the array of link context objects is the value of the member linkset, not the document";
    LinksetSole: Must, "linkset-sole", "RFC 9264 section 4.2.1",
        "linkset is the only member of the document";
    ContextArray: Must, "context-array", "RFC 9264 section 4.2.1",
        "the value of linkset is an array, even of one link context object";
    ContextObject: Fatal, "context-object", "RFC 9264 section 4.2.1",
        "a link context object is an object";
    AnchorString: Fatal, "anchor-string", "RFC 9264 section 4.2.2",
        "the member anchor of a link context object is a string";
    RelationAnchor: Fatal, "relation-anchor", "RFC 9264 section 4.2.2",
        "in JSON, no relation type is called anchor, since that member is the link context";
    TargetArray: Must, "target-array", "RFC 9264 section 4.2.2",
        "the value of a relation type is an array, even of one link target object";
    TargetObject: Fatal, "target-object", "RFC 9264 section 4.2.2",
        "a link target object is an object";
    HrefMissing: Fatal, "href-missing", "RFC 9264 section 4.2.3",
        "a link target object has the member href, a string";
    AttributeArray: Must, "attribute-array", "RFC 9264 section 4.2.4",
        "hreflang, extension attributes and names that end in * have arrays, even of one value";
    AttributeValue: Must, "attribute-value", "RFC 9264 section 4.2.4",
        "a value is a string, or an object of value and language if the name ends in *; media, title and type have one";
    AttributeReserved: Must, "attribute-reserved", "RFC 9264 section 4.2.4",
        "no target attribute is called rel, rev, anchor or href";
    AttributeAbsent: Must, "attribute-absent", "RFC 9264 section 4.2.4.3",
        "in JSON, a target attribute has a value";
    ContextExtension: Advice, "context-extension", "RFC 9264 section 4.2.5",
        "a link context object contains only an anchor and relation types with arrays";
    LinkFormatSpace: Must, "link-format-space", "RFC 6690 section 2",
        "no white space stands between the parts of a link, and no line break within one";
    LinkFormatName: Must, "link-format-name", "RFC 6690 section 2",
        "the name of a parameter is one or more attr-chars of RFC 5987, and may end in *";
    LinkFormatValue: Must, "link-format-value", "RFC 6690 section 2",
        "titles and anchors are quoted, sz and hreflang are not, and a value without quotes is one or more ptokenchars";
    LinkFormatUtf8: Must, "link-format-utf8", "RFC 6690 section 2",
        "the values of the CoRE Link Format are UTF-8";
    LinkFormatAttribute: Must, "link-format-attribute", "RFC 6690 section 3",
        "rt and if list relation types, sz is a number and ct lists numbers; each occurs at most once";
}
