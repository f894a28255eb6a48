//! URIs as messages show them.

use url::Url;

/// A URI without what may be secret: a user and a password before an `@`, a query such as that of a signed URL,
/// and a fragment.
pub(crate) fn shown(text: &str) -> String {
    let begin = text.find("://").map_or(0, |colon| colon + "://".len());
    let (scheme, rest) = text.split_at(begin);
    // Whoever forgets to encode a secret may write any character before the `@`.
    let is_uri = begin > 0 && Url::parse(text).is_ok();
    let end = rest.find(['/', '\\', '?', '#']).filter(|_| is_uri).unwrap_or(rest.len());
    let (user, rest) = match rest[..end].rfind('@') {
        Some(at) => ("…", &rest[at..]),
        None => ("", rest),
    };
    let (rest, query) = match rest.find(['?', '#']) {
        Some(mark) => (&rest[..=mark], "…"),
        None => (rest, ""),
    };
    format!("{scheme}{user}{rest}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_passwords_queries_and_fragments_are_left_out() {
        for (text, expected) in [
            ("s3://key:secret@bucket/a@b", "s3://…@bucket/a@b"),
            ("s3://key@se:cret@bucket/a", "s3://…@bucket/a"),
            ("s3://key:se/cret@bucket/a", "s3://…@bucket/a"),
            ("s3://key:se?cr#et@bucket/a?secret", "s3://…@bucket/a?…"),
            ("http://a/b?c=@secret#secret", "http://a/b?…"),
            ("http://a/b#secret?secret", "http://a/b#…"),
            ("http:\\\\key:secret@a/b", "…@a/b"),
            ("key:secret@bucket", "…@bucket"),
            ("http://a:1/@b/c", "http://a:1/@b/c"),
            ("file:///a@b/c", "file:///a@b/c"),
            ("/a/b", "/a/b"),
            ("", ""),
        ] {
            assert_eq!(shown(text), expected);
            assert_eq!(shown(expected), expected);
        }
    }
}
