//! Comparison of media types with media ranges (RFC 9110 sections 8.3.1 and 12.5.1).

use std::borrow::Cow;

/// The type and subtype, and the parameters, of a media type or range.
fn parts(text: &str) -> (&str, impl Iterator<Item = (&str, &str)> + Clone) {
    let mut parts = text.split(';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let parameters = parts.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        Some((name.trim(), value.trim().trim_matches('"')))
    });
    (essence, parameters)
}

/// Whether a media range, such as one of an [`Accept`](super::Accept) element, includes a media type or
/// another range. The media type must have each parameter of the range except `q`; the comparison ignores
/// case and quotes. `application/atom=xml`, a slip in the FSM draft's example, is taken for
/// `application/atom+xml`.
///
/// ```
/// use atom_fsm::app::media_range_includes;
///
/// assert!(media_range_includes("image/*", "image/png"));
/// assert!(media_range_includes("application/atom=xml;type=entry", "application/atom+xml; type=\"ENTRY\""));
/// assert!(!media_range_includes("application/atom+xml;type=entry", "application/atom+xml"));
/// ```
#[must_use]
pub fn media_range_includes(range: &str, media_type: &str) -> bool {
    matches(&mended(range), media_type)
}

/// A media range without the slip in the example of draft-wilde-fsm-00 section 4.2.1.
pub(crate) fn mended(range: &str) -> Cow<'_, str> {
    const SLIP: &str = "application/atom=xml";
    match range.get(..SLIP.len()) {
        Some(essence) if essence.eq_ignore_ascii_case(SLIP) => {
            let parameters = range.get(SLIP.len()..).unwrap_or_default();
            Cow::Owned(format!("application/atom+xml{parameters}"))
        }
        _ => Cow::Borrowed(range),
    }
}

/// Whether a media range includes a media type.
pub(crate) fn matches(range: &str, media_type: &str) -> bool {
    let ((range, wanted), (essence, given)) = (parts(range), parts(media_type));
    let is_within = match range.split_once('/') {
        Some(("*", "*")) => essence.contains('/'),
        Some((kind, "*")) => {
            essence.split_once('/').is_some_and(|(given, _)| given.eq_ignore_ascii_case(kind))
        }
        Some(_) => range.eq_ignore_ascii_case(essence),
        None => false,
    };
    let is_same = |(a, b): (&str, &str), (c, d): (&str, &str)| {
        a.eq_ignore_ascii_case(c) && b.eq_ignore_ascii_case(d)
    };
    let mut wanted = wanted.filter(|(name, _)| !name.eq_ignore_ascii_case("q"));
    is_within && wanted.all(|wanted| given.clone().any(|given| is_same(wanted, given)))
}

/// The media ranges of a list, without those that are empty. A comma in quotes separates nothing.
pub(crate) fn listed(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let mut is_escaped = false;
    let ranges = text.split(move |found: char| {
        let was_escaped = std::mem::replace(&mut is_escaped, false);
        match found {
            '\\' if is_quoted && !was_escaped => is_escaped = true,
            '"' if !was_escaped => is_quoted = !is_quoted,
            ',' => return !is_quoted,
            _ => {}
        }
        false
    });
    ranges.map(str::trim).filter(|range| !range.is_empty())
}
