//! URIs, and the objects in stores that they name.

use crate::allowed::Allowed;
use crate::client::Connector;
use crate::error::Error;
use datafusion::execution::object_store::ObjectStoreUrl;
use datafusion::execution::runtime_env::RuntimeEnv;
use object_store::ObjectStore;
use object_store::http::HttpBuilder;
use object_store::path::Path;
use object_store::{ClientOptions, RetryConfig, local::LocalFileSystem};
use percent_encoding::percent_decode_str;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use url::{Position, Url};

/// How long a request to S3 may take, which cannot be unlimited: longer than any takes.
#[cfg(feature = "s3")]
const REQUEST: &str = "365days";

/// For how long a request that failed is repeated. The default of
/// [`Limits::silence`](crate::Limits) is longer, so that the failure is reported.
const REPEATS: std::time::Duration = std::time::Duration::from_secs(120);

/// What is missing if the environment says nothing about credentials for S3.
#[cfg(feature = "s3")]
const NO_CREDENTIALS: &str = "there are no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, \
    AWS_SKIP_SIGNATURE=true to read what is public, or on a machine with a role \
    AWS_METADATA_ENDPOINT=http://169.254.169.254";

/// The stores that were made here, by which they are told from those that callers have registered:
/// an engine has both in the same place.
static MADE: Mutex<Vec<Weak<dyn ObjectStore>>> = Mutex::new(Vec::new());

/// An object in a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The root of the store.
    pub(crate) store: Url,
    /// The path of the object in it.
    pub(crate) path: Path,
}

/// The schemes of stores. A path that begins with one of them and a colon is rather a URI that lacks
/// slashes.
const SCHEMES: [&str; 5] = ["file", "http", "https", "s3", "s3a"];

/// The names of an index in a directory: that of the snapshot in it, and that of the latest one of the
/// snapshots below it.
const INDEXES: [&str; 2] = ["index.json", "latest.json"];

/// Makes a URI of what a user writes: a URI as it is, and anything else as a path.
///
/// A directory, by its path or its `file:` URI, stands for the `manifest.json` in it, or else for
/// the `index.json`, or else for the `latest.json`.
///
/// # Errors
/// [`Error::Uri`].
pub fn uri_of(text: &str) -> Result<Url, Error> {
    let refused = |why| Error::Uri { uri: text.to_owned(), why };
    let scheme = text.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    let path = if text.contains("://") {
        let uri = Url::parse(text).map_err(|_| refused("it cannot be parsed"))?;
        match uri.to_file_path() {
            Ok(path) if is_local(&uri) && path.is_dir() => path,
            _ => return Ok(uri),
        }
    } else if scheme.is_some_and(|scheme| SCHEMES.contains(&scheme.as_str())) {
        return Err(refused("its scheme must be followed by ://"));
    } else {
        std::path::absolute(text).map_err(|_| refused("it is no path"))?
    };
    let path = match path.is_dir() {
        true => {
            let manifest = path.join(crate::manifest::NAME);
            let indexes = INDEXES.map(|name| path.join(name));
            let found = [&manifest].into_iter().chain(&indexes).find(|path| path.exists()).cloned();
            found.unwrap_or(manifest)
        }
        false => path,
    };
    Url::from_file_path(path).map_err(|()| refused("it is no path"))
}

impl Place {
    /// Finds the object that a URI names.
    pub(crate) fn of(uri: &Url) -> Result<Self, Error> {
        let refused = |why| Error::Uri { uri: uri.to_string(), why };
        if uri.query().is_some() {
            return Err(refused("objects have no query"));
        }
        check_credentials(uri)?;
        if uri.scheme() == "file" && uri.host().is_some() {
            return Err(refused("it names a file of another host"));
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
        // Only that of files encodes each percent sign of a path.
        let is_escaped = !is_local(uri) && segments.iter().any(|segment| segment.contains(&b'%'));
        if is_escaped || !parts.eq(segments) {
            return Err(refused("a store cannot hold this path"));
        }
        let store = Url::parse(&uri[..Position::BeforePath]);
        let store = store.map_err(|_| refused("it has no authority"))?;
        // A store of a web server encodes the path anew, and may not encode what the URI does.
        if matches!(uri.scheme(), "http" | "https") && !is_asked_for(uri, &store, &path) {
            return Err(refused("its path encodes what a store does not encode"));
        }
        Ok(Self { store, path })
    }

    /// The store, made if it is not registered yet.
    pub(crate) fn store(
        &self,
        runtime: &RuntimeEnv,
        allowed: &Allowed,
    ) -> Result<Arc<dyn ObjectStore>, Error> {
        if let Ok(store) = runtime.object_store_registry.get_store(&self.store) {
            return Ok(store);
        }
        let store = made(&self.store, allowed)?;
        let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|own| own.strong_count() > 0);
        made.push(Arc::downgrade(&store));
        runtime.register_object_store(&self.store, store.clone());
        Ok(store)
    }

