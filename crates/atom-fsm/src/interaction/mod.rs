//! Requests and responses of AtomPub (RFC 5023) and Feed Service Management (draft-wilde-fsm-00
//! section 4), as types of the `http` crate and bytes, without IO.
//!
//! A client builds its requests with a [`Client`], sends them by any HTTP library, and passes the
//! responses to it. Whatever a server may answer is a value: an [`Answer`].
//!
//! A server handles a request in four steps:
//!
//! 1. [`Server::expect`] looks at the head of the request and at the [`Target`] that the server's
//!    router has found. It returns what is [`Expected`], or the response to send at once.
//! 2. [`Expected::read`] reads the body, and returns the [`Operation`] that the request asks for.
//! 3. [`Expected::check`] evaluates the conditions of the request, where nothing else can change the
//!    resource. The server performs the operation; [`PostedEntry::store`] makes the entry that it
//!    stores.
//! 4. [`Expected::respond`] builds the response from an [`Outcome`].
//!
//! Here a client creates a member, and edits it unless somebody else has; the server keeps its entry in
//! a variable.
//!
//! ```
//! use atom_fsm::atom::{Content, Entry, Person};
//! use atom_fsm::interaction::{
//!     Client, EntityTag, Guard, Operation, Outcome, Resource, Server, ServerFields, Target,
//!     Validators,
//! };
//! use chrono::DateTime;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let (client, server) = (Client::new(), Server::new());
//! let (collection, member) = ("http://example.org/notes", "http://example.org/notes/1");
//!
//! // The client posts an entry to the collection.
//! let entry = Entry::new().with_title("Beach").with_content(Content::text("Sand"));
//! let (request, body) = client.create_member(collection, &entry, Some("The Beach"))?.into_parts();
//!
//! // The server reads and stores it.
//! let expected = server.expect(&request, &Target::new(Resource::Collection, collection)).unwrap();
//! let Ok(Operation::CreateMember(posted, slug)) = expected.read(&body) else { unreachable!() };
//! assert_eq!(slug.unwrap().segment().as_deref(), Some("the-beach"));
//! let fields = ServerFields::new("urn:uuid:1", member, DateTime::UNIX_EPOCH);
//! let stored = posted.store(&fields.with_author(Person::new("Ann"))).unwrap();
//! let first = Validators::new().with_etag(EntityTag::strong("1").unwrap());
//! let (response, body) = expected.respond(Outcome::CreatedMember(&stored), &first)?.into_parts();
//!
//! // The client reads the response.
//! let created = client.created_member(collection, &response, &body).done()?;
//! assert_eq!(created.location().as_deref(), Some(member));
//! let mut entry = created.complete().unwrap().clone();
//! assert_eq!(entry.id(), Some("urn:uuid:1"));
//!
//! // It edits the entry, if that is still in the state with this tag.
//! entry.set_title(Some("The beach".into()));
//! let guard = Guard::from(created.head().validators().strong_tag().unwrap());
//! let (request, body) = client.edit_member(member, &entry, &guard)?.into_parts();
//!
//! // The server finds that somebody else has edited it meanwhile.
//! let expected = server.expect(&request, &Target::new(Resource::Member, member)).unwrap();
//! assert!(matches!(expected.read(&body), Ok(Operation::EditMember(_))));
//! let second = Validators::new().with_etag(EntityTag::strong("2").unwrap());
//! let (response, body) = expected.check(Some(&second)).unwrap_err().into_parts();
//! let answer = client.edited_member(member, &response, &body);
//! assert_eq!(answer.done().unwrap_err().rule(), Some(atom_fsm::Rule::Status));
//! # Ok(())
//! # }
//! ```
//!
//! # What the specifications leave open
//!
//! | question | decision | because |
//! |---|---|---|
//! | which URI accepts a new bundle | that of the service document | a workspace has no URI in RFC 5023 |
//! | what a POST without a body to a bundle means | nothing: 400, which names DELETE | the draft's "special case" is not specified |
//! | what PUT and DELETE of a bundle's URI act on | the collection, and its members with it | draft-wilde-fsm-00 section 4.2 |
//! | what guards the edit of a collection | the validators of its feed, which the client reads before it reads the collection in the service document | a GET of its URI gives the feed; in the other order, an edit in between is overwritten |
//! | a URI of a bundle with a query, such as a page's | the router passes a [`Target::read_only`]: 405 for what changes something | a client that deletes a page would delete the bundle |
//! | the URI of a bundle that was deleted | the server gives it to no other one | references elsewhere would lead to another list |
//! | a plain collection beside bundles | [`Resource::Collection`] accepts any entry, and media | a client that knows nothing of FSM sends no profile |
//! | an entry with neither content nor an alternate link | it gets an alternate link to the member itself | RFC 4287 section 4.1.2 demands one; clients of SWORD send none |
//! | a draft (`app:draft`) | it is stored, and [`StoredEntry::publication`] tells the server to keep it out of public feeds | RFC 5023 section 13.1.1 |
//! | the `id`, `updated` and `app:edited` that a client sends | they are replaced; an entry's id never changes | RFC 5023 section 9.2 lets the server; ids of others must not stay |
//! | an edit that would make a service entry a bundle reference, or the reverse | 409: a member stays what it is | who knows the member by its URI would find something of another kind there |
//! | an edit of a media link entry | its edit-media link, and the src and type of its content, stay | RFC 5023 section 9.6: they are the server's |
//! | an `app:control` that is not understood | 400 | what its client holds back would be published |
//! | an `xml:base` | of http or https, or relative: 400 for any other, on any element | RFC 4287 section 8.2; a relative reference in it would be followed |
//! | how large a member may be | [`Limits::member_octets`](crate::Limits::member_octets), with each declaration that it may need in a feed; 413 | a page of fifty members can then be read under the default limits, whatever others have posted |
//! | markup of a bundle about its feed's entries (RFC 5005, RFC 6721) | it is kept in the service document, and shown in no feed | a client would speak of the entries of others |
//! | `application/atom=xml;type=entry` in `accept` | it is taken for the entry type, and reported | a slip in the draft's example |
//! | conditions | they are not demanded, unless [`Server::demand_conditions`] | clients that have no entity tag send none |
//! | 406 | it is never sent | RFC 9110 section 12.4.1 allows it; a client can use what it gets |
//! | the response to an edit | 200 with the entry, its Content-Location, and without a validator | RFC 9110 section 9.3.4: what is stored differs from what was sent; section 8.7: the entry is what a GET gives |
//! | the response to the creation or the edit of a collection | the collection, without Content-Location | a GET of its URI gives the feed |

mod client;
mod conditions;
mod entity_tag;
mod http_date;
mod media;
mod member;
mod problem;
mod server;
mod slug;
mod uri;

pub use client::{
    Answer, Client, Created, Edited, Guard, Head, NoStrongValidator, Received, Redirect, Refusal,
    Representation, Retried, RetryAfter, StrongRetry,
};
pub use conditions::{Conditions, Validators, Verdict};
pub use entity_tag::{EntityTag, StrongTag};
pub use media::{CATEGORIES, CollectionType, ENTRY, FEED, SERVICE};
pub use problem::{PROBLEM, Problem};
pub use server::{
    Expected, Operation, Outcome, PostedCollection, PostedEntry, Resource, Server, ServerFields,
    StoredCollection, StoredEntry, Target, feed_markup,
};
pub use slug::Slug;
