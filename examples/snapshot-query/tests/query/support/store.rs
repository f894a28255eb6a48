//! A store that notes what is asked for, and answers as a test wants it.

use async_trait::async_trait;
use futures_util::StreamExt;
use futures_util::stream::{self, BoxStream};
use object_store::path::Path;
use object_store::{
    Attribute, CopyOptions, GetOptions, GetRange, GetResult, GetResultPayload, ListResult,
    MultipartUpload, ObjectMeta, ObjectStore, PutMultipartOptions, PutOptions, PutPayload,
    PutResult, Result,
};
use std::fmt;
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// A request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Noted {
    pub(crate) path: String,
    /// The octets that were given.
    pub(crate) range: Range<u64>,
    pub(crate) if_match: Option<String>,
    /// Whether the request asked for the end of the object.
    pub(crate) is_suffix: bool,
}

/// What happens after a request.
type Hook = Box<
    dyn Fn(&dyn ObjectStore, &Noted) -> futures_util::future::BoxFuture<'static, ()> + Send + Sync,
>;

/// A store that notes what is asked for, and answers as a test wants it.
pub(crate) struct Noting {
    inner: Arc<dyn ObjectStore>,
    noted: Mutex<Vec<Noted>>,
    /// What every object has for an entity tag, instead of its own.
    pub(crate) etag: Mutex<Option<Option<String>>>,
    pub(crate) attributes: Mutex<Vec<(Attribute, String)>>,
    /// The end of the paths that may not be read.
    pub(crate) forbidden: Mutex<Option<&'static str>>,
    /// Whether the octets of files are given as streams.
    pub(crate) gives_streams: Mutex<bool>,
    /// After how many octets the connection of each answer for octets of a package breaks.
    pub(crate) breaks_after: Mutex<Option<usize>>,
    /// Whether If-Match is ignored, as by servers that do not know it.
    pub(crate) ignores_if_match: Mutex<bool>,
    after: Mutex<Option<Arc<Hook>>>,
}

impl Noting {
    pub(crate) fn new(inner: Arc<dyn ObjectStore>) -> Self {
        Self {
            inner,
            noted: Mutex::default(),
            etag: Mutex::default(),
            attributes: Mutex::default(),
            forbidden: Mutex::default(),
            gives_streams: Mutex::default(),
            breaks_after: Mutex::default(),
            ignores_if_match: Mutex::default(),
            after: Mutex::default(),
        }
    }

    /// The requests for packages so far, in order.
    pub(crate) fn noted(&self) -> Vec<Noted> {
        self.noted
            .lock()
            .unwrap()
            .iter()
            .filter(|it| !it.path.ends_with(".json"))
            .cloned()
            .collect()
    }

    /// Replaces an object after the first request for octets that is not part of planning.
    pub(crate) fn replace_after_first_range(&self, path: &str, octets: Vec<u8>) {
        let (inner, path) = (self.inner.clone(), Path::from(path));
        let done = Arc::new(Mutex::new(false));
        let hook: Hook = Box::new(move |_, noted| {
            let is_due = !noted.is_suffix && noted.path == path.as_ref();
            let is_first = is_due && !std::mem::replace(&mut *done.lock().unwrap(), true);
            let (inner, path, octets) = (inner.clone(), path.clone(), octets.clone());
            Box::pin(async move {
                if is_first {
                    inner.put_opts(&path, octets.into(), PutOptions::default()).await.unwrap();
                }
            })
        });
        *self.after.lock().unwrap() = Some(Arc::new(hook));
    }

    /// Calls a function after the first request that is not part of planning.
    pub(crate) fn call_after_first_range(&self, call: impl Fn() + Send + Sync + 'static) {
        let done = Mutex::new(false);
        let hook: Hook = Box::new(move |_, noted| {
            if !noted.is_suffix && !std::mem::replace(&mut *done.lock().unwrap(), true) {
                call();
            }
            Box::pin(std::future::ready(()))
        });
        *self.after.lock().unwrap() = Some(Arc::new(hook));
    }
}

impl fmt::Debug for Noting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Noting")
    }
}

impl fmt::Display for Noting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Noting")
    }
}

#[async_trait]
impl ObjectStore for Noting {
    async fn get_opts(&self, path: &Path, mut options: GetOptions) -> Result<GetResult> {
        let if_match = options.if_match.clone();
        let is_suffix = matches!(options.range, Some(GetRange::Suffix(_)));
        if *self.ignores_if_match.lock().unwrap() || self.etag.lock().unwrap().is_some() {
            options.if_match = None;
        }
        if self.forbidden.lock().unwrap().is_some_and(|end| path.as_ref().ends_with(end)) {
            let (path, source) = (path.to_string(), "forbidden".into());
            return Err(object_store::Error::PermissionDenied { path, source });
        }
        let is_head = options.head;
        let mut found = self.inner.get_opts(path, options).await?;
        if let Some(etag) = &*self.etag.lock().unwrap() {
            found.meta.e_tag.clone_from(etag);
        }
        for (attribute, value) in self.attributes.lock().unwrap().iter() {
            found.attributes.insert(attribute.clone(), value.clone().into());
        }
        let range = found.range.clone();
        if *self.gives_streams.lock().unwrap() {
            let (meta, attributes) = (found.meta.clone(), found.attributes.clone());
            let payload = GetResultPayload::Stream(found.into_stream());
            found = GetResult { payload, meta, range: range.clone(), attributes };
        }
        let breaks_after = *self.breaks_after.lock().unwrap();
        let is_package = !is_suffix && !path.as_ref().ends_with(".json");
        if let Some(octets) = breaks_after
            && is_package
            && (octets as u64) < range.end - range.start
        {
            let (meta, attributes) = (found.meta.clone(), found.attributes.clone());
            let given = found.bytes().await?.slice(..octets);
            let source = "the connection is broken".into();
            let broken = Err(object_store::Error::Generic { store: "noting", source });
            let payload = GetResultPayload::Stream(stream::iter([Ok(given), broken]).boxed());
            found = GetResult { payload, meta, range: range.clone(), attributes };
        }
        let noted = Noted { path: path.to_string(), range, if_match, is_suffix };
        if !is_head && !noted.path.ends_with(".json") {
            self.noted.lock().unwrap().push(noted.clone());
            let after = self.after.lock().unwrap().clone();
            if let Some(after) = after {
                after(&*self.inner, &noted).await;
            }
        }
        Ok(found)
    }

    async fn put_opts(
        &self,
        path: &Path,
        payload: PutPayload,
        options: PutOptions,
    ) -> Result<PutResult> {
        self.inner.put_opts(path, payload, options).await
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        self.inner.put_multipart_opts(path, options).await
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        self.inner.delete_stream(paths)
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        self.inner.list(prefix)
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}