    /// The store, if the caller has registered it.
    pub(crate) fn store_of_caller(&self, runtime: &RuntimeEnv) -> Option<Arc<dyn ObjectStore>> {
        let store = runtime.object_store_registry.get_store(&self.store).ok()?;
        let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let is_own = made.iter().any(|own| ptr::addr_eq(own.as_ptr(), Arc::as_ptr(&store)));
        (!is_own).then_some(store)
    }

    /// The store's URL, as the engine has it.
    pub(crate) fn store_url(&self) -> Result<ObjectStoreUrl, Error> {
        let why = "it has no authority";
        let refused = |_| Error::Uri { uri: self.store.to_string(), why };
        ObjectStoreUrl::parse(&self.store[..Position::BeforePath]).map_err(refused)
    }
}

/// Whether a URI is the one that a store asks for, which has a path: `%2B` is not `+` for every server.
fn is_asked_for(uri: &Url, store: &Url, path: &Path) -> bool {
    let mut asked = store.clone();
    if let Ok(mut segments) = asked.path_segments_mut() {
        segments.clear().extend(path.parts().map(|part| part.as_ref().to_owned()));
    }
    normal(asked.path()) == normal(uri.path())
}

/// A path whose encoded unreserved characters are decoded, and whose other digits are upper case (RFC 3986
/// sections 6.2.2.1 and 6.2.2.2). Both are the same for every server.
fn normal(path: &str) -> String {
    let (mut normal, mut rest) = (String::with_capacity(path.len()), path);
    while let Some(at) = rest.find('%') {
        let (before, encoded) = rest.split_at(at);
        normal.push_str(before);
        let digits = encoded.get(1..3).unwrap_or_default();
        match u8::from_str_radix(digits, 16).map(char::from) {
            Ok(plain) if plain.is_ascii_alphanumeric() || "-._~".contains(plain) => {
                normal.push(plain);
            }
            _ => normal.extend(["%", &digits.to_ascii_uppercase()]),
        }
        rest = encoded.get(1 + digits.len()..).unwrap_or_default();
    }
    normal + rest
}

/// Refuses a URI with credentials: what is read later would be asked for without them.
pub(crate) fn check_credentials(uri: &Url) -> Result<(), Error> {
    if uri.username().is_empty() && uri.password().is_none() {
        return Ok(());
    }
    let why =
        "it has credentials: those for S3 come from the environment, and web servers are sent none";
    Err(Error::Uri { uri: uri.to_string(), why })
}

/// Whether the objects of a URI's store are files of this machine.
pub(crate) fn is_local(uri: &Url) -> bool {
    uri.scheme() == "file"
}

