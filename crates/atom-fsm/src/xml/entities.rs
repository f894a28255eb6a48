//! The named character references of HTML (the HTML standard, section 13.5).

/// A line for each name, in the order of octets: the name, and the characters in hexadecimal.
const ENTITIES: &str = include_str!("entities.txt");

/// The characters that a name stands for in HTML, written there as `&name;`.
pub(crate) fn html(name: &str) -> Option<impl Iterator<Item = char>> {
    let (mut from, mut to) = (0, ENTITIES.len());
    while from < to {
        let middle = (from + to) / 2;
        let start = ENTITIES[..middle].rfind('\n').map_or(0, |end| end + 1);
        let line = ENTITIES[start..].split('\n').next().unwrap_or_default();
        let (found, characters) = line.split_once(' ')?;
        match found.cmp(name) {
            std::cmp::Ordering::Less => from = start + line.len() + 1,
            std::cmp::Ordering::Greater => to = start,
            std::cmp::Ordering::Equal => {
                let number = |digits| u32::from_str_radix(digits, 16).ok();
                return Some(characters.split(' ').filter_map(number).filter_map(char::from_u32));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_13_5_each_name_is_found_and_no_other() {
        for line in ENTITIES.lines() {
            let (name, characters) = line.split_once(' ').unwrap();
            let found: Vec<_> =
                html(name).unwrap().map(|it| format!("{:X}", u32::from(it))).collect();
            assert_eq!(found.join(" "), characters);
        }
        assert_eq!(ENTITIES.lines().count(), 2125);
        for name in ["", "nbs", "nbspa", "zzzz", "A", "\n", "AMP 26"] {
            assert!(html(name).is_none(), "{name}");
        }
        assert_eq!(html("nbsp").unwrap().collect::<String>(), "\u{A0}");
        assert_eq!(html("NotEqualTilde").unwrap().collect::<String>(), "\u{2242}\u{338}");
    }
}
