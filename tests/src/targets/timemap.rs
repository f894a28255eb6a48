use version_links::{
    Diagnostics, Error, Limits, LinkBuf, Reader, TimeMapLink, TimeMapReader, TimeMapStep,
    TimeMapWriter, Tolerance,
};

type Read = Result<TimeMapLink<'static>, Error>;

/// TimeMaps: in pieces, whose length the first octet gives, they are read as in memory; errors and
/// diagnostics lie in the document; and what is written of them is read strictly as the same.
///
/// # Panics
/// When it is otherwise.
pub fn timemap(data: &[u8]) {
    let Some((&first, document)) = data.split_first() else { return };
    let reader = Reader::new().limits(Limits::default().link_octets(512).diagnostics(8));
    let mut read = Vec::new();
    for reader in [reader, reader.tolerance(Tolerance::STRICT)] {
        let (whole, found) = in_memory(reader, document);
        assert_eq!(
            in_pieces(reader, document, usize::from(first) + 1),
            (whole.clone(), found.clone())
        );
        let len = document.len() as u64;
        for error in whole.iter().filter_map(|read| read.as_ref().err()) {
            assert!(error.offset() <= len);
        }
        assert!(found.iter().all(|one| one.span().end <= len));
        read = whole;
    }
    // The last reading was strict: what it gives can be written.
    let (mut writer, mut out, mut written) = (TimeMapWriter::new(), String::new(), Vec::new());
    for link in read.into_iter().flatten() {
        let held: LinkBuf = link.link().into_owned();
        assert!(link.resolve("http://a.example/b").is_none_or(|uri| uri.contains(':')));
        if writer.link(&mut out, &held).is_ok() {
            written.push(held);
        }
    }
    let again = Reader::new().tolerance(Tolerance::STRICT).timemap(out.as_bytes());
    let again: Vec<_> = again.map(|link| link.unwrap().link().into_owned()).collect();
    assert_eq!(again, written);
}

fn in_memory(reader: Reader, document: &[u8]) -> (Vec<Read>, Diagnostics) {
    let mut timemap = reader.timemap(document);
    let read = timemap.by_ref().map(|link| link.map(TimeMapLink::into_owned)).collect();
    (read, timemap.diagnostics().clone())
}

fn in_pieces(reader: Reader, document: &[u8], length: usize) -> (Vec<Read>, Diagnostics) {
    let mut reader: TimeMapReader = reader.timemap_reader();
    let (mut pieces, mut read) = (document.chunks(length), Vec::new());
    loop {
        match reader.step() {
            Ok(TimeMapStep::Link(link)) => read.push(Ok(link.into_owned())),
            Ok(TimeMapStep::NeedInput) => match pieces.next() {
                Some(piece) => reader.push(piece),
                None => reader.finish(),
            },
            Ok(_) => return (read, reader.diagnostics().clone()),
            Err(error) => read.push(Err(error)),
        }
    }
}
