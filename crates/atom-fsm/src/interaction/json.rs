//! The little of JSON (RFC 8259) that a problem document needs: the members of one object.

/// The value of a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    /// A whole number that is not negative.
    Number(u64),
    /// Anything else. It is skipped, and not checked.
    Other,
}

/// How many members are read: a problem document has about ten.
const MOST_MEMBERS: usize = 64;

/// The members of a text that is one object. `None` for any other text.
pub(super) fn members(text: &str) -> Option<Vec<(String, Value)>> {
    let mut rest = Rest(text);
    let mut members = Vec::new();
    rest.token('{')?;
    if rest.token('}').is_some() {
        return rest.is_empty().then_some(members);
    }
    while members.len() < MOST_MEMBERS {
        let name = rest.string()?;
        rest.token(':')?;
        members.push((name, rest.value()?));
        if rest.token('}').is_some() {
            return rest.is_empty().then_some(members);
        }
        rest.token(',')?;
    }
    None
}

/// Appends a text as a string, quotes included.
pub(super) fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' | '\\' => out.extend(['\\', character]),
            '\n' => out.push_str("\\n"),
            '\u{0}'..='\u{1F}' | '\u{7F}' => {
                out.push_str(&format!("\\u{:04x}", u32::from(character)));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

/// What is left to read.
struct Rest<'a>(&'a str);

impl Rest<'_> {
    fn skip_space(&mut self) {
        self.0 = self.0.trim_start_matches([' ', '\t', '\r', '\n']);
    }

    fn is_empty(&mut self) -> bool {
        self.skip_space();
        self.0.is_empty()
    }

    fn token(&mut self, token: char) -> Option<()> {
        self.skip_space();
        self.0 = self.0.strip_prefix(token)?;
        Some(())
    }

    fn string(&mut self) -> Option<String> {
        self.token('"')?;
        let mut text = String::new();
        let mut characters = self.0.chars();
        loop {
            match characters.next()? {
                '"' => break,
                '\\' => text.push(escaped(&mut characters)?),
                character => text.push(character),
            }
        }
        self.0 = characters.as_str();
        Some(text)
    }

    fn value(&mut self) -> Option<Value> {
        self.skip_space();
        match self.0.chars().next()? {
            '"' => self.string().map(Value::Text),
            '{' | '[' => self.nested().map(|()| Value::Other),
            _ => {
                let end = self.0.find([',', '}', ' ', '\t', '\r', '\n']).unwrap_or(self.0.len());
                let (word, rest) = self.0.split_at(end);
                self.0 = rest;
                let is_digits = !word.is_empty() && word.bytes().all(|it| it.is_ascii_digit());
                let number = word.parse().ok().filter(|_| is_digits);
                (!word.is_empty()).then_some(number.map_or(Value::Other, Value::Number))
            }
        }
    }

    /// Skips an object or an array: brackets outside strings are counted.
    fn nested(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            let at = self.0.find(['{', '[', '}', ']', '"'])?;
            let (_, rest) = self.0.split_at(at);
            self.0 = rest;
            if rest.starts_with('"') {
                self.string()?;
                continue;
            }
            depth = if rest.starts_with(['{', '[']) { depth + 1 } else { depth.checked_sub(1)? };
            self.0 = rest.get(1..)?;
            if depth == 0 {
                return Some(());
            }
        }
    }
}

/// The character of an escape, behind its backslash.
fn escaped(characters: &mut std::str::Chars<'_>) -> Option<char> {
    Some(match characters.next()? {
        'b' => '\u{8}',
        'f' => '\u{C}',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => {
            let first = unit(characters)?;
            if !(0xD800..0xE000).contains(&first) {
                return char::from_u32(first);
            }
            // A pair of surrogates.
            if characters.next()? != '\\' || characters.next()? != 'u' {
                return None;
            }
            let second = unit(characters)?;
            if first >= 0xDC00 || !(0xDC00..0xE000).contains(&second) {
                return None;
            }
            return char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + (second - 0xDC00));
        }
        plain @ ('"' | '\\' | '/') => plain,
        _ => return None,
    })
}

fn unit(characters: &mut std::str::Chars<'_>) -> Option<u32> {
    let mut digits = characters.by_ref().take(4).map(|digit| digit.to_digit(16));
    let unit =
        digits.try_fold((0, 0), |(unit, count), digit| Some((unit * 16 + digit?, count + 1)));
    unit.and_then(|(unit, count)| (count == 4).then_some(unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc8259_the_members_of_an_object_are_read_and_what_is_nested_is_skipped() {
        let text = r#" { "a" : "b\"\\\/\n\u00e9\ud83d\ude00" , "n":403,"x":{"y":["}\"",{}]}, "z":-1.5,"t":true} "#;
        let text_of = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            members(text).unwrap(),
            [
                ("a".to_owned(), text_of("b\"\\/\n\u{e9}\u{1F600}")),
                ("n".to_owned(), Value::Number(403)),
                ("x".to_owned(), Value::Other),
                ("z".to_owned(), Value::Other),
                ("t".to_owned(), Value::Other),
            ]
        );
        assert_eq!(members("{}"), Some(Vec::new()));
        for wrong in [
            "",
            "[]",
            "{",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":[}",
            "{} x",
            "{\"\\ud800\":1}",
            "{\"\\u12\":1}",
        ] {
            assert_eq!(members(wrong), None, "{wrong}");
        }
        assert_eq!(members(&"[".repeat(100_000)), None);
        assert_eq!(members(&format!("{{\"a\":{}", "[".repeat(100_000))), None);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = "a\"\\\n\u{1}\u{7F}\u{e9}/";
        let mut out = "{\"a\":".to_owned();
        write_string(text, &mut out);
        out.push('}');
        assert_eq!(members(&out), Some(vec![("a".to_owned(), Value::Text(text.to_owned()))]));
    }
}
