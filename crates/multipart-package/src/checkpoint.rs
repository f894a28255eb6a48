//! Where a reading stood, to go on there later.

use crate::decoder::Decoder;
use crate::delimiter::Delimiter;
use crate::error::{Error, Misuse};
use crate::reader::{Framing, Reader};
use crate::rule::Rule;
use crate::slice::Parts;
use crate::stored::{self, fingerprint};
use std::fmt;
use std::str::FromStr;

/// The start of a part, where a reading stood, to be stored and gone on from.
///
/// Take one once all before it is stored safely: [`Parts::checkpoint`], [`Decoder::checkpoint`]. It
/// knows the boundary and the framing it was made under, and the resource by whatever the caller
/// tells it apart, most often its entity tag: another is refused.
///
/// As text it is one line, for a file or a database; with the feature `serde` it is that text.
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
/// // Later: the octets from there on, as of a range request.
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

/// What the text of a checkpoint begins with: its kind and version.
const KIND: &str = "multipart-checkpoint-1";

impl Checkpoint {
    fn new(delimiter: &Delimiter, framing: Framing, at: (u64, u64), resource: &str) -> Self {
        let ((offset, number), boundary) = (at, fingerprint(delimiter.dash_boundary()));
        Self { offset, number, boundary, framing, resource: resource.into() }
    }

    /// Where the part's head begins: octets from the start of the whole input.
    #[must_use]
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// The part's number, from 0: so many are read.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What the resource is told apart by.
    #[must_use]
    pub fn resource(&self) -> &str {
        &self.resource
    }

    fn check(&self, delimiter: &Delimiter, framing: Framing, resource: &str) -> Result<(), Error> {
        let is_same = *self.resource == *resource
            && self.boundary == fingerprint(delimiter.dash_boundary())
            && self.framing == framing;
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
        // In quotes, the end of the line is seen.
        let resource = resource.escape_default();
        let words = format!("{offset} {number} {boundary:016x} {framing} \"{resource}\"");
        stored::write(f, KIND, &words)
    }
}

impl FromStr for Checkpoint {
    type Err = Error;

    /// # Errors
    /// [`Rule::CheckpointSyntax`], also for a text that was damaged.
    fn from_str(text: &str) -> Result<Self, Error> {
        let read = stored::read(KIND, text).and_then(Self::read);
        // One text for each: no sign, no leading zero, no escape that is not needed.
        let read = read.filter(|read| read.to_string() == text);
        read.ok_or_else(|| Error::rule(Rule::CheckpointSyntax, 0, text.as_bytes()))
    }
}

impl Checkpoint {
    fn read(words: &str) -> Option<Self> {
        let mut words = words.splitn(5, ' ');
        let (offset, number) = (stored::number(words.next()?)?, stored::number(words.next()?)?);
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

/// Undoes `str::escape_default`.
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
impl serde::Serialize for Checkpoint {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Checkpoint {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <String as serde::Deserialize>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl Parts<'_> {
    /// The start of the part that comes next, to go on from; nothing before the first part, behind
    /// the last, and after an error.
    ///
    /// The resource is told apart by this text: its entity tag, most often.
    #[must_use]
    pub fn checkpoint(&self, resource: &str) -> Option<Checkpoint> {
        let (setup, at) = self.at_part()?;
        Some(Checkpoint::new(&setup.delimiter, setup.framing, at, resource))
    }
}

impl Decoder {
    /// The start of the part whose head comes next, to go on from; nothing within a part, before
    /// the opening is read, behind the last part, and after an error.
    ///
    /// The resource is told apart by this text: its entity tag, most often.
    #[must_use]
    pub fn checkpoint(&self, resource: &str) -> Option<Checkpoint> {
        let (setup, at) = self.at_part()?;
        Some(Checkpoint::new(&setup.delimiter, setup.framing, at, resource))
    }
}

impl Reader {
    /// Goes on from a checkpoint of this resource with octets that come in chunks, the first of
    /// which begin at its [offset](Checkpoint::offset). Offsets and numbers go on where they were.
    ///
    /// # Errors
    /// [`Misuse::OtherResource`] when the resource, the boundary or the framing is another one.
    pub fn resume(&self, checkpoint: &Checkpoint, resource: &str) -> Result<Decoder, Error> {
        let setup = self.setup();
        checkpoint.check(&setup.delimiter, setup.framing, resource)?;
        Ok(Decoder::at(setup, checkpoint.offset, checkpoint.number))
    }

    /// Goes on from a checkpoint of this resource, the whole of which is in memory, or mapped.
    ///
    /// # Errors
    /// [`Misuse::OtherResource`] when the resource, the boundary or the framing is another one, or
    /// no delimiter line of the input ends at the checkpoint.
    pub fn resume_parts<'a>(
        &self,
        checkpoint: &Checkpoint,
        resource: &str,
        input: &'a [u8],
    ) -> Result<Parts<'a>, Error> {
        let setup = self.setup();
        checkpoint.check(&setup.delimiter, setup.framing, resource)?;
        let at = usize::try_from(checkpoint.offset).ok();
        let at = at.filter(|&at| at == 0 || setup.delimiter.ends(input.get(..at)));
        let at = at.ok_or_else(|| Error::misuse(Misuse::OtherResource, checkpoint.offset))?;
        Ok(Parts::at(setup, input, at, checkpoint.number))
    }
}
