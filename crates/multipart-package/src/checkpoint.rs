//! Saved positions, from which reading resumes.

use crate::checked_line::{self, fingerprint};
use crate::decoder::Decoder;
use crate::delimiter::Delimiter;
use crate::error::{Error, Misuse};
use crate::reader::{Framing, ReadConfig, Reader};
use crate::rule::Rule;
use crate::slice::Parts;
use std::fmt;
use std::str::FromStr;

/// A saved position at a part's start, from which reading resumes.
///
/// [`Parts::checkpoint`] and [`Decoder::checkpoint`] make one. Save it once everything before it is
/// stored safely. [`Reader::resume`] and [`Reader::resume_parts`] resume from it.
///
/// It contains the framing, a hash of the boundary, and a text by which the caller identifies the
/// resource, most often its entity tag. Resuming is refused if one of these three differs.
///
/// It is written and parsed as one line of text, for a file or a database. With the feature `serde`
/// it is serialized as that text.
///
/// ```
/// use multipart_package::{Checkpoint, Reader};
///
/// let package = b"--b\r\n\r\n1\r\n--b\r\n\r\n2\r\n--b--\r\n";
/// let reader = Reader::from_content_type(b"multipart/mixed; boundary=b")?;
/// let mut parts = reader.parts(package);
/// parts.next().unwrap()?;
/// let stored = parts.checkpoint("\"etag\"").unwrap().to_string();
///
/// // Later, push the octets from the checkpoint's offset on, for example from a range request.
/// let checkpoint: Checkpoint = stored.parse()?;
/// let mut decoder = reader.resume(&checkpoint, "\"etag\"")?;
/// decoder.push(bytes::Bytes::from_static(&package[checkpoint.offset() as usize..]));
/// decoder.finish();
/// # let mut bodies = Vec::new();
/// # while let multipart_package::Step::Event(event) = decoder.step()? {
/// #     if let multipart_package::Event::Body(octets) = event { bodies.extend_from_slice(&octets) }
/// # }
/// # assert_eq!(bodies, b"2");
/// assert!(reader.resume(&checkpoint, "\"another\"").is_err());
/// # Ok::<(), multipart_package::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Checkpoint {
    offset: u64,
    number: u64,
    boundary: u64,
    framing: Framing,
    resource: Box<str>,
}

/// The start of a checkpoint's text: its kind and version.
const KIND: &str = "multipart-checkpoint-1";

impl Checkpoint {
    fn new(delimiter: &Delimiter, framing: Framing, at: (u64, u64), resource: &str) -> Self {
        let ((offset, number), boundary) = (at, fingerprint(delimiter.dash_boundary()));
        Self { offset, number, boundary, framing, resource: resource.into() }
    }

    /// Where the part's head begins, in octets from the start of the whole input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The part's number, counted from 0. This is how many parts precede it.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// The text by which the caller identifies the resource.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    /// Refuses other settings than those of the reading that made it.
    fn check(&self, config: &mut ReadConfig, resource: &str) -> Result<(), Error> {
        let tolerates = config.report.tolerance.tolerates(Rule::DelimiterDashes);
        if tolerates && self.boundary != fingerprint(config.delimiter.dash_boundary()) {
            config.delimiter.take_own_dashes();
        }
        let is_same = *self.resource == *resource
            && self.boundary == fingerprint(config.delimiter.dash_boundary())
            && self.framing == config.framing;
        if is_same { Ok(()) } else { Err(Error::misuse(Misuse::OtherResource, self.offset)) }
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { offset, number, boundary, framing, resource } = self;
        let framing = match framing {
            Framing::Delimiter => "delimiter",
            Framing::Length => "length",
        };
        // The quotes show where the text ends.
        let resource = resource.escape_default();
        let words = format!("{offset} {number} {boundary:016x} {framing} \"{resource}\"");
        checked_line::write(f, KIND, &words)
    }
}

impl FromStr for Checkpoint {
    type Err = Error;

    /// Parses the text that `Display` writes.
    ///
    /// # Errors
    /// [`Rule::CheckpointSyntax`], also if the text was damaged.
    fn from_str(text: &str) -> Result<Self, Error> {
        let read = checked_line::read(KIND, text).and_then(Self::read);
        // Each checkpoint has only one text: no sign, no leading zero, no needless escape.
        let read = read.filter(|read| read.to_string() == text);
        read.ok_or_else(|| Error::violation(Rule::CheckpointSyntax, 0, text.as_bytes()))
    }
}

