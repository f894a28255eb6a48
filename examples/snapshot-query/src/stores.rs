//! The stores of a host that reads for others: only allowed objects, and only reading.

use crate::allowed::Allowed;
use crate::error::Error;
use crate::place::made;
use async_trait::async_trait;
use datafusion::error::{DataFusionError, Result};
use datafusion::execution::object_store::ObjectStoreRegistry;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use object_store::path::{Path, PathPart};
use object_store::{
    CopyOptions, GetOptions, GetResult, ListResult, MultipartUpload, ObjectMeta, ObjectStore,
    PutMultipartOptions, PutOptions, PutPayload, PutResult,
};
use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use url::{Position, Url};

/// The stores of a host that reads for others.
///
/// A store is made when it is first asked for, from the environment of the host. It gives allowed
/// objects alone, and takes none. Nothing else can be registered.
#[derive(Debug)]
pub struct AllowedStores {
    allowed: Allowed,
    made: Mutex<HashMap<String, Arc<dyn ObjectStore>>>,
}

impl AllowedStores {
    /// The stores of the allowed URLs.
    #[must_use]
    pub fn new(allowed: Allowed) -> Self {
        Self { allowed, made: Mutex::default() }
    }
}

impl ObjectStoreRegistry for AllowedStores {
    fn register_store(&self, _: &Url, _: Arc<dyn ObjectStore>) -> Option<Arc<dyn ObjectStore>> {
        None
    }

    fn get_store(&self, url: &Url) -> Result<Arc<dyn ObjectStore>> {
        let root = &url[..Position::BeforePath];
        if !self.allowed.has_store(url) {
            let refused = Error::NotAllowed { uri: root.to_owned() };
            return Err(DataFusionError::from(refused));
        }
        let mut all = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(store) = all.get(root) {
            return Ok(store.clone());
        }
        // Only stores of configured prefixes are kept, so that there are few.
        let inner = made(url, &self.allowed)?;
        let guarded = Guarded { inner, root: url.clone(), allowed: self.allowed.clone() };
        let guarded: Arc<dyn ObjectStore> = Arc::new(guarded);
        all.insert(root.to_owned(), guarded.clone());
        Ok(guarded)
    }
}

/// A store that gives allowed objects alone.
#[derive(Debug)]
struct Guarded {
    inner: Arc<dyn ObjectStore>,
    root: Url,
    allowed: Allowed,
}

impl Guarded {
    fn check(&self, path: &Path) -> object_store::Result<()> {
        let refused =
            |source| object_store::Error::PermissionDenied { path: path.to_string(), source };
        let mut url = self.root.clone();
        url.set_query(None);
        url.set_fragment(None);
        {
            let segments = url.path_segments_mut();
            let mut segments = segments.map_err(|()| refused("the store has no paths".into()))?;
            segments.clear();
            let parts: Vec<PathPart<'_>> = path.parts().collect();
            segments.extend(parts.iter().map(AsRef::as_ref));
        }
        self.allowed.check(&url).map_err(|error| refused(Box::new(error)))
    }
}

/// The error of everything but reading.
fn refused<T>(operation: &str) -> object_store::Result<T> {
    Err(object_store::Error::NotImplemented {
        operation: operation.to_owned(),
        implementer: "a store that is only read".to_owned(),
    })
}

impl fmt::Display for Guarded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the allowed objects of {}", self.inner)
    }
}

#[async_trait]
impl ObjectStore for Guarded {
    async fn get_opts(&self, path: &Path, options: GetOptions) -> object_store::Result<GetResult> {
        self.check(path)?;
        self.inner.get_opts(path, options).await
    }

    async fn put_opts(
        &self,
        _: &Path,
        _: PutPayload,
        _: PutOptions,
    ) -> object_store::Result<PutResult> {
        refused("put_opts")
    }

    async fn put_multipart_opts(
        &self,
        _: &Path,
        _: PutMultipartOptions,
    ) -> object_store::Result<Box<dyn MultipartUpload>> {
        refused("put_multipart_opts")
    }

    fn delete_stream(
        &self,
        _: BoxStream<'static, object_store::Result<Path>>,
    ) -> BoxStream<'static, object_store::Result<Path>> {
        stream::once(async { refused("delete_stream") }).boxed()
    }

    fn list(&self, _: Option<&Path>) -> BoxStream<'static, object_store::Result<ObjectMeta>> {
        stream::once(async { refused("list") }).boxed()
    }

    async fn list_with_delimiter(&self, _: Option<&Path>) -> object_store::Result<ListResult> {
        refused("list_with_delimiter")
    }

    async fn copy_opts(&self, _: &Path, _: &Path, _: CopyOptions) -> object_store::Result<()> {
        refused("copy_opts")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::ObjectStoreExt;

    #[tokio::test]
    async fn only_allowed_files_are_read_and_none_is_written() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("in"), "a").unwrap();
        std::fs::create_dir(directory.path().join("sub")).unwrap();
        std::fs::write(directory.path().join("sub/in"), "b").unwrap();
        let url = Url::from_file_path(directory.path().join("sub")).unwrap();
        let stores = AllowedStores::new(Allowed::below([url.as_str()]).unwrap());
        let root = Url::parse("file:///").unwrap();
        let store = stores.get_store(&root).unwrap();
        let path = |name: &str| Path::from_absolute_path(directory.path().join(name)).unwrap();
        assert_eq!(store.get(&path("sub/in")).await.unwrap().bytes().await.unwrap(), "b");
        assert!(store.get(&path("in")).await.unwrap_err().to_string().contains("not-allowed"));
        assert!(store.put(&path("sub/new"), "c".into()).await.is_err());
        assert!(store.delete(&path("sub/in")).await.is_err());
        assert!(store.list(None).next().await.unwrap().is_err());
        assert!(directory.path().join("sub/in").exists());

        for other in ["http://a/", "s3://bucket/", "memory:///"] {
            let url = Url::parse(other).unwrap();
            assert!(stores.get_store(&url).unwrap_err().to_string().contains("not-allowed"));
            let memory = Arc::new(object_store::memory::InMemory::new());
            assert!(stores.register_store(&url, memory).is_none());
            assert!(stores.get_store(&url).is_err(), "nothing else can be registered");
        }
    }
}
