//! URIs, and the objects in stores that they name.

use crate::error::Error;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use object_store::ObjectStore;
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, local::LocalFileSystem};
use percent_encoding::percent_decode_str;
use std::sync::Arc;
use url::{Position, Url};

/// How long a connection may take to be made. A request may take as long as its octets need.
pub(crate) const CONNECT: std::time::Duration = std::time::Duration::from_secs(10);

/// An object in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The root of the store.
    pub(crate) store: Url,
    /// The path of the object in it.
    pub(crate) path: Path,
}

/// Makes a URI of what a user writes: a URI as it is, and anything else as a path.
///
/// A directory stands for the manifest in it.
///
/// # Errors
/// [`Error::Uri`].
pub fn uri_of(text: &str) -> Result<Url, Error> {
    let refused = |why| Error::Uri { uri: text.to_owned(), why };
    if text.contains("://") {
        return Url::parse(text).map_err(|_| refused("it cannot be parsed"));
    }
    let path = std::path::absolute(text).map_err(|_| refused("it is no path"))?;
    let path = if path.is_dir() { path.join(crate::manifest::NAME) } else { path };
    Url::from_file_path(path).map_err(|()| refused("it is no path"))
}

impl Place {
    /// Finds the object that a URI names.
    pub(crate) fn of(uri: &Url) -> Result<Self, Error> {
        let refused = |why| Error::Uri { uri: uri.to_string(), why };
        if uri.query().is_some() {
            return Err(refused("objects have no query"));
        }
        if !uri.username().is_empty() || uri.password().is_some() {
            return Err(refused("credentials come from the environment"));
        }
        if uri.cannot_be_a_base() {
            return Err(refused("it has no path"));
        }
        let path = Path::from_url_path(uri.path()).map_err(|_| refused("its path is unusual"))?;
        // A store joins the parts by slashes, and knows no empty ones: that must be the same URI.
        let segments = uri.path_segments().into_iter().flatten();
        let segments: Vec<Vec<u8>> =
            segments.map(|text| percent_decode_str(text).collect()).collect();
        let parts = path.parts().map(|part| part.as_ref().as_bytes().to_vec());
        let is_escaped = segments.iter().any(|segment| segment.contains(&b'%'));
        if is_escaped || !parts.eq(segments) {
            return Err(refused("a store cannot hold this path"));
        }
        let store = Url::parse(&uri[..Position::BeforePath]);
        let store = store.map_err(|_| refused("it has no authority"))?;
        Ok(Self { store, path })
    }

    /// The store, made if it is not registered yet.
    pub(crate) fn store(&self, runtime: &RuntimeEnv) -> Result<Arc<dyn ObjectStore>, Error> {
        if let Ok(store) = runtime.object_store_registry.get_store(&self.store) {
            return Ok(store);
        }
        let store = made(&self.store)?;
        runtime.register_object_store(&self.store, store.clone());
        Ok(store)
    }

    /// The store's URL, as the engine has it.
    pub(crate) fn store_url(&self) -> Result<ObjectStoreUrl, Error> {
        let why = "it has no authority";
        let refused = |_| Error::Uri { uri: self.store.to_string(), why };
        ObjectStoreUrl::parse(&self.store[..Position::BeforePath]).map_err(refused)
    }
}

/// Whether the objects of a URI's store are files of this machine.
pub(crate) fn is_local(uri: &Url) -> bool {
    uri.scheme() == "file"
}

/// Makes the store of a URL. Credentials come from the environment alone.
fn made(url: &Url) -> Result<Arc<dyn ObjectStore>, Error> {
    let none = |why: String| Error::NoStore { uri: url.to_string(), why };
    let failed = |source| Error::Store { uri: url.to_string(), source };
    // The time limit of a request is that of a whole range, whose size nobody knows here.
    let options = ClientOptions::new().with_timeout_disabled().with_connect_timeout(CONNECT);
    match url.scheme() {
        "file" => Ok(Arc::new(LocalFileSystem::new())),
        "http" | "https" => {
            let options = options.with_allow_http(url.scheme() == "http");
            let builder = HttpBuilder::new().with_url(url.as_str()).with_client_options(options);
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        #[cfg(feature = "s3")]
        "s3" | "s3a" => {
            let builder = object_store::aws::AmazonS3Builder::from_env().with_url(url.as_str());
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        #[cfg(not(feature = "s3"))]
        "s3" | "s3a" => Err(none("the program was built without the feature s3".to_owned())),
        scheme => Err(none(format!("nobody knows the scheme {scheme:?} here"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str) -> Option<String> {
        Place::of(&Url::parse(uri).unwrap()).ok().map(|place| place.path.to_string())
    }

    #[test]
    fn a_uri_names_one_object_or_none() {
        assert_eq!(
            path("http://a:1/b/2015-06-23T00:36:45.885Z/0").unwrap(),
            "b/2015-06-23T00:36:45.885Z/0"
        );
        assert_eq!(path("file:///a%20b/c").unwrap(), "a b/c");
        for refused in [
            "http://a/b?c",
            "http://a/b%2Fc",
            "http://a/b//c",
            "http://u:p@a/b",
            "http://a/b/",
            "mailto:x",
            "http://a/%ZZ",
            "http://a/%",
        ] {
            assert_eq!(path(refused), None, "{refused}");
        }
    }
}
