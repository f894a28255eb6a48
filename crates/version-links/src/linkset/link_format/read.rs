//! Reading a document.

use crate::error::Error;
use crate::link_field::{Link, Parameter};
use crate::linkset::assembly::Assembly;
use crate::linkset::flat::{Flat, line_break};
use crate::linkset::link_format::origin::Origin;
use crate::linkset::links::Resolved;
use crate::linkset::model::Linkset;
use crate::reader::{Format, Reader};
use crate::relation::is_relation_types;
use crate::rule::Rule;
use std::borrow::Cow;

impl Reader {
    /// Reads a document in the CoRE Link Format, `application/link-format` (RFC 6690).
    ///
    /// It differs from a Link field and from a linkset:
    ///
    /// | | Link field, linkset | link format |
    /// |---|---|---|
    /// | a link without anchor leads from | the document | the origin of its target, or of the document |
    /// | a relative target is resolved against | the document | the anchor |
    /// | a link without `rel` | violates a rule | has the relation type `hosts` |
    /// | a value without quotes | is a token | may also contain `/`, `:`, `[`, `]` and others |
    /// | text | is ASCII | is UTF-8 |
    ///
    /// So anchors and targets are absolute in the result. The base is the URI that the document was
    /// found at. A link whose anchor or target cannot be resolved, or that cannot be read, is an error
    /// in its place: see [`Linkset::links`]. [`CoreLink`](crate::CoreLink) has the attributes of this
    /// format.
    ///
    /// White space and line breaks between the parts of a link violate [`Rule::LinkFormatSpace`]; one
    /// violation is reported for each link.
    ///
    /// The limits are [`Limits::linkset_octets`](crate::Limits#structfield.linkset_octets),
    /// `linkset_links` and `parameters`.
    ///
    /// ```
    /// use version_links::{Reader, Relation};
    ///
    /// let document = b"</sensors/temp>;rt=\"temperature-c\",</t>;anchor=\"/sensors/temp\";rel=\"alternate\"";
    /// let linkset = Reader::new().link_format(document, "coap://node/.well-known/core")?;
    /// let mut hosted = linkset.of("coap://node", Relation::HOSTS);
    /// assert_eq!(hosted.next().map(|link| link.href()), Some("coap://node/sensors/temp"));
    /// let mut other = linkset.of("coap://node/sensors/temp", Relation::ALTERNATE);
    /// assert_eq!(other.next().map(|link| link.href()), Some("coap://node/t"));
    /// # Ok::<(), version_links::Error>(())
    /// ```
    ///
    /// # Errors
    /// A limit that the document exceeds.
    pub fn link_format<'a>(self, document: &'a [u8], base: &str) -> Result<Linkset<'a>, Error> {
        let flat = Flat::of(document);
        let mut assembly = Assembly::new(&flat, self)?;
        let origin = Origin::of(base);
        let mut links = assembly.field_reader().for_format(Format::LinkFormat).links(flat.value());
        let mut end = Some(0);
        for link in links.by_ref() {
            let read = link.and_then(|link| {
                end = Some(assembly.check_format(link, end)?);
                Ok(link)
            });
            match read {
                Ok(link) => assembly.add_resolved(link, &origin)?,
                Err(error) => {
                    end = None;
                    assembly.refuse(error)?;
                }
            }
        }
        Ok(assembly.finish(links.diagnostics()))
    }
}

impl Assembly<'_, '_> {
    fn add_resolved(&mut self, link: Link<'_>, origin: &Origin) -> Result<(), Error> {
        let flat = self.flat;
        let target = link.target().as_bytes();
        let offset = self.offset(target);
        let Some((anchor, href)) = origin.resolve(link.anchor().as_deref(), link.target()) else {
            return self.refuse(Error::violation(Rule::TargetSyntax, 0, offset, target));
        };
        let resolved = Resolved {
            anchor: Some(Cow::Owned(anchor)),
            href: Cow::Owned(href),
            relation: Some("hosts"),
        };
        self.linkset.add_as(link, resolved, |text| flat.text(text));
        self.count(offset)
    }

