//! How deep a JSON value is, without recursion.

/// Where a well-formed JSON value first has more arrays and objects inside one another than
/// `limit`, if it does.
pub(crate) fn exceeded_at(json: &str, limit: usize) -> Option<usize> {
    let octets = json.as_bytes();
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(&octet) = octets.get(at) {
        match octet {
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return Some(at);
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            b'"' => at = end_of_string(octets, at),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Where the closing quote of the string is that opens at `open`.
fn end_of_string(octets: &[u8], open: usize) -> usize {
    let mut at = open + 1;
    while let Some(rest) = octets.get(at..) {
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(found) if rest.get(found) == Some(&b'"') => return at + found,
            Some(found) => at += found + 2,
            None => break,
        }
    }
    octets.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_in_strings_do_not_count_and_neighbours_are_not_deeper() {
        assert_eq!(exceeded_at("17", 0), None);
        assert_eq!(exceeded_at("[]", 0), Some(0));
        assert_eq!(exceeded_at(r#"[{}, {"[[[\"[[\\": "]{\\\""}, []]"#, 2), None);
        assert_eq!(exceeded_at(r#"[[], {"a": []}]"#, 2), Some(11));
    }
}
