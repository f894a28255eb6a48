//! Characters that are not printed as they are: those that control a terminal, and those that are not seen.

use icu_properties::props::{
    BinaryProperty, DefaultIgnorableCodePoint, EmojiModifier, EnumeratedProperty,
    ExtendedPictographic, GeneralCategory, IndicSyllabicCategory, JoiningType,
    PrependedConcatenationMark, VariationSelector,
};
use icu_properties::{CodePointMapData, CodePointSetData};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';

/// A text in which each character stands for itself. Others are written as in Rust, such as `\u{1b}`.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut escape = Escape::default();
    text.chars().for_each(|c| escape.push(&mut escaped, c));
    escaped
}

/// Escapes characters, one after the other.
#[derive(Debug, Default)]
pub(crate) struct Escape {
    /// The last character that is no mark on another one.
    base: Option<char>,
}

impl Escape {
    /// Appends a character to a text.
    pub(crate) fn push(&mut self, text: &mut String, c: char) {
        let is_seen = match c {
            JOINER | NON_JOINER => self.base.is_some_and(|base| joins(base, c)),
            _ => is_seen(c),
        };
        match is_seen {
            true => text.push(c),
            false => text.extend(c.escape_default()),
        }
        if !is_mark(c) {
            self.base = Some(c);
        }
    }
}

/// Whether a character that is no joiner is seen, or is as harmless as a space.
fn is_seen(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    match of::<GeneralCategory>(c) {
        GeneralCategory::Control
        | GeneralCategory::LineSeparator
        | GeneralCategory::ParagraphSeparator
        | GeneralCategory::PrivateUse => false,
        // Some signs of Arabic and other scripts, which enclose the digits after them.
        GeneralCategory::Format => has::<PrependedConcatenationMark>(c),
        // Of others that have no glyph, those that choose one of another character.
        _ => !has::<DefaultIgnorableCodePoint>(c) || has::<VariationSelector>(c),
    }
}

/// Whether a joiner after this character is part of how its script is written: it makes one emoji of
/// several, or says how a letter of a cursive or an Indic script is joined to the next one.
fn joins(base: char, joiner: char) -> bool {
    let is_emoji = || has::<ExtendedPictographic>(base) || has::<EmojiModifier>(base);
    let joining = of::<JoiningType>(base);
    joiner == JOINER && is_emoji()
        || joining == JoiningType::DualJoining
        || joining == JoiningType::LeftJoining
        || base.is_alphabetic() && of::<IndicSyllabicCategory>(base) != IndicSyllabicCategory::Other
}

fn is_mark(c: char) -> bool {
    !c.is_ascii()
        && matches!(
            of::<GeneralCategory>(c),
            GeneralCategory::NonspacingMark
                | GeneralCategory::SpacingMark
                | GeneralCategory::EnclosingMark
        )
}

fn of<P: EnumeratedProperty>(c: char) -> P {
    CodePointMapData::<P>::new().get(c)
}

fn has<P: BinaryProperty>(c: char) -> bool {
    CodePointSetData::new::<P>().contains(c)
}
