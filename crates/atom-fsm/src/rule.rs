//! The rules that this crate checks, each with its level, name, section and sentence.

use crate::level::rules;

rules! {
    Encoding: Fatal, "encoding", "XML 1.0 section 4.3.3",
        "a document is encoded as its declaration says, and in UTF-8";
    Character: Fatal, "character", "XML 1.0 section 2.2",
        "a document contains no control characters except tab, line feed and carriage return, and neither U+FFFE nor U+FFFF";
    Declaration: Fatal, "declaration", "XML 1.0 section 2.8",
        "an XML declaration is at the start of the document, names a version 1.x, and then, if at all, encoding and standalone in this order";
    XmlVersion: Advice, "xml-version", "RFC 4287 section 2",
        "a document is XML 1.0, and declares no other version";
    Doctype: Fatal, "doctype", "RFC 3470 section 4.3",
        "a document has no document type declaration, so that no entity is expanded and nothing is fetched";
    OneRoot: Fatal, "one-root", "XML 1.0 section 2.1",
        "a document has one root element";
    RootText: Fatal, "root-text", "XML 1.0 section 2.1",
        "outside the root element there are only comments, instructions and white space";
    Incomplete: Fatal, "incomplete", "XML 1.0 section 2.1",
        "a document does not end before its root element ends";
    EndTag: Fatal, "end-tag", "XML 1.0 section 3",
        "an end tag has the name of the start tag that it closes";
    Tag: Fatal, "tag", "XML 1.0 section 3.1",
        "a tag is a name and attributes, separated by white space";
    Name: Fatal, "name", "Namespaces in XML 1.0 section 4",
        "a name is a local part, or a prefix, a colon and a local part";
    AttributeValue: Fatal, "attribute-value", "XML 1.0 section 3.1",
        "an attribute has a value in quotes";
    AttributeLessThan: Fatal, "attribute-less-than", "XML 1.0 section 3.1",
        "an attribute's value contains no <";
    AttributeRepeated: Fatal, "attribute-repeated", "Namespaces in XML 1.0 section 6.3",
        "no two attributes of an element have the same name, or the same namespace and local part";
    PrefixUndeclared: Fatal, "prefix-undeclared", "Namespaces in XML 1.0 section 5",
        "a prefix is declared on the element or around it";
    PrefixEmpty: Fatal, "prefix-empty", "Namespaces in XML 1.0 section 5",
        "a prefix is not declared for the empty namespace";
    PrefixReserved: Fatal, "prefix-reserved", "Namespaces in XML 1.0 section 3",
        "xml and xmlns stand for their own namespaces, and no other prefix stands for these";
    Reference: Fatal, "reference", "XML 1.0 section 4.1",
        "an ampersand begins a reference, which ends in a semicolon";
    Entity: Fatal, "entity", "XML 1.0 section 4.1",
        "an entity that is referenced is declared: without a document type, only lt, gt, amp, apos and quot are";
    CharacterReference: Fatal, "character-reference", "XML 1.0 section 4.1",
        "a character reference names a character that a document may contain";
    CdataEnd: Fatal, "cdata-end", "XML 1.0 section 2.4",
        "text contains no ]]>";
    Comment: Fatal, "comment", "XML 1.0 section 2.5",
        "a comment contains no -- and does not end in a hyphen";
    Instruction: Fatal, "instruction", "XML 1.0 section 2.6",
        "a processing instruction has a name, which is not xml and contains no colon";
    Markup: Fatal, "markup", "XML 1.0 section 2.4",
        "markup is a tag, a comment, an instruction or a CDATA section";
    NamespaceSupplied: Advice, "namespace-supplied", "Namespaces in XML 1.0 section 5",
        "a document declares its namespaces itself; Reader::namespace supplied this one";
    RepairedStart: Advice, "repaired-start", "XML 1.0 section 2.8",
        "a document begins with its declaration or its root; Reader::repair left out what is before";
    RepairedDoctype: Advice, "repaired-doctype", "RFC 3470 section 4.3",
        "a document has no document type declaration; Reader::repair skipped this one and expands nothing";
    RepairedCharacter: Advice, "repaired-character", "XML 1.0 section 2.2",
        "a document contains only characters that XML allows; Reader::repair put U+FFFD in place of this one";
    RepairedAmpersand: Advice, "repaired-ampersand", "XML 1.0 section 4.1",
        "an ampersand begins a reference; Reader::repair kept this one as text";
    RepairedEntity: Advice, "repaired-entity", "XML 1.0 section 4.1",
        "an entity that is referenced is declared; Reader::repair kept this reference as text";
    RepairedHtmlEntity: Advice, "repaired-html-entity", "XML 1.0 section 4.1",
        "an entity that is referenced is declared; Reader::repair replaced this one as HTML does";
    RepairedPrefix: Advice, "repaired-prefix", "Namespaces in XML 1.0 section 5",
        "a prefix is declared on the element or around it; Reader::repair kept this name unbound";
    RepairedAttribute: Advice, "repaired-attribute", "RFC 4287 section 2",
        "an attribute of Atom's elements has no namespace; Reader::repair took this one, in Atom's, for it";
    RepairedEnd: Advice, "repaired-end", "XML 1.0 section 2.1",
        "behind the root there are only comments, instructions and white space; Reader::repair left out the rest";
    RootElement: Fatal, "root-element", "RFC 4287 section 2",
        "the root is an element that is known, and of the kind that was asked for";
    ElementNameCase: Must, "element-name-case", "RFC 4287 section 1.2",
        "the name of an element is written in its own case";
    ElementUnexpected: Must, "element-unexpected", "RFC 4287 section 4",
        "an element of Atom's or AtomPub's namespace is in a place where the specification allows it";
    ElementRepeated: Must, "element-repeated", "RFC 4287 section 4.1.1",
        "an element that may occur once does not occur twice";
    AttributeUnexpected: Advice, "attribute-unexpected", "RFC 4287 section 2",
        "an attribute without a namespace is one that the specification defines for the element";
    StrayText: Must, "stray-text", "RFC 4287 section 4",
        "an element that contains elements has no text between them";
    TextMarkup: Must, "text-markup", "RFC 4287 section 3.1.1",
        "an element that contains text contains no elements";
    ValueSpace: Must, "value-space", "RFC 4287 section 2",
        "no white space surrounds an IRI, a date or an email address";
    IriSyntax: Must, "iri-syntax", "RFC 4287 section 2",
        "an IRI or an IRI reference has the syntax of one";
    IriHost: Advice, "iri-host", "RFC 9110 section 4.2",
        "an IRI of http or https has a host";
    IdAbsolute: Must, "id-absolute", "RFC 4287 section 4.2.6",
        "an id is an IRI with a scheme";
    IdNormal: Advice, "id-normal", "RFC 4287 section 4.2.6.1",
        "an id is in normal form: scheme and host in lower case, no dot segments, no default port, and percent-encoding only where it is needed";
    IdTag: Advice, "id-tag", "RFC 4151 section 2.1",
        "an id of the scheme tag has an authority, a comma, a date, a colon and a text";
    IdUrn: Advice, "id-urn", "RFC 8141 section 2",
        "an id of the scheme urn has a namespace identifier of 2 to 32 letters, digits or hyphens, a colon and a text";
    IdUuid: Advice, "id-uuid", "RFC 9562 section 4",
        "an id that begins with urn:uuid: ends in 32 hexadecimal digits, in groups of 8, 4, 4, 4 and 12";
    DateSyntax: Must, "date-syntax", "RFC 4287 section 3.3",
        "a date is a date-time of RFC 3339, with an upper-case T and an upper-case Z or an offset";
    TextType: Must, "text-type", "RFC 4287 section 3.1.1",
        "the type of a text construct is text, html or xhtml";
    XhtmlDiv: Must, "xhtml-div", "RFC 4287 section 3.1.1.3",
        "xhtml is a single div element of XHTML";
    XhtmlElement: Advice, "xhtml-element", "RFC 4287 section 3.1.1.3",
        "an element within xhtml has a namespace, and not that of Atom or AtomPub";
    PersonName: Must, "person-name", "RFC 4287 section 3.2.1",
        "a person has a name";
    NameEmpty: Advice, "name-empty", "RFC 4287 section 3.2.1",
        "the name of a person is not empty";
    PersonEmail: Must, "person-email", "RFC 4287 section 3.2.3",
        "an email address is an addr-spec: a local part, an @ and a domain";
    LanguageTag: Advice, "language-tag", "RFC 4287 section 2",
        "a language has the syntax of a language tag";
    FeedId: Must, "feed-id", "RFC 4287 section 4.1.1",
        "a feed has an id";
    FeedTitle: Must, "feed-title", "RFC 4287 section 4.1.1",
        "a feed has a title";
    FeedUpdated: Must, "feed-updated", "RFC 4287 section 4.1.1",
        "a feed has the date when it was updated";
    FeedAuthor: Must, "feed-author", "RFC 4287 section 4.1.1",
        "a feed has an author unless each of its entries has one";
    FeedSelf: Advice, "feed-self", "RFC 4287 section 4.1.1",
        "a feed has a link to itself";
    MetadataOrder: Must, "metadata-order", "RFC 4287 section 4.1.1",
        "the metadata of a feed is before its entries";
    EntryRepeated: Advice, "entry-repeated", "RFC 4287 section 4.1.1",
        "entries of a feed that have the same id have different updated dates";
    TitleEmpty: Advice, "title-empty", "RFC 4287 section 4.2.14",
        "a title is not empty";
    AlternateRepeated: Must, "alternate-repeated", "RFC 4287 section 4.1.1",
        "no two alternate links have the same type and hreflang";
    EntryId: Must, "entry-id", "RFC 4287 section 4.1.2",
        "an entry has an id";
    EntryTitle: Must, "entry-title", "RFC 4287 section 4.1.2",
        "an entry has a title";
    EntryUpdated: Must, "entry-updated", "RFC 4287 section 4.1.2",
        "an entry has the date when it was updated";
    EntryAuthor: Must, "entry-author", "RFC 4287 section 4.1.2",
        "an entry has an author unless its source or its feed has one";
    EntryAlternate: Must, "entry-alternate", "RFC 4287 section 4.1.2",
        "an entry without content has an alternate link";
    EntrySummary: Must, "entry-summary", "RFC 4287 section 4.1.2",
        "an entry has a summary if its content is out of line or base64";
    ContentType: Must, "content-type", "RFC 4287 section 4.1.3.1",
        "the type of content is text, html, xhtml or a media type that is not composite";
    ContentSource: Must, "content-source", "RFC 4287 section 4.1.3.2",
        "content with src contains neither text nor elements, and its type is a media type";
    ContentSourceType: Advice, "content-source-type", "RFC 4287 section 4.1.3.2",
        "content with src has a type";
    ContentBase64: Must, "content-base64", "RFC 4287 section 4.1.3.3",
        "content that is neither text nor XML is base64";
    ContentRoot: Advice, "content-root", "RFC 4287 section 4.1.3.3",
        "content of an XML media type is a single element, and that of application/xhtml+xml is html";
    CategoryTerm: Must, "category-term", "RFC 4287 section 4.2.2.1",
        "a category has a term";
    TermEmpty: Advice, "term-empty", "RFC 4287 section 4.2.2.1",
        "the term of a category is not empty";
    LinkHref: Must, "link-href", "RFC 4287 section 4.2.7.1",
        "a link has an href";
    LinkRel: Must, "link-rel", "RFC 4287 section 4.2.7.2",
        "a link's rel is a name or an IRI, and is not empty";
    LinkRelCase: Advice, "link-rel-case", "RFC 4287 section 4.2.7.2",
        "the name of a registered relation is written as it is registered";
    LinkRelUnregistered: Advice, "link-rel-unregistered", "RFC 4287 section 4.2.7.2",
        "a relation that is a name is registered with IANA; any other is an IRI";
    LinkType: Must, "link-type", "RFC 4287 section 4.2.7.3",
        "a link's type is a media type";
    LinkHreflang: Must, "link-hreflang", "RFC 4287 section 4.2.7.4",
        "a link's hreflang is a language tag";
    LinkLength: Advice, "link-length", "RFC 4287 section 4.2.7.6",
        "a link's length is a whole number of octets";
    SourceMetadata: Advice, "source-metadata", "RFC 4287 section 4.2.11",
        "a source that has the id, the title or the updated date of its feed has all three";
    ServiceWorkspace: Must, "service-workspace", "RFC 5023 section 8.3.1",
        "a service has a workspace";
    WorkspaceTitle: Must, "workspace-title", "RFC 5023 section 8.3.2",
        "a workspace has a title";
    CollectionHref: Must, "collection-href", "RFC 5023 section 8.3.3",
        "a collection has an href";
    CollectionTitle: Must, "collection-title", "RFC 5023 section 8.3.3",
        "a collection has a title";
    AcceptSyntax: Advice, "accept-syntax", "RFC 5023 section 8.3.4",
        "an accept element contains a media range, or nothing";
    CategoriesOutOfLine: Must, "categories-out-of-line", "RFC 5023 section 7.2.1",
        "a categories element with an href contains neither text nor elements, and has neither fixed nor scheme";
    CategoriesFixed: Must, "categories-fixed", "RFC 5023 section 7.2.1.1",
        "the attribute fixed is yes or no";
    ControlDraft: Must, "control-draft", "RFC 5023 section 13.1.1",
        "the element draft is yes or no";
    HistoryEmpty: Advice, "history-empty", "RFC 5005 sections 2 and 4",
        "the elements complete and archive are empty";
    HistoryKind: Advice, "history-kind", "RFC 5005 sections 2 and 4",
        "a complete feed is no archive document, and has no links to other pages or to archives";
    ArchiveCurrent: Advice, "archive-current", "RFC 5005 section 4",
        "an archive document has a link to the current feed";
    ArchiveMarked: Advice, "archive-marked", "RFC 5005 section 4",
        "an archive document, which alone has a link to the next archive, contains an archive element";
    PageLink: Advice, "page-link", "RFC 5005 sections 3 and 4",
        "a feed has one link at most of each relation that names a page or an archive";
    ReplyReference: Must, "reply-reference", "RFC 4685 section 3",
        "an in-reply-to element has a ref, which is the id of an entry";
    ReplyType: Must, "reply-type", "RFC 4685 section 3",
        "the type of an in-reply-to element is a media type";
    ReplyTotal: Must, "reply-total", "RFC 4685 section 5",
        "a total of replies is a whole number, which is not negative";
    ReplyCount: Must, "reply-count", "RFC 4685 section 4",
        "the count of a link to replies is a whole number, which is not negative";
    ReplyLink: Advice, "reply-link", "RFC 4685 section 4",
        "the attributes count and updated are on links to replies";
    TombstoneReference: Must, "tombstone-reference", "RFC 6721 section 3",
        "a deleted-entry element has a ref, which is the id of the entry";
    TombstoneWhen: Must, "tombstone-when", "RFC 6721 section 3",
        "a deleted-entry element says when the entry was deleted: a date-time of RFC 3339";
    TombstoneChild: Must, "tombstone-child", "RFC 6721 section 3",
        "a deleted-entry element has one by, one comment and one source at most";
    TombstoneRepeated: Must, "tombstone-repeated", "RFC 6721 section 3",
        "no two deleted-entry elements of a feed have the same ref and when";
    LocationSyntax: Advice, "location-syntax", "GeoRSS Simple",
        "a location has pairs of latitude and longitude within their ranges, as many as its kind needs";
    LocationNumber: Advice, "location-number", "GeoRSS Simple",
        "an elevation and a radius are numbers, and a floor is a whole number";
    OpmlVersion: Must, "opml-version", "OPML 2.0, the opml element",
        "an opml element has a version";
    OpmlHead: Must, "opml-head", "OPML 2.0, the opml element",
        "an opml element has a head";
    OpmlBody: Must, "opml-body", "OPML 2.0, the opml element",
        "an opml element has a body";
    OpmlOutline: Must, "opml-outline", "OPML 2.0, the body element",
        "an outline is in the body or in another outline";
    OpmlText: Must, "opml-text", "OPML 2.0, text attribute",
        "an outline has a text";
    OpmlType: Advice, "opml-type", "OPML 2.0, subscription lists",
        "an outline of the type rss has an xmlUrl, and one with an xmlUrl has this type";
    OpmlUrl: Must, "opml-url", "OPML 2.0, inclusion",
        "an outline of the type include or link has a url";
    ExtensionValue: Fatal, "extension-value", "RFC 4287 section 6.4",
        "an extension element is as its vocabulary demands";
    EntryBase: Fatal, "entry-base", "RFC 4287 section 2",
        "an entry that is passed on to a feed with another xml:base has a base that is known: FeedEntry::with_document_uri sets it";
    ProfileMissing: Fatal, "profile-missing", "draft-wilde-fsm-00 section 2",
        "a service entry or a bundle has a profile link that says which of the two it is";
    ProfileUnknown: Fatal, "profile-unknown", "draft-wilde-fsm-00 section 2",
        "a profile link of FSM names a service entry or a bundle, and the kind that was asked for";
    ProfileTwice: Fatal, "profile-twice", "draft-wilde-fsm-00 section 2",
        "an entry has one of the two profiles of FSM, not both";
    ServiceUri: Fatal, "service-uri", "draft-wilde-fsm-00 section 2.1",
        "a service entry or a bundle reference has an alternate link, which names the service or the bundle";
    ServiceDocument: Must, "service-document", "draft-wilde-fsm-00 section 2.2",
        "a bundle has a link to its service document";
    ServiceSource: Advice, "service-source", "draft-wilde-fsm-00 section 2.1",
        "a service entry has content whose src names the service";
    ServiceSummary: Advice, "service-summary", "draft-wilde-fsm-00 section 2.1",
        "a service entry has a summary";
    SourceDiffers: Advice, "source-differs", "draft-wilde-fsm-00 section 2.1",
        "the src of the content names the same service as the alternate link";
    QueryRepeated: Must, "query-repeated", "draft-wilde-fsm-00 section 2.1",
        "a service entry has at most one query";
    QueryScheme: Must, "query-scheme", "draft-wilde-fsm-00 section 2.1",
        "a query's scheme is a URI";
    QuerySyntax: Fatal, "query-syntax", "draft-wilde-fsm-00 section 2.1",
        "a query without a scheme has the syntax of a URI's query";
    ServiceRelative: Fatal, "service-relative", "RFC 3986 section 5",
        "a relative reference to a service needs an absolute base";
    Status: Fatal, "status", "RFC 5023 section 5",
        "a response has a status that answers the request";
    MediaType: Fatal, "media-type", "RFC 5023 section 12",
        "the media type of a body is that of the document that is expected";
    ResponseType: Advice, "response-type", "RFC 5023 section 12",
        "the media type of a response is that of its document, and its charset is one that is known";
    AcceptUnsupported: Fatal, "accept-unsupported", "RFC 5023 section 8.3.4",
        "a collection accepts media types only that the server can store";
    AlternateScheme: Fatal, "alternate-scheme", "RFC 4287 section 8.2",
        "an alternate link and the src of content that are posted name resources of http or https";
    BaseScheme: Fatal, "base-scheme", "RFC 4287 section 8.2",
        "an xml:base that is posted is of http or https, or relative";
    ReferenceDeletion: Fatal, "reference-deletion", "draft-wilde-fsm-00 section 4.1",
        "a bundle reference is deleted by DELETE of its own URI; the draft leaves a deletion by POST open, and it is not supported";
}
