//! From what links say about versions back to Link fields.

use crate::error::Error;
use crate::link_field::LinkBuf;
use crate::reference::{self, Base};
use crate::versions::version_link::VersionLink;
use crate::versions::version_links::VersionLinks;

impl VersionLinks {
    /// The links as Link fields have them, to be sent with the context itself.
    ///
    /// Targets stay as they stood where they name the same from the context, and are URIs
    /// otherwise, those of IRIs included; registered relation types are in lower case.
    ///
    /// # Errors
    /// The rule by which a strict reader would refuse one.
    pub fn to_links(&self) -> Result<Vec<LinkBuf>, Error> {
        let base = Base::new(&self.context);
        self.links.iter().map(|link| link.to_link(&base)).collect()
    }
}

impl VersionLink {
    fn to_link(&self, base: &Base) -> Result<LinkBuf, Error> {
        let same = base.resolve(&self.reference).is_some_and(|uri| uri == self.uri);
        let target = if same { &self.reference } else { &self.uri };
        let relation = match self.relation.is_extension() {
            true => self.relation.as_str().to_owned(),
            false => self.relation.as_str().to_ascii_lowercase(),
        };
        let builder = LinkBuf::builder(reference::to_uri(target)).rel(relation);
        self.attributes()
            .fold(builder, |builder, (name, value)| builder.parameter(name, value))
            .build()
    }
}
