//! Everything this crate checks, each check with its name, level and section.

use crate::level::rules;

rules! {
    Encoding: Fatal, "encoding", "XML 1.0 section 4.3.3",
        "a document is in the encoding that it declares, UTF-8 unless another can be read";
    Character: Fatal, "character", "XML 1.0 section 2.2",
        "a document holds no control characters but tab and line ends, no U+FFFE and no U+FFFF";
    Declaration: Fatal, "declaration", "XML 1.0 section 2.8",
        "an XML declaration stands first, says version 1.0, and encoding and standalone if at all in this order";
    Doctype: Fatal, "doctype", "RFC 3470 section 4.3",
        "a document has no document type declaration, so that nothing is expanded or fetched";
    OneRoot: Fatal, "one-root", "XML 1.0 section 2.1",
        "a document has one root element";
    RootText: Fatal, "root-text", "XML 1.0 section 2.1",
        "only comments, instructions and white space stand outside the root element";
    Incomplete: Fatal, "incomplete", "XML 1.0 section 2.1",
        "a document ends after its root element's end";
    EndTag: Fatal, "end-tag", "XML 1.0 section 3",
        "an end tag has the name of the start tag it closes";
    Tag: Fatal, "tag", "XML 1.0 section 3.1",
        "a tag is a name and attributes, parted by white space";
    Name: Fatal, "name", "Namespaces in XML 1.0 section 4",
        "a name is a local part, at most one prefix and a colon before it";
    AttributeValue: Fatal, "attribute-value", "XML 1.0 section 3.1",
        "an attribute has a value in quotes";
    AttributeLessThan: Fatal, "attribute-less-than", "XML 1.0 section 3.1",
        "an attribute's value holds no <";
    AttributeRepeated: Fatal, "attribute-repeated", "Namespaces in XML 1.0 section 6.3",
        "an element has no two attributes of one name, nor of one namespace and local part";
    PrefixUndeclared: Fatal, "prefix-undeclared", "Namespaces in XML 1.0 section 5",
        "a prefix is declared on the element or around it, or supplied by Reader::namespace";
    PrefixEmpty: Fatal, "prefix-empty", "Namespaces in XML 1.0 section 5",
        "a prefix is declared for a namespace that has a name";
    PrefixReserved: Fatal, "prefix-reserved", "Namespaces in XML 1.0 section 3",
        "xml and xmlns stand for their own namespaces, and nothing else does";
    Reference: Fatal, "reference", "XML 1.0 section 4.1",
        "an ampersand begins a reference, which a semicolon ends";
    Entity: Fatal, "entity", "XML 1.0 section 4.1",
        "a referenced entity is declared: without a document type these are lt, gt, amp, apos and quot";
    CharacterReference: Fatal, "character-reference", "XML 1.0 section 4.1",
        "a character reference names a character that a document may hold";
    CdataEnd: Fatal, "cdata-end", "XML 1.0 section 2.4",
        "text holds no ]]>";
    Comment: Fatal, "comment", "XML 1.0 section 2.5",
        "a comment holds no -- and does not end in a hyphen";
    Instruction: Fatal, "instruction", "XML 1.0 section 2.6",
        "a processing instruction has a name without a colon that is not xml";
    Markup: Fatal, "markup", "XML 1.0 section 2.4",
        "markup is a tag, a comment, an instruction or a CDATA section";
    NamespaceSupplied: Advice, "namespace-supplied", "Namespaces in XML 1.0 section 5",
        "a document declares its namespaces itself; this one was supplied by the reader's option";
    RootElement: Fatal, "root-element", "RFC 4287 section 2",
        "the root is a feed, entry, service, categories or collection element of its namespace, as was asked for";
    ElementNameCase: Must, "element-name-case", "RFC 4287 section 1.2",
        "the names of elements are spelled in their case";
    ElementUnexpected: Must, "element-unexpected", "RFC 4287 section 4",
        "an element of Atom's or AtomPub's namespace stands where the specification has it";
    ElementRepeated: Must, "element-repeated", "RFC 4287 section 4.1.1",
        "an element that may stand once does not stand twice";
    AttributeUnexpected: Advice, "attribute-unexpected", "RFC 4287 section 2",
        "an attribute without a namespace is one that the specification gives the element";
    StrayText: Must, "stray-text", "RFC 4287 section 4",
        "no text stands between the children of an element that holds elements";
    TextMarkup: Must, "text-markup", "RFC 4287 section 3.1.1",
        "an element that holds text holds no elements";
    ValueSpace: Must, "value-space", "RFC 4287 section 2",
        "no white space surrounds an IRI, a date or an email address";
    IriSyntax: Must, "iri-syntax", "RFC 4287 section 2",
        "an IRI is an IRI reference";
    IdAbsolute: Must, "id-absolute", "RFC 4287 section 4.2.6",
        "an id is an IRI with a scheme";
    DateSyntax: Must, "date-syntax", "RFC 4287 section 3.3",
        "a date is a date-time of RFC 3339, with an upper-case T and an upper-case Z or an offset";
    TextType: Must, "text-type", "RFC 4287 section 3.1.1",
        "the type of a text construct is text, html or xhtml";
    XhtmlDiv: Must, "xhtml-div", "RFC 4287 section 3.1.1.3",
        "xhtml is a single div element of XHTML";
    PersonName: Must, "person-name", "RFC 4287 section 3.2.1",
        "a person has a name";
    PersonEmail: Must, "person-email", "RFC 4287 section 3.2.3",
        "an email address has something on both sides of an @";
    LanguageTag: Advice, "language-tag", "RFC 4287 section 2",
        "a language is a language tag";
    FeedId: Must, "feed-id", "RFC 4287 section 4.1.1",
        "a feed has an id";
    FeedTitle: Must, "feed-title", "RFC 4287 section 4.1.1",
        "a feed has a title";
    FeedUpdated: Must, "feed-updated", "RFC 4287 section 4.1.1",
        "a feed says when it was updated";
    FeedAuthor: Must, "feed-author", "RFC 4287 section 4.1.1",
        "a feed has an author unless all its entries have";
    FeedSelf: Advice, "feed-self", "RFC 4287 section 4.1.1",
        "a feed links to itself";
    AlternateRepeated: Must, "alternate-repeated", "RFC 4287 section 4.1.1",
        "no two alternate links have the same type and hreflang";
    EntryId: Must, "entry-id", "RFC 4287 section 4.1.2",
        "an entry has an id";
    EntryTitle: Must, "entry-title", "RFC 4287 section 4.1.2",
        "an entry has a title";
    EntryUpdated: Must, "entry-updated", "RFC 4287 section 4.1.2",
        "an entry says when it was updated";
    EntryAuthor: Must, "entry-author", "RFC 4287 section 4.1.2",
        "an entry has an author unless its source or its feed has";
    EntryAlternate: Must, "entry-alternate", "RFC 4287 section 4.1.2",
        "an entry without content has an alternate link";
    EntrySummary: Must, "entry-summary", "RFC 4287 section 4.1.2",
        "an entry whose content lies elsewhere or is base64 has a summary";
    ContentType: Must, "content-type", "RFC 4287 section 4.1.3.1",
        "the type of content is text, html, xhtml or a media type that is not composite";
    ContentSource: Must, "content-source", "RFC 4287 section 4.1.3.2",
        "content with src is empty, and its type is a media type";
    ContentSourceType: Advice, "content-source-type", "RFC 4287 section 4.1.3.2",
        "content with src has a type";
    ContentBase64: Must, "content-base64", "RFC 4287 section 4.1.3.3",
        "content that is neither text nor XML is base64";
    CategoryTerm: Must, "category-term", "RFC 4287 section 4.2.2.1",
        "a category has a term";
    LinkHref: Must, "link-href", "RFC 4287 section 4.2.7.1",
        "a link has an href";
    LinkRel: Must, "link-rel", "RFC 4287 section 4.2.7.2",
        "a link's rel is a name or an IRI, and not empty";
    LinkType: Must, "link-type", "RFC 4287 section 4.2.7.3",
        "a link's type is a media type";
    ServiceWorkspace: Must, "service-workspace", "RFC 5023 section 8.3.1",
        "a service has a workspace";
    WorkspaceTitle: Must, "workspace-title", "RFC 5023 section 8.3.2",
        "a workspace has a title";
    CollectionHref: Must, "collection-href", "RFC 5023 section 8.3.3",
        "a collection has an href";
    CollectionTitle: Must, "collection-title", "RFC 5023 section 8.3.3",
        "a collection has a title";
    AcceptSyntax: Advice, "accept-syntax", "RFC 5023 section 8.3.4",
        "what a collection accepts is a media range";
    CategoriesOutOfLine: Must, "categories-out-of-line", "RFC 5023 section 7.2.1",
        "categories with an href are empty and have neither fixed nor scheme";
    CategoriesFixed: Must, "categories-fixed", "RFC 5023 section 7.2.1.1",
        "fixed is yes or no";
    ControlDraft: Must, "control-draft", "RFC 5023 section 13.1.1",
        "draft is yes or no";
    ProfileMissing: Fatal, "profile-missing", "draft-wilde-fsm-00 section 2",
        "a profile link says whether this is a service entry or a bundle";
    ProfileUnknown: Fatal, "profile-unknown", "draft-wilde-fsm-00 section 2",
        "a profile of FSM's is that of service entries or that of bundles, and the one asked for";
    ProfileTwice: Fatal, "profile-twice", "draft-wilde-fsm-00 section 2",
        "an entry has one profile of FSM's, not both";
    ServiceUri: Fatal, "service-uri", "draft-wilde-fsm-00 section 2.1",
        "an alternate link names the service or the bundle";
    ServiceDocument: Must, "service-document", "draft-wilde-fsm-00 section 2.2",
        "a bundle links to its service document";
    SourceDiffers: Advice, "source-differs", "draft-wilde-fsm-00 section 2.1",
        "content's src names the service that the alternate link names";
    QueryRepeated: Must, "query-repeated", "draft-wilde-fsm-00 section 2.1",
        "a service entry has one query";
    QueryScheme: Must, "query-scheme", "draft-wilde-fsm-00 section 2.1",
        "a query's scheme is a URI";
    QuerySyntax: Fatal, "query-syntax", "draft-wilde-fsm-00 section 2.1",
        "a query without a scheme is the query of a URI, in its characters";
    ServiceRelative: Fatal, "service-relative", "RFC 3986 section 5",
        "a relative reference to a service is resolved against an absolute base";
    Status: Fatal, "status", "RFC 5023 section 5",
        "the status is the one that answers the request";
    LocationMissing: Fatal, "location-missing", "RFC 5023 section 5.3",
        "a response that says 201 has a Location";
    MediaType: Fatal, "media-type", "RFC 5023 section 12",
        "a body has the media type of what it is to hold";
    ReferenceDeletion: Fatal, "reference-deletion", "draft-wilde-fsm-00 section 4.1",
        "a bundle reference is removed by DELETE on its own URI, for the draft leaves the POST form open";
}
