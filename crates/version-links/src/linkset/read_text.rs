//! Reading `application/linkset` (RFC 9264 section 4.1).

use crate::error::Error;
use crate::link_field::Link;
use crate::linkset::assembly::Assembly;
use crate::linkset::check::{self, Reference};
use crate::linkset::flat::{Flat, line_break};
use crate::linkset::model::{Item, Linkset};
use crate::reader::Reader;
use crate::rule::Rule;

impl<'a> Linkset<'a> {
    /// Reads a linkset in text, `application/linkset`, with the settings of [`Reader::new`].
    ///
    /// # Errors
    /// Those of [`Reader::linkset`].
    pub fn from_text(document: &'a [u8]) -> Result<Self, Error> {
        Reader::new().linkset(document)
    }
}

impl Reader {
    /// Reads a linkset in text, `application/linkset` (RFC 9264 section 4.1).
    ///
    /// This form is that of a Link field, except that line breaks count as white space. A line break
    /// within a target or a value violates [`Rule::LinksetLineBreak`]; if that is tolerated, it reads
    /// as a space. A link that cannot be read, or that has no relation type, is an error in its place:
    /// see [`Linkset::links`].
    ///
    /// The limits are [`Limits::linkset_octets`](crate::Limits#structfield.linkset_octets),
    /// `linkset_links` and `parameters`.
    ///
    /// # Errors
    /// A limit that the document exceeds.
    pub fn linkset(self, document: &[u8]) -> Result<Linkset<'_>, Error> {
        let flat = Flat::of(document);
        let mut assembly = Assembly::new(&flat, self)?;
        let mut links = assembly.field_reader().links(flat.value());
        for link in links.by_ref() {
            match link.and_then(|link| assembly.check(link).map(|()| link)) {
                Ok(link) => assembly.add(link)?,
                Err(error) => assembly.refuse(error)?,
            }
        }
        Ok(assembly.finish(links.diagnostics()))
    }
}

impl Assembly<'_, '_> {
    fn add(&mut self, link: Link<'_>) -> Result<(), Error> {
        let (before, flat) = (self.linkset.items.len(), self.flat);
        let target = link.target().as_bytes();
        let offset = self.offset(target);
        self.linkset.add(link, |text| flat.text(text));
        if let Some(Item::Refused(_)) = self.linkset.items.get(before) {
            let missing = self.placed(Error::violation(Rule::RelMissing, 0, offset, target));
            if let Some(item) = self.linkset.items.get_mut(before) {
                *item = Item::Refused(missing);
            }
        }
        self.count(offset)
    }

    /// Checks what the reader of a field does not.
    fn check(&mut self, link: Link<'_>) -> Result<(), Error> {
        let target = link.target();
        self.without_line_break(target.as_bytes())?;
        self.relative(target, Reference::Target, target.as_bytes());
        let mut anchored = false;
        for parameter in link.parameters() {
            let Some(raw) = parameter.raw() else { continue };
            self.without_line_break(raw)?;
            if parameter.is("anchor") && !anchored {
                anchored = true;
                let anchor = parameter.value().unwrap_or_default();
                self.relative(&anchor, Reference::Anchor, raw);
            }
        }
        if !anchored {
            self.report(Rule::AnchorMissing, target.as_bytes());
        }
        Ok(())
    }

    fn without_line_break(&mut self, part: &[u8]) -> Result<(), Error> {
        match line_break(self.flat.original(part)) {
            None => Ok(()),
            Some(_) => self.violation(Rule::LinksetLineBreak, part),
        }
    }

    fn relative(&mut self, reference: &str, which: Reference, part: &[u8]) {
        let mut is_relative = false;
        check::reference(reference, which, |rule| {
            is_relative |= rule == Rule::ReferenceRelative;
        });
        if is_relative {
            self.report(Rule::ReferenceRelative, part);
        }
    }
}
