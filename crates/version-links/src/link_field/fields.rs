//! Writing links to Link fields.

use crate::error::Error;
use crate::limits::{Limit, Limits};
use crate::link_field::builder::verify;
use crate::link_field::link::LinkBuf;
use crate::relation::Relation;
use crate::rule::Rule;

/// Writes links to Link fields, within limits on the fields, their octets and the links.
///
/// ```
/// use version_links::{LinkBuf, LinkFields, Relation};
///
/// let links = [
///     LinkBuf::builder("/system/v/84345634/1").rel(Relation::LATEST_VERSION).build()?,
///     LinkBuf::builder("/system/vh/84345634").rel(Relation::VERSION_HISTORY).build()?,
/// ];
/// assert_eq!(
///     LinkFields::new().values(&links)?,
///     ["</system/v/84345634/1>; rel=latest-version, </system/vh/84345634>; rel=version-history"]
/// );
/// # Ok::<(), version_links::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct LinkFields {
    limits: Limits,
    linkset: Option<LinkBuf>,
}

impl Default for LinkFields {
    fn default() -> Self {
        Self { limits: Limits::default().field_octets(4096).fields(8), linkset: None }
    }
}

impl LinkFields {
    /// At most 8 fields of at most 4,096 octets each, which HTTP software accepts.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the limit on the octets of one field value. A link is never split.
    pub fn field_octets(mut self, octets: u64) -> Self {
        self.limits = self.limits.field_octets(octets);
        self
    }

    /// Sets the limit on the number of fields.
    pub fn fields(mut self, fields: u64) -> Self {
        self.limits = self.limits.fields(fields);
        self
    }

    /// Sets the limit on the number of links. The default is 1,024, as many as a
    /// [`Reader`](crate::Reader) accepts by default.
    pub fn links(mut self, links: u64) -> Self {
        self.limits = self.limits.links(links);
        self
    }

    /// Sets the limit on the parameters of a link. The default is 64, as many as a
    /// [`Reader`](crate::Reader) accepts by default.
    pub fn parameters(mut self, parameters: u64) -> Self {
        self.limits = self.limits.parameters(parameters);
        self
    }

    /// Sets the URI of a linkset: a document that contains all the links. If the links do not fit,
    /// one link to it is written in their place (RFC 9264 section 6). If even that does not fit, it
    /// is an error. A violated rule is still an error.
    ///
    /// # Errors
    /// The rule that the target violates, if it is no URI reference.
    pub fn linkset(mut self, target: &str) -> Result<Self, Error> {
        self.linkset = Some(LinkBuf::builder(target).rel(Relation::LINKSET).build()?);
        Ok(self)
    }

    /// The values of the fields.
    ///
    /// # Errors
    /// The rule that a link violates, if a strict reader would refuse it. If no linkset was set, or
    /// if the link to it does not fit either, also [`Limit::FieldOctets`], [`Limit::Fields`],
    /// [`Limit::Links`] or [`Limit::Parameters`], whose setting has the same name here.
    pub fn values(&self, links: &[LinkBuf]) -> Result<Vec<String>, Error> {
        match (self.fit(links), &self.linkset) {
            (Err(error), Some(linkset)) if error.rule().is_none() => {
                self.fit(std::slice::from_ref(linkset))
            }
            (fitted, _) => fitted,
        }
    }

    /// The values of the fields, for a message's head.
    ///
    /// # Errors
    /// As [`values`](Self::values).
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn header_values(&self, links: &[LinkBuf]) -> Result<Vec<http::HeaderValue>, Error> {
        let header_value = |value: String| {
            http::HeaderValue::from_bytes(value.as_bytes())
                .map_err(|_| Error::violation(Rule::FieldControl, 0, 0, value.as_bytes()))
        };
        self.values(links)?.into_iter().map(header_value).collect()
    }

    /// Appends the values to a message's head. After an error it appends nothing. Link fields that
    /// the head already has do not count.
    ///
    /// # Errors
    /// As [`values`](Self::values).
    #[cfg(feature = "http")]
    #[cfg_attr(docsrs, doc(cfg(feature = "http")))]
    pub fn append_to(&self, links: &[LinkBuf], headers: &mut http::HeaderMap) -> Result<(), Error> {
        for value in self.header_values(links)? {
            headers.append(http::header::LINK, value);
        }
        Ok(())
    }

    fn fit(&self, links: &[LinkBuf]) -> Result<Vec<String>, Error> {
        let limits = &self.limits;
        let fits = |octets: usize| octets as u64 <= limits.field_octets;
        let mut rest: usize = links.iter().map(|link| link.octets() + ", ".len()).sum();
        let most = usize::try_from(limits.field_octets).unwrap_or(usize::MAX);
        let mut values: Vec<Vec<u8>> = Vec::new();
        for (index, link) in links.iter().enumerate() {
            let count = values.len();
            let unfit = |limit| Err(Error::unfit(limit, limits, count));
            match link.strict() {
                // A builder has verified it.
                Some(parameters) if parameters > limits.parameters => {
                    return unfit(Limit::Parameters);
                }
                Some(_) => {}
                None => verify(link, limits.field_octets(u64::MAX)).map_err(Error::in_writing)?,
            }
            if index as u64 >= limits.links {
                return unfit(Limit::Links);
            }
            let octets = link.octets();
            if !fits(octets) {
                return unfit(Limit::FieldOctets);
            }
            match values.last_mut() {
                Some(value) if fits(value.len() + ", ".len() + octets) => {
                    value.extend_from_slice(b", ");
                    link.push_to(value);
                }
                _ if count as u64 >= limits.fields => return unfit(Limit::Fields),
                _ => {
                    let mut value = Vec::with_capacity(rest.min(most));
                    link.push_to(&mut value);
                    values.push(value);
                }
            }
            rest -= octets + ", ".len();
        }
        let text = |value| {
            let not_text = |_| Error::violation(Rule::ValueAscii, 0, 0, b"");
            String::from_utf8(value).map_err(not_text)
        };
        values.into_iter().map(text).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link_field::links;
    use proptest::prelude::*;

    proptest! {
        /// What a builder has verified is written like what is verified when it is written.
        #[test]
        fn links_are_written_alike_whoever_has_verified_them(
            rels in proptest::collection::vec("[a-z]{1,6}", 0..6),
            titles in proptest::collection::vec("[a-z;,\"]{0,9}|\\PC{0,3}", 6),
            octets in 0_u64..200,
            parameters in 0_u64..4,
            links_ in 0_u64..7,
        ) {
            let built = rels.iter().zip(&titles).map(|(rel, title)| {
                LinkBuf::builder("/a,b").rel(rel).title(title).build()
            });
            let built: Vec<_> = built.filter_map(Result::ok).collect();
            let texts: Vec<_> = built.iter().map(ToString::to_string).collect();
            let read: Vec<_> = texts
                .iter()
                .filter_map(|text| Some(links(text.as_bytes()).next()?.ok()?.into_owned()))
                .collect();
            prop_assert!(built.iter().all(|link| link.strict() == Some(2)));
            prop_assert!(read.iter().all(|link| link.strict().is_none()));
            let fields = LinkFields::new().field_octets(octets).parameters(parameters).links(links_);
            let of = |links: &[LinkBuf]| fields.values(links).map_err(|error| error.kind());
            prop_assert_eq!(of(&built), of(&read));
        }
    }
}
