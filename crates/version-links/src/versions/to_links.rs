//! Makes Link fields of what links say about versions.

use crate::error::Error;
use crate::link_field::LinkBuf;
use crate::reference::{self, Base};
use crate::versions::version_link::VersionLink;
use crate::versions::version_links::VersionLinks;

impl VersionLinks {
    /// Makes the links for the Link fields of the context itself.
    ///
    /// A target keeps its spelling if it names the same resource when it is resolved against the
    /// context; otherwise it becomes the resolved URI. IRIs are mapped to URIs. Registered relation
    /// types are written in lower case.
    ///
    /// # Errors
    /// Those of [`LinkBuilder::build`](crate::LinkBuilder::build), for any of the links.
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
