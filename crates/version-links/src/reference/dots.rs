//! Dot segments, removed in linear time (RFC 3986 section 5.2.4).

use super::components::Components;

/// An absolute URI without the dot segments of its path.
pub(super) fn without_dots(uri: &str) -> String {
    let parts = Components::of(uri);
    if !may_contain_dots(parts.path) {
        return uri.to_owned();
    }
    let scheme = parts.scheme.map_or(0, |scheme| scheme.len() + ":".len());
    let start = scheme + parts.authority.map_or(0, |authority| "//".len() + authority.len());
    let mut out = String::with_capacity(uri.len() + "/.".len());
    out.push_str(&uri[..start]);
    push_without_dots(&mut out, parts.path, parts.authority.is_some());
    out.push_str(&uri[start + parts.path.len()..]);
    out
}

/// Appends a path without its dot segments.
pub(super) fn push_without_dots(out: &mut String, path: &str, has_authority: bool) {
    if !may_contain_dots(path) {
        return out.push_str(path);
    }
    let start = out.len();
    Segments::new(out, start, Slash::Absent).push_path(path);
    keep_from_authority(out, start, has_authority);
}

/// Without an authority, a path that begins with two slashes would be read as one. So `/.` is put
/// before it, as the URL standard does.
pub(super) fn keep_from_authority(out: &mut String, start: usize, has_authority: bool) {
    if !has_authority && out[start..].starts_with("//") {
        out.insert_str(start, "/.");
    }
}

/// Appends path segments to a text, and removes dot segments while it does so.
///
/// Each octet is appended once and taken back at most once, so the time is linear in the length of
/// the paths. A dot may be percent-encoded, as in `%2e`, because both spellings name the same segment
/// (RFC 3986 section 6.2.2.2).
#[derive(Debug)]
pub(super) struct Segments<'o> {
    out: &'o mut String,
    /// Where the path begins.
    start: usize,
    /// Whether a slash precedes the next segment.
    slash: Slash,
    #[cfg(test)]
    pub(super) looked_at: usize,
}

/// Whether a slash precedes the next segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slash {
    Absent,
    Present,
}

/// Whether a segment is the last one of its path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    No,
    Yes,
}

impl<'o> Segments<'o> {
    /// Appends to a text in which the path begins at an index.
    pub(super) fn new(out: &'o mut String, start: usize, slash: Slash) -> Self {
        Self {
            out,
            start,
            slash,
            #[cfg(test)]
            looked_at: 0,
        }
    }

    /// Appends all segments but the last one, which a reference replaces. Gives what precedes the
    /// next segment.
    pub(super) fn push_directory(&mut self, path: &str) -> Slash {
        let end = memchr::memrchr(b'/', path.as_bytes());
        if let Some(end) = end {
            path[..end].split('/').for_each(|name| self.push(name, Last::No));
        }
        self.slash
    }

    /// Appends all segments, of which the last one ends the path.
    pub(super) fn push_path(&mut self, path: &str) {
        let end = memchr::memrchr(b'/', path.as_bytes());
        let last = end.map_or(path, |end| {
            path[..end].split('/').for_each(|name| self.push(name, Last::No));
            &path[end + 1..]
        });
        self.push(last, Last::Yes);
    }

    fn push(&mut self, name: &str, last: Last) {
        let dots = dots(name);
        if self.slash == Slash::Absent {
            if dots == 0 {
                self.out.push_str(name);
                self.slash = Slash::Present;
            }
            return;
        }
        match dots {
            0 => {
                self.out.push('/');
                self.out.push_str(name);
            }
            1 => {}
            _ => {
                let path = &self.out.as_bytes()[self.start..];
                let slash = memchr::memrchr(b'/', path).unwrap_or(0);
                #[cfg(test)]
                {
                    self.looked_at += path.len() - slash;
                }
                self.out.truncate(self.start + slash);
            }
        }
        if dots > 0 && last == Last::Yes {
            self.out.push('/');
        }
    }
}

/// How many dots a segment consists of, if it is a dot segment; otherwise 0.
fn dots(name: &str) -> usize {
    match name.as_bytes() {
        b"." | [b'%', b'2', b'e' | b'E'] => 1,
        b".." => 2,
        [b'.', b'%', b'2', b'e' | b'E'] | [b'%', b'2', b'e' | b'E', b'.'] => 2,
        [b'%', b'2', b'e' | b'E', b'%', b'2', b'e' | b'E'] => 2,
        _ => 0,
    }
}

/// Whether a path may contain a dot segment: a segment that begins with a dot, encoded or not.
pub(super) fn may_contain_dots(path: &str) -> bool {
    let begins = |octet: Option<&u8>| matches!(octet, Some(b'.' | b'%'));
    let octets = path.as_bytes();
    begins(octets.first())
        || memchr::memchr_iter(b'/', octets).any(|slash| begins(octets.get(slash + 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn removed(path: &str) -> (String, usize) {
        let mut out = String::new();
        let mut segments = Segments::new(&mut out, 0, Slash::Absent);
        segments.push_path(path);
        let looked_at = segments.looked_at;
        (out, looked_at)
    }

    #[test]
    fn rfc3986_5_2_4_dot_segments_are_removed() {
        for (path, expected) in [
            ("", ""),
            ("/a/b/c/./../../g", "/a/g"),
            ("mid/content=5/../6", "mid/6"),
            ("/..", "/"),
            ("/a/..", "/"),
            ("/a/.", "/a/"),
            ("..", ""),
            ("../a", "a"),
            (".//a", "/a"),
            ("a/..", "/"),
            ("a/../b", "/b"),
            ("/a//../b", "/a/b"),
            ("/%2e%2E/.a/..b/%2e./c", "/.a/c"),
        ] {
            assert_eq!(removed(path).0, expected, "{path}");
        }
    }

    #[test]
    fn rfc3986_5_2_4_the_time_is_linear() {
        for size in [1 << 6, 1 << 10, 1 << 14] {
            for path in [
                "a/".repeat(size) + &"../".repeat(size),
                "a/../".repeat(size),
                "a/a/../".repeat(size),
                "/..".repeat(size),
                "/./a".repeat(size),
                format!("/{}/..", "a".repeat(size)),
            ] {
                let (_, looked_at) = removed(&path);
                assert!(looked_at <= 2 * path.len(), "{looked_at} octets of {}", path.len());
            }
        }
    }
}
