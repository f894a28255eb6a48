//! The depth of a JSON value, without recursion.

/// The offset of the first array or object in a well-formed JSON value that is nested deeper than
/// `limit`, if there is one.
pub(crate) fn exceeded_at(json: &str, limit: u64) -> Option<usize> {
    let octets = json.as_bytes();
    let mut depth = 0_u64;
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

/// The offset of the closing quote of the string that opens at `open`.
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
    use proptest::prelude::*;
    use serde_json::Value;

    /// Octet by octet.
    fn slowly(json: &str, limit: u64) -> Option<usize> {
        let (mut depth, mut in_string, mut is_escaped) = (0, false, false);
        for (at, octet) in json.bytes().enumerate() {
            match octet {
                _ if is_escaped => is_escaped = false,
                b'\\' => is_escaped = true,
                b'"' => in_string = !in_string,
                b'[' | b'{' if !in_string => {
                    depth += 1;
                    if depth > limit {
                        return Some(at);
                    }
                }
                b']' | b'}' if !in_string => depth -= 1,
                _ => {}
            }
        }
        None
    }

    fn nested() -> impl Strategy<Value = Value> {
        let text = || "[\\[\\]{}\"\\\\a]{0,8}";
        text().prop_map(Value::from).prop_recursive(4, 24, 4, move |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                proptest::collection::btree_map(text(), inner, 0..4)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn depth_is_told_as_octet_by_octet(value in nested(), limit in 0..5_u64) {
            let json = value.to_string();
            prop_assert_eq!(exceeded_at(&json, limit), slowly(&json, limit), "{}", json);
        }
    }

    #[test]
    fn brackets_in_strings_do_not_count_and_neighbours_are_not_deeper() {
        assert_eq!(exceeded_at("17", 0), None);
        assert_eq!(exceeded_at("[]", 0), Some(0));
        assert_eq!(exceeded_at(r#"[{}, {"[[[\"[[\\": "]{\\\""}, []]"#, 2), None);
        assert_eq!(exceeded_at(r#"[[], {"a": []}]"#, 2), Some(11));
    }
}