impl Checkpoint {
    fn read(words: &str) -> Option<Self> {
        let mut words = words.splitn(5, ' ');
        let (offset, number) =
            (checked_line::number(words.next()?)?, checked_line::number(words.next()?)?);
        let boundary = u64::from_str_radix(words.next()?, 16).ok()?;
        let framing = match words.next()? {
            "delimiter" => Framing::Delimiter,
            "length" => Framing::Length,
            _ => return None,
        };
        let resource = words.next()?.strip_prefix('"')?.strip_suffix('"')?;
        let resource = unescape(resource)?.into();
        Some(Self { offset, number, boundary, framing, resource })
    }
}

/// Reverses `str::escape_default`.
fn unescape(text: &str) -> Option<String> {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some((before, escape)) = rest.split_once('\\') {
        plain.push_str(before);
        let mut chars = escape.chars();
        let found = match chars.next()? {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'u' => {
                let (digits, after) = chars.as_str().strip_prefix('{')?.split_once('}')?;
                chars = after.chars();
                char::from_u32(u32::from_str_radix(digits, 16).ok()?)?
            }
            other => other,
        };
        plain.push(found);
        rest = chars.as_str();
    }
    plain.push_str(rest);
    Some(plain)
}

#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl serde::Serialize for Checkpoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
#[cfg_attr(docsrs, doc(cfg(feature = "serde")))]
impl<'de> serde::Deserialize<'de> for Checkpoint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Parts<'_> {
    /// The start of the next part, to resume from later.
    ///
    /// `resource` identifies the resource, most often by its entity tag.
    ///
    /// There is no checkpoint before the opening was read, after the last part, and after an error
    /// until [`resync`](Self::resync) succeeds.
    #[must_use]
    pub fn checkpoint(&self, resource: &str) -> Option<Checkpoint> {
        let (config, at) = self.at_part()?;
        Some(Checkpoint::new(&config.delimiter, config.framing, at, resource))
    }
}

impl Decoder {
    /// The start of the next part, to resume from later.
    ///
    /// `resource` identifies the resource, most often by its entity tag.
    ///
    /// There is no checkpoint before the opening was read, from a part's
    /// [`Head`](crate::Event::Head) to its [`End`](crate::Event::End), after the last part, and
    /// after an error until [`Lost`](crate::Event::Lost) was given. Under
    /// [`Framing::Length`](crate::Framing::Length), there is none before the delimiter line after
    /// the part was pushed. While only a part of a head was
    /// pushed, the checkpoint is at the start of that head.
    #[must_use]
    pub fn checkpoint(&self, resource: &str) -> Option<Checkpoint> {
        let (config, at) = self.at_part()?;
        Some(Checkpoint::new(&config.delimiter, config.framing, at, resource))
    }
}

impl Reader {
    /// Resumes from a checkpoint, with octets that come in chunks.
    ///
    /// The first octet to push is the one at the checkpoint's [offset](Checkpoint::offset). Offsets
    /// and part numbers continue from the checkpoint.
    ///
    /// The tolerance and the limits may be others than before.
    /// [`Limits::parts`](crate::Limits::parts) also counts the parts before the checkpoint. The
    /// diagnostics begin empty.
    ///
    /// # Errors
    /// [`Misuse::OtherResource`] if the checkpoint was made for another resource, boundary or
    /// framing.
    pub fn resume(&self, checkpoint: &Checkpoint, resource: &str) -> Result<Decoder, Error> {
        let mut config = self.config();
        checkpoint.check(&mut config, resource)?;
        Ok(Decoder::at(config, checkpoint.offset, checkpoint.number))
    }

    /// Resumes from a checkpoint in a whole input that is in memory, as [`resume`](Self::resume)
    /// does for chunks.
    ///
    /// # Errors
    /// [`Misuse::OtherResource`] if the checkpoint was made for another resource, boundary or
    /// framing, or if no delimiter line of the input ends at the checkpoint's offset. The offset 0
    /// needs no delimiter line. A close delimiter line does not count.
    pub fn resume_parts<'a>(
        &self,
        checkpoint: &Checkpoint,
        resource: &str,
        input: &'a [u8],
    ) -> Result<Parts<'a>, Error> {
        let mut config = self.config();
        checkpoint.check(&mut config, resource)?;
        let at = usize::try_from(checkpoint.offset).ok();
        let at = at.filter(|&at| at == 0 || config.delimiter.ends(input.get(..at)));
        let at = at.ok_or_else(|| Error::misuse(Misuse::OtherResource, checkpoint.offset))?;
        Ok(Parts::at(config, input, at, checkpoint.number))
    }
}
