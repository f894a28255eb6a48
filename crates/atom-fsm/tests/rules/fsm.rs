//! The rules that hold where entries and feeds become members of bundles and bundles
//! (draft-wilde-fsm-00 section 2), and the values of extensions.

use crate::{entry, feed};
use atom_fsm::app::Control;
use atom_fsm::atom::{Entry, Feed};
use atom_fsm::ext::Extension;
use atom_fsm::fsm::{Bundle, BundleReference, ServiceEntry};
use atom_fsm::xml::Element;
use atom_fsm::{Diagnostic, Diagnostics, ErrorKind, Level, Rule, Tolerance};

fn rules(diagnostics: &Diagnostics) -> Vec<Rule> {
    diagnostics.iter().map(Diagnostic::rule).collect()
}

const PROFILE: &str = "<link rel='profile' href='http://dret.net/fsm/1.0/service-entry'/>";
const BUNDLE: &str = "<link rel='profile' href='http://dret.net/fsm/1.0/bundle'/>";
const QUERY: &str = "<q:query xmlns:q='http://dret.net/fsm/1.0'";

#[test]
fn fsm_2_each_violation_of_a_service_entry_is_reported_and_strictly_refused() {
    for (inside, expected) in [
        (PROFILE.to_owned(), None),
        (format!("{PROFILE}{QUERY}/>"), None),
        (format!("{PROFILE}{QUERY} scheme='a b'/>"), Some(Rule::QueryScheme)),
        (format!("{PROFILE}{QUERY}/>{QUERY}/>"), Some(Rule::QueryRepeated)),
        (format!("{PROFILE}<summary/><content type='a/b' src='/x'/>"), Some(Rule::SourceDiffers)),
        (String::new(), Some(Rule::ProfileMissing)),
        (BUNDLE.to_owned(), Some(Rule::ProfileUnknown)),
        (format!("{PROFILE}{BUNDLE}"), Some(Rule::ProfileTwice)),
        ("<link rel='profile' href='/x'/>".to_owned(), Some(Rule::ProfileUnknown)),
    ] {
        let source = entry(&inside);
        let parsed = Entry::parse(&source).unwrap();
        let default = ServiceEntry::from_entry(parsed.clone(), Tolerance::DRAFTS);
        let strict = ServiceEntry::from_entry(parsed.clone(), Tolerance::STRICT);
        let violated: Vec<_> = expected.into_iter().collect();
        match expected.map(Rule::level) {
            Some(Level::Fatal) => {
                let kind = ErrorKind::Rule(violated[0]);
                assert_eq!(default.unwrap_err().kind(), kind);
                assert_eq!(strict.unwrap_err().path(), Some("/entry"));
            }
            level => {
                let (service, diagnostics) = default.unwrap();
                assert_eq!(service.into_entry(), parsed);
                assert_eq!(rules(&diagnostics), violated, "{inside}");
                assert!(diagnostics.iter().all(|one| one.path() == Some("/entry")));
                assert_eq!(strict.is_err(), level == Some(Level::Must), "{inside}");
            }
        }
    }
    let no_alternate = entry(&format!("{PROFILE}<content/>")).replace("<link href='/'/>", "");
    let error = ServiceEntry::try_from(Entry::parse(&no_alternate).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ServiceUri));
    let error = BundleReference::try_from(Entry::parse(&no_alternate).unwrap()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Rule(Rule::ProfileUnknown));
}

#[test]
fn fsm_2_2_a_bundle_links_to_its_profile_and_its_service_document() {
    let service = "<link rel='service' href='/service'/>";
    let convert = |inside: &str, tolerance| {
        let source = feed(inside);
        let feed = Feed::parse(&source).unwrap().into_owned();
        Bundle::from_feed(feed, tolerance)
            .map(|(_, diagnostics)| rules(&diagnostics))
            .map_err(|error| error.kind())
    };
    let whole = format!("{BUNDLE}{service}");
    assert_eq!(convert(&whole, Tolerance::STRICT), Ok(vec![]));
    let rule = Rule::ServiceDocument;
    assert_eq!(convert(BUNDLE, Tolerance::DRAFTS), Ok(vec![rule]));
    assert_eq!(convert(BUNDLE, Tolerance::STRICT), Err(ErrorKind::Rule(rule)));
    for (inside, rule) in [(service, Rule::ProfileMissing), (PROFILE, Rule::ProfileUnknown)] {
        assert_eq!(convert(inside, Tolerance::ALL), Err(ErrorKind::Rule(rule)));
    }
}

#[test]
fn rfc5023_13_1_1_draft_is_yes_or_no() {
    let control = |draft: &str| {
        let source = format!("<control xmlns='http://www.w3.org/2007/app'>{draft}</control>");
        Control::from_element(&Element::parse(&source).unwrap()).map_err(|error| error.kind())
    };
    assert_eq!(control("<draft>yes</draft>"), Ok(Control::Draft));
    assert_eq!(control("<draft>no</draft>"), Ok(Control::Published));
    assert_eq!(control(""), Ok(Control::Published));
    assert_eq!(control("<draft>true</draft>"), Err(ErrorKind::Rule(Rule::ControlDraft)));
    for control in [Control::Draft, Control::Published] {
        assert_eq!(Control::from_element(&control.to_element()), Ok(control));
    }
}
