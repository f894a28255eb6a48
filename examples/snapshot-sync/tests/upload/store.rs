//! A store that notes what is done, and fails as a test wants it.

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt, TryStreamExt};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{
    Attribute, Attributes, CopyOptions, Error, GetOptions, GetResult, ListResult, MultipartUpload,
    ObjectMeta, ObjectStore, PutMode, PutMultipartOptions, PutOptions, PutPayload, PutResult,
    Result, UploadPart,
};
use std::fmt;
use std::sync::{Arc, Mutex};

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Done {
    /// An object was put, in this mode (create, replace or update), with this Content-Type and
    /// Cache-Control.
    Put(String, &'static str, [Option<String>; 2]),
    Begin(String, [Option<String>; 2]),
    Part(usize),
    Complete(String),
    Abort(String),
    Get(String),
    List(String),
}

/// When an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum When {
    /// Nothing is done.
    Before,
    /// It is done, but the answer is lost.
    After,
}

type Hook = Box<dyn FnOnce() + Send>;
type Fault = Box<dyn Fn(&Done) -> Option<Error> + Send>;

#[derive(Default)]
pub(crate) struct Notes {
    done: Vec<Done>,
    fails_at: Option<(usize, When)>,
    fault: Option<Fault>,
    loses: Option<fn(&Done) -> bool>,
    hook: Option<(usize, Hook)>,
    /// Uploads in parts that were neither completed nor aborted.
    pub(crate) open: usize,
    in_flight: usize,
    /// The most octets that were sent at the same time.
    pub(crate) most_in_flight: usize,
    /// The mode (create or update) whose condition it ignores.
    pub(crate) ignores: Option<&'static str>,
    /// The mode of the request that it never answers, once.
    pub(crate) hangs: Option<&'static str>,
    /// Whether it lists objects with a size that they do not have.
    pub(crate) lies: bool,
}

/// A store in memory that notes what is done.
#[derive(Clone)]
pub(crate) struct Noting {
    inner: Arc<InMemory>,
    pub(crate) notes: Arc<Mutex<Notes>>,
}

impl Noting {
    pub(crate) fn new() -> Self {
        Self { inner: Arc::default(), notes: Arc::default() }
    }

    pub(crate) fn shared(&self) -> Arc<dyn ObjectStore> {
        Arc::new(self.clone())
    }

    /// The store itself, whose operations are not noted.
    pub(crate) fn inner(&self) -> &InMemory {
        &self.inner
    }

    /// What was done since the last call.
    pub(crate) fn take(&self) -> Vec<Done> {
        std::mem::take(&mut self.notes.lock().unwrap().done)
    }

    /// Fails at the operation with this number, counted from now on.
    pub(crate) fn fail_at(&self, number: usize, when: When) {
        self.take();
        self.notes.lock().unwrap().fails_at = Some((number, when));
    }

    /// Fails where a function has an error for an operation, which is not done then.
    pub(crate) fn fail_by(&self, fault: impl Fn(&Done) -> Option<Error> + Send + 'static) {
        self.notes.lock().unwrap().fault = Some(Box::new(fault));
    }

    /// Loses the answer to the first such operation.
    pub(crate) fn lose(&self, is_lost: fn(&Done) -> bool) {
        self.notes.lock().unwrap().loses = Some(is_lost);
    }

    /// Calls a function before the operation with this number, counted from now on.
    pub(crate) fn call_at(&self, number: usize, hook: impl FnOnce() + Send + 'static) {
        self.take();
        self.notes.lock().unwrap().hook = Some((number, Box::new(hook)));
    }

    /// From now on nothing fails.
    pub(crate) fn recover(&self) {
        let mut notes = self.notes.lock().unwrap();
        (notes.fails_at, notes.fault, notes.hook) = (None, None, None);
    }

    /// Notes an operation, which may fail before it; says whether it fails after it.
    fn begin(&self, done: Done) -> Result<bool> {
        let mut notes = self.notes.lock().unwrap();
        let number = notes.done.len();
        if let Some(fault) = notes.fault.as_ref().and_then(|fault| fault(&done)) {
            notes.done.push(done);
            return Err(fault);
        }
        let is_lost = notes.loses.take_if(|is_lost| is_lost(&done)).is_some();
        notes.done.push(done);
        if let Some((_, hook)) = notes.hook.take_if(|(at, _)| *at == number) {
            hook();
        }
        match notes.fails_at {
            Some((at, When::Before)) if at == number => Err(fault()),
            Some((at, When::After)) => Ok(at == number),
            _ => Ok(is_lost),
        }
    }
}

fn fault() -> Error {
    Error::Generic { store: "test", source: "a fault of the test".into() }
}

