//! Comparison of media types with media ranges (RFC 9110 sections 8.3.1 and 12.5.1).

use std::borrow::Cow;

/// The type and subtype, and the parameters, of a media type or range.
fn parts(text: &str) -> (&str, impl Iterator<Item = (&str, Cow<'_, str>)> + Clone) {
    let mut parts = split(text, ';').map(str::trim);
    let essence = parts.next().unwrap_or_default();
    let parameters = parts.filter_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        Some((name.trim(), unquoted(value.trim())))
    });
    (essence, parameters)
}

/// The value of the first parameter of a name, without quotes.
#[cfg(feature = "http")]
pub(crate) fn parameter<'m>(media_type: &'m str, name: &str) -> Option<Cow<'m, str>> {
    let (_, mut parameters) = parts(media_type);
    Some(parameters.find(|(found, _)| found.eq_ignore_ascii_case(name))?.1)
}

/// What is between separators. One in a quoted string separates nothing (RFC 9110 section 5.6.4).
fn split(text: &str, separator: char) -> impl Iterator<Item = &str> + Clone {
    let mut is_quoted = false;
    let mut is_escaped = false;
    text.split(move |found: char| {
        let was_escaped = std::mem::replace(&mut is_escaped, false);
        match found {
            '\\' if is_quoted && !was_escaped => is_escaped = true,
            '"' if !was_escaped => is_quoted = !is_quoted,
            _ => return found == separator && !is_quoted,
        }
        false
    })
}

/// A value without its quotes, and each quoted pair as the character that it stands for.
fn unquoted(value: &str) -> Cow<'_, str> {
    let Some(quoted) = value.strip_prefix('"') else { return Cow::Borrowed(value) };
    let quoted = quoted.strip_suffix('"').unwrap_or(quoted);
    if !quoted.contains('\\') {
        return Cow::Borrowed(quoted);
    }
    let mut characters = quoted.chars();
    let mut text = String::with_capacity(quoted.len());
    while let Some(character) = characters.next() {
        let is_pair = character == '\\';
        text.push(if is_pair { characters.next().unwrap_or(character) } else { character });
    }
    Cow::Owned(text)
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
    let mut wanted = wanted.filter(|(name, _)| !name.eq_ignore_ascii_case("q"));
    is_within
        && wanted.all(|(name, value)| {
            given.clone().any(|(found, given)| {
                found.eq_ignore_ascii_case(name) && given.eq_ignore_ascii_case(&value)
            })
        })
}

/// The media ranges of a list, without those that are empty. A comma in quotes separates nothing.
pub(crate) fn listed(text: &str) -> impl Iterator<Item = &str> {
    split(text, ',').map(str::trim).filter(|range| !range.is_empty())
}
