use atom_fsm::xml::Element;

/// A tree: errors lie in the document, and what was read is written so that it is read again to
/// the same tree, and written alike.
///
/// # Panics
/// When it is otherwise.
pub fn xml_text(data: &[u8]) {
    let Ok(source) = std::str::from_utf8(data) else { return };
    match Element::parse(source) {
        Ok(element) => {
            let mut written = Vec::new();
            if let Err(error) = element.write(&mut written) {
                panic!("{error} for {source}");
            }
            let written = String::from_utf8(written).unwrap();
            let again = Element::parse(&written).unwrap();
            assert_eq!(again, element, "{written}");
            assert_eq!(again.to_string(), written);
            assert_eq!(again.into_owned(), element);
        }
        Err(error) => assert!(error.offset() <= source.len() as u64, "{error}"),
    }
}