/// What an operation has led to, unless the answer is lost.
fn ended<T>(done: Result<T>, fails: bool) -> Result<T> {
    if fails { Err(fault()) } else { done }
}

/// The Content-Type and the Cache-Control.
fn stated(attributes: &Attributes) -> [Option<String>; 2] {
    [Attribute::ContentType, Attribute::CacheControl]
        .map(|name| attributes.get(&name).map(|value| value.to_string()))
}

#[async_trait]
impl ObjectStore for Noting {
    async fn put_opts(
        &self,
        path: &Path,
        payload: PutPayload,
        mut options: PutOptions,
    ) -> Result<PutResult> {
        let mode = match options.mode {
            PutMode::Create => "create",
            PutMode::Overwrite => "replace",
            PutMode::Update(_) => "update",
        };
        let fails = self.begin(Done::Put(path.to_string(), mode, stated(&options.attributes)))?;
        let hangs = self.notes.lock().unwrap().hangs.take_if(|hangs| *hangs == mode).is_some();
        if hangs {
            std::future::pending::<()>().await;
        }
        if self.notes.lock().unwrap().ignores == Some(mode) {
            options.mode = PutMode::Overwrite;
        }
        ended(self.inner.put_opts(path, payload, options).await, fails)
    }

    async fn put_multipart_opts(
        &self,
        path: &Path,
        options: PutMultipartOptions,
    ) -> Result<Box<dyn MultipartUpload>> {
        let fails = self.begin(Done::Begin(path.to_string(), stated(&options.attributes)))?;
        let inner = self.inner.put_multipart_opts(path, options).await?;
        // An upload of which the publisher has no answer is one that it cannot abort.
        let parts = Parts { inner, store: self.clone(), path: path.to_string() };
        let parts = ended(Ok(parts), fails)?;
        self.notes.lock().unwrap().open += 1;
        Ok(Box::new(parts))
    }

    async fn get_opts(&self, path: &Path, options: GetOptions) -> Result<GetResult> {
        let fails = self.begin(Done::Get(path.to_string()))?;
        ended(self.inner.get_opts(path, options).await, fails)
    }

    fn delete_stream(
        &self,
        paths: BoxStream<'static, Result<Path>>,
    ) -> BoxStream<'static, Result<Path>> {
        paths.map(|path| panic!("nothing is deleted: {path:?}")).boxed()
    }

    fn list(&self, prefix: Option<&Path>) -> BoxStream<'static, Result<ObjectMeta>> {
        let done = Done::List(prefix.map(ToString::to_string).unwrap_or_default());
        let (begun, listed) = (self.begin(done), self.inner.list(prefix));
        let lies = self.notes.lock().unwrap().lies;
        let begun = begun.and_then(|fails| ended(Ok(listed), fails));
        let listed = futures_util::stream::once(std::future::ready(begun)).try_flatten();
        listed
            .map_ok(move |mut found| {
                found.size -= u64::from(lies);
                found
            })
            .boxed()
    }

    async fn list_with_delimiter(&self, prefix: Option<&Path>) -> Result<ListResult> {
        self.inner.list_with_delimiter(prefix).await
    }

    async fn copy_opts(&self, from: &Path, to: &Path, options: CopyOptions) -> Result<()> {
        self.inner.copy_opts(from, to, options).await
    }
}

struct Parts {
    inner: Box<dyn MultipartUpload>,
    store: Noting,
    path: String,
}

#[async_trait]
impl MultipartUpload for Parts {
    fn put_part(&mut self, data: PutPayload) -> UploadPart {
        let octets = data.content_length();
        let begun = self.store.begin(Done::Part(octets));
        let sending = self.inner.put_part(data);
        let notes = self.store.notes.clone();
        {
            let mut notes = notes.lock().unwrap();
            notes.in_flight += octets;
            notes.most_in_flight = notes.most_in_flight.max(notes.in_flight);
        }
        Box::pin(async move {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            let sent = match begun {
                Ok(fails) => ended(sending.await, fails),
                Err(error) => Err(error),
            };
            notes.lock().unwrap().in_flight -= octets;
            sent
        })
    }

    async fn complete(&mut self) -> Result<PutResult> {
        let fails = self.store.begin(Done::Complete(self.path.clone()))?;
        let completed = self.inner.complete().await?;
        self.store.notes.lock().unwrap().open -= 1;
        ended(Ok(completed), fails)
    }

    async fn abort(&mut self) -> Result<()> {
        let fails = self.store.begin(Done::Abort(self.path.clone()))?;
        self.inner.abort().await?;
        let mut notes = self.store.notes.lock().unwrap();
        // One that was completed, of which the answer was lost, is no upload any more.
        notes.open = notes.open.saturating_sub(1);
        drop(notes);
        ended(Ok(()), fails)
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Parts")
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
