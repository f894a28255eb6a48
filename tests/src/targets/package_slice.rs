use super::options::reader;
use crate::reading::whole;
use multipart_package::Tolerance;

/// The slice reader: parts lie in order within the input, and what the strict reader takes the
/// default and MIME read alike.
///
/// The first octet gives the options, the rest is the package.
pub fn package_slice(data: &[u8]) {
    let Some((&options, input)) = data.split_first() else { return };
    let reader = reader(options);
    let mut end = 0;
    for part in reader.parts(input) {
        match part {
            Ok(part) => {
                let range = part.range();
                assert!(end <= range.start && range.end <= input.len() as u64);
                end = range.end;
            }
            Err(error) => assert!(error.offset() <= input.len() as u64),
        }
    }
    let strict = whole(&reader.clone().tolerance(Tolerance::STRICT), input);
    if strict.error.is_none() {
        for tolerance in [Tolerance::DRAFTS, Tolerance::MIME] {
            assert_eq!(strict, whole(&reader.clone().tolerance(tolerance), input));
        }
    }
}
