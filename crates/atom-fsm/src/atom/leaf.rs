//! Elements that hold text alone: ids, names, IRIs, dates.

use super::common::{self, Common};
use crate::error::Error;
use crate::own::own;
use crate::report::Report;
use crate::rule::Rule;
use crate::xml::{Name, Pull, SPACE, Token, XmlWriter};
use std::borrow::Cow;

/// An element that holds text alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Leaf<'a> {
    pub(crate) common: Common<'a>,
    pub(crate) text: Cow<'a, str>,
}

own!(private Leaf { common, text });

impl<'a> From<Cow<'a, str>> for Leaf<'a> {
    fn from(text: Cow<'a, str>) -> Self {
        Self { common: Common::default(), text }
    }
}

impl<'a> Leaf<'a> {
    pub(crate) fn read(pull: &mut Pull<'a>) -> Result<Option<Self>, Error> {
        let common = Common::read(pull, |_, value| Some(value))?;
        Ok(text(pull)?.map(|text| Self { common, text }))
    }

    /// Reads one whose white space does not count (RFC 4287 sections 2 and 3.3).
    pub(crate) fn read_value(pull: &mut Pull<'a>) -> Result<Option<Self>, Error> {
        let tag = pull.tag();
        let Some(mut leaf) = Self::read(pull)? else { return Ok(None) };
        let trimmed = leaf.text.trim_matches(SPACE);
        if trimmed.len() < leaf.text.len() {
            pull.breach_at(Rule::ValueSpace, tag)?;
            leaf.text = match leaf.text {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(SPACE)),
                Cow::Owned(ref text) => Cow::Owned(text.trim_matches(SPACE).to_owned()),
            };
        }
        Ok(Some(leaf))
    }

    pub(crate) fn read_iri(pull: &mut Pull<'a>) -> Result<Option<Self>, Error> {
        Self::read_checked(pull, Self::check_iri)
    }

    pub(crate) fn read_id(pull: &mut Pull<'a>) -> Result<Option<Self>, Error> {
        Self::read_checked(pull, Self::check_id)
    }

    pub(crate) fn read_email(pull: &mut Pull<'a>) -> Result<Option<Self>, Error> {
        Self::read_checked(pull, Self::check_email)
    }

    fn read_checked(
        pull: &mut Pull<'a>,
        check: fn(&Self, &mut dyn Report) -> Result<(), Error>,
    ) -> Result<Option<Self>, Error> {
        let tag = pull.tag();
        let leaf = Self::read_value(pull)?;
        if let Some(leaf) = &leaf {
            check(leaf, &mut pull.at_tag(tag))?;
        }
        Ok(leaf)
    }

    pub(crate) fn check_nothing(&self, _: &mut dyn Report) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn check_iri(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(common::is_reference(&self.text), Rule::IriSyntax)
    }

    pub(crate) fn check_id(&self, report: &mut dyn Report) -> Result<(), Error> {
        report.require(common::is_iri(&self.text), Rule::IdAbsolute)
    }

    pub(crate) fn check_email(&self, report: &mut dyn Report) -> Result<(), Error> {
        let is_email = self.text.split_once('@').is_some_and(|(user, host)| {
            !user.is_empty() && !host.is_empty() && !self.text.contains(SPACE)
        });
        report.require(is_email, Rule::PersonEmail)
    }

    pub(crate) fn write(
        &self,
        name: &Name<'_>,
        writer: &mut XmlWriter<'_>,
        check: fn(&Self, &mut dyn Report) -> Result<(), Error>,
    ) -> Result<(), Error> {
        writer.start(name)?;
        check(self, writer)?;
        self.common.write(writer, &[])?;
        writer.text(&self.text)?;
        writer.end();
        Ok(())
    }
}

/// The text of the element whose start tag was read last, up to its end; nothing when there are
/// elements in it, which is reported.
pub(crate) fn text<'a>(pull: &mut Pull<'a>) -> Result<Option<Cow<'a, str>>, Error> {
    let tag = pull.tag();
    let mut text = Cow::Borrowed("");
    loop {
        match pull.next()? {
            Token::Text(more) if text.is_empty() => text = more,
            Token::Text(more) => text.to_mut().push_str(&more),
            Token::Comment(_) | Token::Instruction(..) => {}
            Token::End | Token::Eof => return Ok(Some(text)),
            Token::Start => {
                pull.breach_at(Rule::TextMarkup, tag)?;
                return Ok(None);
            }
        }
    }
}
