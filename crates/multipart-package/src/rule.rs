//! Everything that this crate checks: each rule with its level, name, section and sentence.

use crate::level::rules;

rules! {
    ContentTypeSyntax: Fatal, "content-type-syntax", "RFC 9110 section 8.3.1",
        "a content type is type/subtype and parameters";
    NotMultipart: Fatal, "not-multipart", "RFC 2046 section 5.1",
        "the content type of a package or feed document is multipart";
    BoundaryMissing: Fatal, "boundary-missing", "RFC 2046 section 5.1.1",
        "a multipart content type has a boundary parameter";
    BoundaryRepeated: Fatal, "boundary-repeated", "RFC 2046 section 5.1.1",
        "a multipart content type has only one boundary parameter";
    BoundarySyntax: Must, "boundary-syntax", "RFC 2046 section 5.1.1",
        "a boundary is 1 to 70 bchars and does not end with a space";
    BoundaryOctets: Fatal, "boundary-octets", "this crate's ReadBoundary",
        "a boundary has 1 to 256 octets, none of which is CR, LF or NUL";
    DelimiterDashes: Must, "delimiter-dashes", "RFC 2046 section 5.1.1",
        "two hyphens precede the boundary in a delimiter line";
    ParameterUnquoted: Must, "parameter-unquoted", "RFC 9110 section 5.6.6",
        "a parameter value that is not a token is quoted";
    ParameterSpace: Must, "parameter-space", "RFC 9110 section 5.6.6",
        "there is no space around the = of a parameter";
    ParameterUnquotedSpace: Must, "parameter-unquoted-space", "RFC 9110 section 5.6.6",
        "a parameter value that contains spaces is quoted";
    OpeningMissing: Fatal, "opening-missing", "RFC 2046 section 5.1.1",
        "a delimiter line precedes the first part";
    CloseMissing: Must, "close-missing", "RFC 2046 section 5.1.1",
        "the close delimiter follows the last part";
    CloseLineEnd: Must, "close-line-end", "RFC 2046 section 5.1.1",
        "CR LF or the end of the input ends the close delimiter line";
    HeadIncomplete: Fatal, "head-incomplete", "RFC 2046 section 5.1",
        "a blank line ends the head of a part";
    BodyIncomplete: Fatal, "body-incomplete", "RFC 9110 section 8.6",
        "a body framed by its length has as many octets as its Content-Length states";
    LengthMissing: Fatal, "length-missing", "RFC 9110 section 8.6",
        "every part has a valid Content-Length where lengths frame the bodies";
    LengthFraming: Fatal, "length-framing", "RFC 2046 section 5.1.1",
        "a delimiter line follows directly after a body framed by its length";
    DelimiterInHead: Must, "delimiter-in-head", "RFC 2046 section 5.1.1",
        "the head of a part contains no delimiter line";
    PartEmpty: Must, "part-empty", "RFC 2046 section 5.1",
        "a blank line ends the head of a part that has no fields";
    DelimiterInBody: Fatal, "delimiter-in-body", "RFC 2046 section 5.1.1",
        "no line of a body begins with the delimiter";
    DelimiterPrefix: Must, "delimiter-prefix", "RFC 2046 section 5.1.1",
        "no line of a part begins with the delimiter, except a delimiter line";
    PreambleDelimiterPrefix: Must, "preamble-delimiter-prefix", "RFC 2046 section 5.1.1",
        "a part follows a preamble in which a line begins with the delimiter";
    PreambleHead: Must, "preamble-head", "RFC 2046 section 5.1.1",
        "a part follows a preamble that looks like the head of a part";
    BareLineFeed: Must, "bare-line-feed", "RFC 2046 section 5.1.1",
        "delimiter and field lines end with CR LF";
    LineBreakAmbiguous: Must, "line-break-ambiguous", "RFC 2046 section 5.1.1",
        "no CR LF precedes the delimiter line after a head whose lines end with LF alone";
    FieldSyntax: Fatal, "field-syntax", "RFC 5322 section 2.2",
        "a field line is a name of printable ASCII without spaces, a colon and a value";
    FieldNameToken: Must, "field-name-token", "RFC 9110 section 5.1",
        "a field name is a token";
    FieldNulOrCr: Fatal, "field-nul-or-cr", "RFC 9110 section 5.5",
        "a field value contains no NUL, CR or LF";
    FieldControl: Must, "field-control", "RFC 9110 section 5.5",
        "a field value contains no control characters";
    FieldSpaceBeforeColon: Must, "field-space-before-colon", "RFC 9112 section 5.1",
        "there is no space between a field's name and its colon";
    FieldFold: Must, "field-fold", "RFC 9112 section 5.2",
        "a field value is not folded over several lines";
    FieldComment: Must, "field-comment", "RFC 9110 section 5.6.5",
        "a field that HTTP defines without comments contains none";
    ContentLengthSyntax: Must, "content-length-syntax", "RFC 9110 section 8.6",
        "a Content-Length is a decimal number of octets";
    ContentLengthRepeated: Must, "content-length-repeated", "RFC 9110 section 8.6",
        "a part states its Content-Length only once";
    ContentLengthConflict: Fatal, "content-length-conflict", "RFC 9110 section 8.6",
        "the Content-Length values of one part agree";
    ContentLengthDiffers: Must, "content-length-differs", "RFC 9110 section 8.6",
        "a Content-Length equals the number of octets in the body";
    ContentDispositionSyntax: Must, "content-disposition-syntax", "RFC 6266 section 4.1",
        "a Content-Disposition is a type followed by parameters";
    FormNameMissing: Must, "form-name-missing", "RFC 7578 section 4.2",
        "the Content-Disposition of a form field states its name";
    FormParameterRepeated: Must, "form-parameter-repeated", "RFC 6266 section 4.1",
        "the Content-Disposition of a form field states its name and its file name only once";
    FormFilenameExtended: Must, "form-filename-extended", "RFC 7578 section 4.2",
        "a form field has no filename*, and no other form of its names with a *";
    ContentLocationSyntax: Must, "content-location-syntax", "RFC 9110 section 8.7",
        "a Content-Location is printable ASCII without spaces";
    ContentIdSyntax: Must, "content-id-syntax", "RFC 2045 section 7",
        "a Content-ID is a message id in angle brackets";
    ContentRangeSyntax: Must, "content-range-syntax", "RFC 9110 section 14.4",
        "a Content-Range is a unit, two positions and a complete length";
    ContentRangeOrder: Must, "content-range-order", "RFC 9110 section 14.4",
        "the last position of a Content-Range is not before the first, and within the complete length";
    ContentTransferEncodingSyntax: Must, "content-transfer-encoding-syntax", "RFC 2045 section 6.1",
        "a Content-Transfer-Encoding is a token";
    EntityTagSyntax: Must, "entity-tag-syntax", "RFC 9110 section 8.8.3",
        "an ETag is a quoted opaque tag, preceded by W/ if it is weak";
    EventTypeSyntax: Must, "event-type-syntax", "draft-kiessling-web-eventsourcing-00 (2015-06-30) section 4.3",
        "an Event-Type is family=name";
    LastModifiedSyntax: Must, "last-modified-syntax", "RFC 9110 section 5.6.7",
        "a Last-Modified is an HTTP date";
    LastModifiedObsolete: Must, "last-modified-obsolete", "RFC 9110 section 5.6.7",
        "a Last-Modified has the form of an IMF-fixdate";
    LastModifiedWeekday: Must, "last-modified-weekday", "RFC 5322 section 3.3",
        "the weekday of a Last-Modified matches its date";
    FieldRepeated: Must, "field-repeated", "RFC 9110 section 5.3",
        "a field that takes one value appears only once in a head";
    ContentDigestSyntax: Fatal, "content-digest-syntax", "RFC 9530 section 2",
        "a Content-Digest is a dictionary of byte sequences";
    ContentDigestDiffers: Fatal, "content-digest-differs", "RFC 9530 section 2",
        "a body has the digest that its Content-Digest states";
    TransferEncodingUnknown: Fatal, "transfer-encoding-unknown", "RFC 2045 section 6.4",
        "a body that is decoded has a transfer encoding of RFC 2045";
    TransferEncodingLine: Must, "transfer-encoding-line", "RFC 2045 section 6.7",
        "a line of an encoded body has at most 76 characters";
    Base64Syntax: Must, "base64-syntax", "RFC 2045 section 6.8",
        "a base64 body contains only base64 characters, spaces and line breaks";
    Base64Padding: Must, "base64-padding", "RFC 2045 section 6.8",
        "a base64 body ends with a group of four characters, padded with = and bits of zero";
    QuotedPrintableForm: Must, "quoted-printable-form", "RFC 2045 section 6.7",
        "a quoted-printable body has uppercase digits and full line ends, and does not end with =";
    QuotedPrintableSyntax: Must, "quoted-printable-syntax", "RFC 2045 section 6.7",
        "a quoted-printable body is printable ASCII, and two digits or a line break follow each =";
    CheckpointSyntax: Fatal, "checkpoint-syntax", "this crate's Checkpoint",
        "the text of a checkpoint is exactly as it was written";
    SummarySyntax: Fatal, "summary-syntax", "this crate's Summary",
        "the text of a summary is exactly as it was written";
    DelimiterAfterClose: Fatal, "delimiter-after-close", "RFC 2046 section 5.1.1",
        "no delimiter line follows the close delimiter of a package that is read in ranges";
    PreambleNotEmpty: Advice, "preamble-not-empty", "RFC 2046 section 5.1.1",
        "nothing precedes the opening delimiter";
    PreambleLooksLikeHead: Advice, "preamble-looks-like-head", "draft-kiessling-web-eventsourcing-00 section 3.2",
        "the preamble does not look like the head of a part";
    DelimiterPrefixOutside: Advice, "delimiter-prefix-outside", "RFC 2046 section 5.1.1",
        "no line of a preamble or an epilogue begins with the delimiter";
    EpilogueNotEmpty: Advice, "epilogue-not-empty", "RFC 2046 section 5.1.1",
        "nothing follows the close delimiter";
}
