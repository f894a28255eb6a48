//! Where the elements of a TimeMap end.

use memchr::{memchr, memchr2, memchr3};

/// Finds the ends of the elements of a list of links, whose octets may arrive in pieces. It looks at
/// each octet once, and decides each octet without those after it.
///
/// A comma ends an element, unless it stands between `<` and `>` or in a quoted string. As in the
/// grammar, a quoted string begins directly after an `=`, so that a quote within a value begins
/// none. A `<` begins a target at the start of an element, after an `=`, and after white space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Elements {
    state: State,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    /// Before the target.
    #[default]
    Before,
    /// Between `<` and `>`.
    Target,
    /// Among the parameters.
    Parameters,
    /// Among the parameters, after white space.
    Space,
    /// After the `=` of a parameter.
    Equals,
    /// In a quoted string.
    Quoted,
    /// In a quoted string, after a backslash.
    Escaped,
}

impl Elements {
    /// The index of the comma that ends the element, if there is one in these octets, which follow
    /// those of the last call.
    pub(super) fn end(&mut self, octets: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let rest = octets.get(at..)?;
            // What the state does not look for is skipped.
            let found = match self.state {
                State::Before => memchr2(b'<', b',', rest),
                State::Target => memchr(b'>', rest),
                State::Quoted => memchr2(b'"', b'\\', rest),
                State::Parameters => parameters(rest),
                State::Space | State::Equals | State::Escaped => (!rest.is_empty()).then_some(0),
            };
            at += found?;
            self.state = match (self.state, octets[at]) {
                (State::Before | State::Parameters | State::Space | State::Equals, b',') => {
                    self.state = State::Before;
                    return Some(at);
                }
                (State::Before | State::Space | State::Equals, b'<') => State::Target,
                (State::Target, _) => State::Parameters,
                (State::Equals, b'"') | (State::Escaped, _) => State::Quoted,
                (State::Quoted, b'\\') => State::Escaped,
                (State::Quoted, _) => State::Parameters,
                (State::Equals, b' ' | b'\t' | b'\r' | b'\n') => State::Equals,
                (_, b'=') => State::Equals,
                (_, b' ' | b'\t' | b'\r' | b'\n') => State::Space,
                (_, _) => State::Parameters,
            };
            at += 1;
        }
    }
}

/// The first octet that has a meaning among parameters.
fn parameters(octets: &[u8]) -> Option<usize> {
    // Names are short: memchr's start costs more than they do.
    octets.iter().position(|octet| matches!(octet, b',' | b'=' | b' ' | b'\t' | b'\r' | b'\n'))
}

/// The octets without the white space and the line breaks around them.
pub(super) fn trimmed(octets: &[u8]) -> &[u8] {
    octets.trim_ascii()
}

/// Whether there are line breaks in an element.
pub(super) fn is_wrapped(element: &[u8]) -> bool {
    memchr2(b'\r', b'\n', element).is_some()
}

/// Replaces the line breaks between the parts of an element by spaces: a TimeMap, unlike a field, may
/// have them. Those in a target or in a quoted string stay.
pub(super) fn unwrap_lines(element: &mut [u8]) {
    let mut elements = Elements::default();
    let mut from = 0;
    while let Some(found) = element.get(from..).and_then(|rest| memchr3(b'\r', b'\n', b'\n', rest))
    {
        let at = from + found;
        // The state before the line break tells where it is.
        elements.end(&element[from..at]);
        if matches!(elements.state, State::Target | State::Quoted | State::Escaped) {
            elements.end(&element[at..=at]);
        } else {
            element[at] = b' ';
            elements.end(b" ");
        }
        from = at + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The elements of a whole document.
    fn split(document: &[u8]) -> Vec<&[u8]> {
        let (mut found, mut elements, mut from) = (Vec::new(), Elements::default(), 0);
        while let Some(end) = elements.end(&document[from..]) {
            found.push(&document[from..from + end]);
            from += end + 1;
        }
        found.push(&document[from..]);
        found
    }

    #[test]
    fn rfc7089_5_a_comma_in_a_uri_or_in_a_quoted_string_ends_no_element() {
        for (document, expected) in [
            ("<a,b>; rel=c, <d>", &["<a,b>; rel=c", " <d>"] as &[&str]),
            (r#"<a>; t="b, \", c" ; d=e,<f>"#, &[r#"<a>; t="b, \", c" ; d=e"#, "<f>"]),
            ("<a>; anchor=</b,c>,\n<d>", &["<a>; anchor=</b,c>", "\n<d>"]),
            ("<a>; t= \n\"b,c\",<d>", &["<a>; t= \n\"b,c\"", "<d>"]),
            // A quote within a value begins no quoted string.
            (r#"<a>; t=x"y, <b>; t="z""#, &[r#"<a>; t=x"y"#, r#" <b>; t="z""#]),
            // The comma between the two links is missing.
            ("<a>; rel=b\n<c,d>; rel=e,<f>", &["<a>; rel=b\n<c,d>; rel=e", "<f>"]),
            ("<a>; t=b<c,d", &["<a>; t=b<c", "d"]),
            ("junk, <a>", &["junk", " <a>"]),
        ] {
            assert_eq!(
                split(document.as_bytes()),
                expected.iter().map(|it| it.as_bytes()).collect::<Vec<_>>(),
                "{document}"
            );
        }
    }

    #[test]
    fn line_breaks_between_the_parts_of_a_link_become_spaces_and_others_stay() {
        let mut element = *b"<a\nb>\r\n; rel=\n\"c\nd\"\n";
        unwrap_lines(&mut element);
        assert_eq!(&element, b"<a\nb>  ; rel= \"c\nd\" ");
    }

    proptest! {
        #[test]
        fn elements_end_where_they_end_however_their_octets_arrive(
            document in "[<>\",;=\\\\ \na]{0,48}", pieces in proptest::collection::vec(0..6_usize, 0..48),
        ) {
            let document = document.as_bytes();
            let whole = split(document);
            let (mut elements, mut ends, mut at) = (Elements::default(), Vec::new(), 0);
            for piece in pieces.into_iter().chain([document.len()]) {
                let end = (at + piece).min(document.len());
                while let Some(found) = elements.end(&document[at..end]) {
                    ends.push(at + found);
                    at += found + 1;
                }
                at = end;
            }
            let mut from = 0;
            let expected: Vec<_> = whole[..whole.len() - 1].iter().map(|element| {
                from += element.len() + 1;
                from - 1
            }).collect();
            prop_assert_eq!(ends, expected);
        }
    }
}