/// Makes the store of a URL. Credentials come from the environment alone.
pub(crate) fn made(url: &Url, allowed: &Allowed) -> Result<Arc<dyn ObjectStore>, Error> {
    let none = |why: String| Error::NoStore { uri: url.to_string(), why };
    let failed = |source| Error::Store { uri: url.to_string(), source };
    let retry = RetryConfig { retry_timeout: REPEATS, ..RetryConfig::default() };
    match url.scheme() {
        "file" => Ok(Arc::new(LocalFileSystem::new())),
        "http" | "https" => {
            let is_secure = url.scheme() == "https";
            let options = ClientOptions::new().with_allow_http(!is_secure);
            let root = &url[..Position::BeforePath];
            let builder = HttpBuilder::new().with_url(root).with_client_options(options);
            let connector = Connector { allowed: allowed.clone(), is_secure };
            let builder = builder.with_http_connector(connector).with_retry(retry);
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        #[cfg(feature = "s3")]
        "s3" | "s3a" => {
            use object_store::ClientConfigKey;
            use object_store::aws::{AmazonS3Builder, AmazonS3ConfigKey};
            // A limit of a request is that of a whole range, however long that may take. It is not
            // set by client options, which would replace those of the environment.
            let timeout = AmazonS3ConfigKey::Client(ClientConfigKey::Timeout);
            let builder = AmazonS3Builder::from_env().with_config(timeout, REQUEST);
            if !has_credentials(&builder) {
                return Err(none(NO_CREDENTIALS.to_owned()));
            }
            let builder = builder.with_url(url.as_str()).with_retry(retry);
            Ok(Arc::new(builder.build().map_err(failed)?))
        }
        #[cfg(not(feature = "s3"))]
        "s3" | "s3a" => Err(none("the program was built without the feature s3".to_owned())),
        scheme => Err(none(format!("nobody knows the scheme {scheme:?} here"))),
    }
}

/// Whether the environment says where credentials come from, or that none are needed.
///
/// Without that, the store would ask the network who this machine is, also where no cloud answers.
#[cfg(feature = "s3")]
fn has_credentials(builder: &object_store::aws::AmazonS3Builder) -> bool {
    use object_store::aws::AmazonS3ConfigKey::{
        AccessKeyId, ContainerAuthorizationTokenFile, ContainerCredentialsFullUri,
        ContainerCredentialsRelativeUri, MetadataEndpoint, RoleArn, SecretAccessKey, SkipSignature,
        WebIdentityTokenFile,
    };
    let signs = ["false", "0", "off", "no", "n"];
    let is_unsigned = builder
        .get_config_value(&SkipSignature)
        .is_some_and(|value| !signs.contains(&value.to_ascii_lowercase().as_str()));
    let sources: [&[_]; 6] = [
        &[AccessKeyId],
        &[SecretAccessKey],
        &[WebIdentityTokenFile, RoleArn],
        &[ContainerCredentialsRelativeUri],
        &[ContainerCredentialsFullUri, ContainerAuthorizationTokenFile],
        &[MetadataEndpoint],
    ];
    let is_set = |key| builder.get_config_value(key).is_some();
    is_unsigned || sources.iter().any(|keys| keys.iter().all(is_set))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(uri: &str) -> Option<String> {
        Place::of(&Url::parse(uri).unwrap()).ok().map(|place| place.path.to_string())
    }

    #[test]
    fn a_directory_stands_for_its_manifest_or_else_for_an_index() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path();
        let uri = Url::from_directory_path(path).unwrap();
        let forms = [path.to_str().unwrap().to_owned(), uri.to_string()];
        let found = || {
            let found = forms.clone().map(|form| uri_of(&form).unwrap());
            assert_eq!(found[0], found[1]);
            found[0].path_segments().unwrap().next_back().unwrap().to_owned()
        };
        assert_eq!(found(), "manifest.json");
        std::fs::write(path.join("latest.json"), "").unwrap();
        assert_eq!(found(), "latest.json");
        std::fs::write(path.join("index.json"), "").unwrap();
        assert_eq!(found(), "index.json");
        std::fs::write(path.join("manifest.json"), "").unwrap();
        assert_eq!(found(), "manifest.json");
    }

    #[test]
    fn a_uri_without_slashes_is_no_path() {
        for text in ["http:/x", "s3:bucket/x", "HTTPS:x", "file:x"] {
            assert_eq!(uri_of(text).unwrap_err().name(), "uri", "{text}");
        }
        assert_eq!(uri_of("/a:b/c").unwrap().as_str(), "file:///a:b/c");
        assert_eq!(uri_of("http://a/b").unwrap().as_str(), "http://a/b");
    }

    #[test]
    fn a_uri_names_one_object_or_none() {
        assert_eq!(
            path("http://a:1/b/2015-06-23T00:36:45.885Z/0").unwrap(),
            "b/2015-06-23T00:36:45.885Z/0"
        );
        assert_eq!(path("file:///a%20b/c").unwrap(), "a b/c");
        assert_eq!(path("file:///a%2Bb").unwrap(), "a+b");
        assert_eq!(path("http://a/b+c/%c3%A9/%7e/%23%3F|'").unwrap(), "b+c/é/~/#?|'");
        assert_eq!(path("file:///a%2525/%23/c").unwrap(), "a%25/#/c");
        for refused in [
            "http://a/b?c",
            "http://a/b%2Fc",
            "http://a/b%2Bc",
            "http://a/%5B%27%3b",
            "file://elsewhere.example/a",
            "http://a/b//c",
            "http://u:p@a/b",
            "http://a/b/",
            "mailto:x",
            "http://a/%ZZ",
            "http://a/%",
            "http://a/%2525",
            "s3://a/%2525",
            "file:///a%2Fb",
        ] {
            assert_eq!(path(refused), None, "{refused}");
        }
    }
}
