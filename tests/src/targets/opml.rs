use atom_fsm::opml::Opml;
use atom_fsm::{Diagnostic, Reader, Reading, Tolerance, Writer};

/// A list of feeds: what a reader reads, with and without repair, is written under the same tolerance
/// and read again as the same, and a folder that is made of it is read again from its own list.
///
/// # Panics
/// When it is otherwise.
pub fn opml(data: &[u8]) {
    let end = data.len() as u64;
    for reader in [Reader::new(), Reader::new().repair()] {
        let reading = match reader.read::<Opml<'_>>(data) {
            Ok(reading) => reading,
            Err(error) => {
                assert!(error.offset() <= end, "{error}");
                continue;
            }
        };
        let mut spans = reading.diagnostics().iter().map(Diagnostic::span);
        assert!(spans.all(|span| span.is_some_and(|span| span.end <= end)));
        let opml = reading.document();
        assert_eq!(&opml.clone().into_owned(), opml);
        if let Ok(written) = Writer::new().tolerance(Tolerance::ALL).to_vec(opml) {
            let again = Reader::new().read::<Opml<'_>>(&written).map(Reading::into_document);
            assert_eq!(again.as_ref(), Ok(opml));
        }
        let folder = opml.to_folder();
        let list = Opml::from_folder(&folder);
        assert_eq!(list.to_folder().services().count(), folder.services().count());
    }
}
