use atom_fsm::interaction::{CollectionType, Operation, Outcome, Resource, expect};
use atom_fsm::{Document, Reader};
use http::{HeaderName, Method, Request};

/// A request, as lines: a digit for the resource, the method, media type, slug and If-Match; then
/// the body. Whatever comes is an operation or a refusal, and what was submitted as an entry can be
/// answered or breaks a rule.
///
/// # Panics
/// When it is otherwise.
pub fn interaction(data: &[u8]) {
    let mut lines = data.splitn(6, |&octet| octet == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let resource = match line() {
        b"0" => Resource::ServiceDocument,
        b"1" => Resource::Bundle,
        b"2" => Resource::ServiceEntry,
        _ => Resource::BundleReference,
    };
    let Ok(method) = Method::from_bytes(line()) else { return };
    let mut request = Request::builder().method(method).uri("http://example.org/bundles/a");
    for name in ["content-type", "slug", "if-match"] {
        request = request.header(HeaderName::from_static(name), line());
    }
    let body = line();
    let Ok(request) = request.body(()) else { return };
    let (parts, ()) = request.into_parts();
    let expected = match expect(&parts, resource) {
        Ok(expected) => expected,
        Err(refusal) => return assert!(refusal.status().is_client_error()),
    };
    if let Err(refusal) = expected.check_precondition(Some("\"1\"")) {
        return assert_eq!(refusal.status(), 412);
    }
    match expected.read(&Reader::new(), body) {
        Ok(Operation::CreateMember(member, _) | Operation::EditMember(member)) => {
            let entry = member.into_entry();
            let outcome = Outcome::CreatedMember("http://example.org/1", &entry);
            if let Ok(response) = outcome.into_response(Some("\"2\""), CollectionType::Entry) {
                assert_eq!(response.status(), 201);
                assert!(Reader::new().read::<Document<'_>>(response.body()).is_ok());
            }
        }
        Ok(_) => {}
        Err(refusal) => assert!(refusal.status().is_client_error()),
    }
}