    /// Checks what only this format asks for, and gives where the link ends. The link before ends at
    /// `end`, if it could be read.
    fn check_format(&mut self, link: Link<'_>, end: Option<usize>) -> Result<usize, Error> {
        let target = self.flat.span(link.target().as_bytes());
        self.without_line_break_in(link.target().as_bytes())?;
        let before = end.unwrap_or(target.start)..target.start;
        let mut gaps = Vec::from([before]);
        let mut at = target.end;
        let mut seen = Vec::new();
        for parameter in link.parameters() {
            for part in [Some(parameter.name().as_bytes()), parameter.raw()].into_iter().flatten() {
                let span = self.flat.span(part);
                self.without_line_break_in(part)?;
                gaps.push(at..span.start);
                at = span.end;
            }
            self.check_parameter(parameter, &mut seen)?;
        }
        let space = gaps.into_iter().find_map(|gap| {
            let between = self.flat.value().get(gap)?;
            let start = between.iter().position(|octet| matches!(octet, b' ' | b'\t'))?;
            between.get(start..=start)
        });
        match space {
            None => Ok(at),
            Some(space) => self.violation(Rule::LinkFormatSpace, space).map(|()| at),
        }
    }

    fn without_line_break_in(&mut self, part: &[u8]) -> Result<(), Error> {
        match line_break(self.flat.original(part)) {
            None => Ok(()),
            Some(_) => self.violation(Rule::LinkFormatSpace, part),
        }
    }

    fn check_parameter<'l>(
        &mut self,
        parameter: Parameter<'l>,
        seen: &mut Vec<&'l str>,
    ) -> Result<(), Error> {
        let name = parameter.name();
        if !is_parmname(name) {
            self.violation(Rule::LinkFormatName, name.as_bytes())?;
        }
        let Some(raw) = parameter.raw() else { return Ok(()) };
        if std::str::from_utf8(raw).is_err() {
            self.violation(Rule::LinkFormatUtf8, raw)?;
        }
        let before = self.offset(raw).checked_sub(1).and_then(|at| usize::try_from(at).ok());
        let before = before.and_then(|at| self.flat.value().get(at));
        let is_quoted = matches!(before, Some(b'"' | b'<'));
        let must_be_quoted = parameter.is("title") || parameter.is("anchor");
        let is_plain = !raw.is_empty() && raw.iter().all(|&octet| is_ptokenchar(octet));
        let holds = if is_quoted { !is_never_quoted(name) } else { is_plain && !must_be_quoted };
        if !holds {
            self.violation(Rule::LinkFormatValue, raw)?;
        }
        let value = parameter.value().unwrap_or_default();
        let holds = match name.to_ascii_lowercase().as_str() {
            "rt" | "if" => is_relation_types(&value),
            "sz" => is_cardinal(&value),
            "ct" => !value.is_empty() && value.split(' ').all(is_cardinal),
            _ => return Ok(()),
        };
        let is_repeated = seen.iter().any(|before| before.eq_ignore_ascii_case(name));
        if !is_repeated {
            seen.push(name);
        }
        if is_repeated || !holds {
            self.violation(Rule::LinkFormatAttribute, raw)?;
        }
        Ok(())
    }
}

/// Whether the grammar has no quotes around the values of a parameter.
pub(super) fn is_never_quoted(name: &str) -> bool {
    ["sz", "hreflang"].iter().any(|one| name.eq_ignore_ascii_case(one))
}

/// ```abnf
/// parmname      = 1*attr-char                             ; RFC 5987 section 3.2.1
/// ext-name-star = parmname "*"                            ; RFC 6690 section 2
/// ```
///
/// A name is a token, as the reader of the field has checked. Of those octets, `*`, `'` and `%` are no
/// attr-chars.
fn is_parmname(name: &str) -> bool {
    let name = name.strip_suffix('*').unwrap_or(name);
    !name.is_empty() && !name.contains(['*', '\'', '%'])
}

/// ```abnf
/// cardinal = "0" / ( %x31-39 *DIGIT )                     ; RFC 6690 section 2
/// ```
fn is_cardinal(text: &str) -> bool {
    let is_zero = text == "0";
    is_zero
        || !text.starts_with('0')
            && !text.is_empty()
            && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// ```abnf
/// ptokenchar = "!" / "#" / "$" / "%" / "&" / "'" / "(" / ")" / "*" / "+" / "-" / "." / "/" / DIGIT
///            / ":" / "<" / "=" / ">" / "?" / "@" / ALPHA / "[" / "]" / "^" / "_" / "`" / "{" / "|"
///            / "}" / "~"                                  ; RFC 6690 section 2
/// ```
pub(super) const fn is_ptokenchar(octet: u8) -> bool {
    octet.is_ascii_graphic() && !matches!(octet, b'"' | b',' | b';' | b'\\')
}
