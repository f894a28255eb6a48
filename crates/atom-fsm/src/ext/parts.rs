//! Elements of Atom within extension elements: from a tree to a value, and back.

use crate::atom::{Link, Person, Source, Text};
use crate::error::Error;
use crate::reporting::Tolerance;
use crate::settings::Settings;
use crate::xml::{Element, Name, XmlReader, XmlWriter};

/// Reads an element as a construct of Atom under the default tolerance. `None` when it cannot be
/// understood.
macro_rules! part {
    ($($function:ident -> $type:ident;)*) => {
        $(pub(crate) fn $function(element: &Element<'_>) -> Option<$type<'static>> {
            let mut octets = Vec::new();
            element.write(&mut octets).ok()?;
            let text = std::str::from_utf8(&octets).ok()?;
            let mut reader = XmlReader::new(text, Settings::default(), &[]).ok()?;
            reader.next_start().ok()?;
            $type::read(&mut reader).ok()?.map($type::into_owned)
        })*
    };
}

part! {
    link -> Link;
    person -> Person;
    source -> Source;
    text -> Text;
}

/// Writes a construct, and returns its element.
///
/// # Errors
/// When it contains what no document may contain, such as a control character.
fn element(
    write: impl FnOnce(&mut XmlWriter<'_>) -> Result<(), Error>,
) -> Result<Element<'static>, Error> {
    let settings = Settings { tolerance: Tolerance::ALL, ..Settings::default() };
    let mut octets = Vec::new();
    let mut writer = XmlWriter::new(&mut octets, settings);
    let written = write(&mut writer);
    writer.finish(written)?;
    Element::parse(&String::from_utf8_lossy(&octets)).map(Element::into_owned)
}

pub(crate) fn of_person(person: &Person<'_>, name: &Name<'_>) -> Result<Element<'static>, Error> {
    element(|writer| person.write(name, writer))
}

pub(crate) fn of_text(text: &Text<'_>, name: &Name<'_>) -> Result<Element<'static>, Error> {
    element(|writer| text.write(name, writer))
}

pub(crate) fn of_link(link: &Link<'_>) -> Result<Element<'static>, Error> {
    element(|writer| link.write(writer))
}

pub(crate) fn of_source(source: &Source<'_>) -> Result<Element<'static>, Error> {
    element(|writer| source.write(writer))
}
