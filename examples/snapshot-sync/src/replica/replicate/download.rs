//! Downloading a package into the spool, across interruptions.

use super::spool::Spool;
use super::transfer::{Expected, Verdict, judge, request};
use crate::digest::{self, Claim};
use crate::error::Error;
use crate::replica::fetch::{Body, Failed, Fetcher, found, insert_no_cache, is_coded};
use bytes::Bytes;
use futures_util::StreamExt;
use reqwest::Response;
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncWriteExt, BufWriter};

/// The size in octets of one write to the file.
const WRITE_OCTETS: usize = 256 * 1024;

/// A complete package whose digest is right, if it has one.
#[derive(Debug)]
pub(crate) struct Downloaded {
    /// The URI that it was found at, after redirects.
    pub(crate) found: String,
    /// Its Content-Type.
    pub(crate) content_type: String,
    /// The number of its octets that this process received.
    pub(crate) received: u64,
}

/// Downloads a package. The octets of an earlier attempt or run are not requested again, unless the
/// server has another representation now.
///
/// # Errors
/// The failure of the last attempt; [`Error::Gone`].
pub(crate) async fn download(
    fetcher: &Fetcher,
    spool: &Spool,
    number: usize,
    uri: &str,
    most_octets: u64,
) -> Result<Downloaded, Error> {
    let mut download = Download::open(fetcher, spool, number, uri, most_octets).await?;
    let (mut delays, mut furthest) = (fetcher.delays(), download.held);
    while let Err(failed) = download.attempt().await {
        // Octets that are received for the second time are no progress.
        if download.held > furthest {
            furthest = download.held;
            delays.reset();
        }
        delays.wait(failed).await?;
    }
    let Download { expected, received, .. } = download;
    let Some(Expected { found, content_type, .. }) = expected else {
        return Err(Error::Stopped("the package's download"));
    };
    Ok(Downloaded { found, content_type, received })
}

#[derive(Debug)]
struct Download<'a> {
    fetcher: &'a Fetcher,
    spool: &'a Spool,
    number: usize,
    uri: &'a str,
    most_octets: u64,
    expected: Option<Expected>,
    held: u64,
    claim: Option<Claim>,
    received: u64,
    /// Whether its octets are from another URI, where the publisher was before it moved.
    is_from_elsewhere: bool,
    /// Whether it was not there, so that no cache is asked from then on.
    was_absent: bool,
}

impl<'a> Download<'a> {
    async fn open(
        fetcher: &'a Fetcher,
        spool: &'a Spool,
        number: usize,
        uri: &'a str,
        most_octets: u64,
    ) -> Result<Self, Error> {
        let (mut expected, mut held, mut claim) = (None, 0, None);
        let mut is_from_elsewhere = false;
        if let Some((known, octets)) = spool.held(number)?
            // A strong entity tag says that both are the same octet for octet.
            && (known.uri == uri || known.etag.is_some())
        {
            is_from_elsewhere = known.uri != uri;
            let path = spool.octets(number);
            let claimed = known.digest.as_deref().and_then(Claim::read);
            if let Some(claimed) = claimed {
                let hashing = tokio::task::spawn_blocking(move || {
                    claimed.with_file(&path).map_err(Error::of_file(&path))
                });
                claim = Some(hashing.await??);
            }
            (expected, held) = (Some(known), octets);
        }
        let (received, was_absent) = (0, false);
        Ok(Self {
            fetcher,
            spool,
            number,
            uri,
            most_octets,
            expected,
            held,
            claim,
            received,
            is_from_elsewhere,
            was_absent,
        })
    }

    async fn attempt(&mut self) -> Result<(), Failed> {
        let stated = self.expected.as_ref().and_then(|expected| expected.octets);
        if self.held > 0 && stated == Some(self.held) && !self.is_from_elsewhere {
            return self.check();
        }
        let mut asked = request(self.held, self.expected.as_ref());
        if self.was_absent {
            insert_no_cache(&mut asked);
        }
        let response = self.fetcher.open(self.uri, asked).await?;
        let status = response.status();
        if let Some(failed) = Failed::by_status(self.uri, status, response.headers()) {
            return Err(failed);
        }
        let uri = || self.uri.to_owned();
        let expected = self.expected.as_ref();
        match judge(self.uri, self.held, expected, status, response.headers()) {
            Verdict::Whole(expected) => {
                let found = found(&response);
                self.begin(Expected { found, ..expected })?;
            }
            Verdict::Rest => self.is_found_at(&response)?,
            Verdict::Complete => {
                self.is_found_at(&response)?;
                return self.check();
            }
            Verdict::Anew(what) => {
                let failed = Failed::for_now(Error::Range { uri: uri(), what });
                self.forget()?;
                return Err(failed);
            }
            Verdict::Gone => {
                self.was_absent = true;
                return Err(Failed::absent(self.uri, &found(&response), status));
            }
            Verdict::Refused => return Err(Error::of_status(self.uri, status).into()),
            Verdict::Untyped => {
                return Err(Error::Missing { uri: uri(), what: "Content-Type" }.into());
            }
        }
        self.receive(response).await?;
        self.check()
    }

    /// Stores where a package is found, if it has moved.
    fn is_found_at(&mut self, response: &Response) -> Result<(), Error> {
        if let Some(expected) = self.expected.as_mut().filter(|_| self.is_from_elsewhere) {
            self.uri.clone_into(&mut expected.uri);
            expected.found = found(response);
            self.spool.describe(self.number, expected)?;
        }
        self.is_from_elsewhere = false;
        Ok(())
    }

    /// Stores a package's description, before its first octet.
    fn begin(&mut self, expected: Expected) -> Result<(), Error> {
        self.spool.begin(self.number, &expected)?;
        self.claim = expected.digest.as_deref().and_then(Claim::read);
        (self.expected, self.held) = (Some(expected), 0);
        self.is_from_elsewhere = false;
        Ok(())
    }

    /// Appends a body's octets to the file, also those before an interruption.
    async fn receive(&mut self, response: Response) -> Result<(), Failed> {
        // The digest of a whole package that may be gone on with is compared when it is complete.
        let headers = response.headers();
        let of_whole = digest::of_representation(headers).filter(|_| is_coded(headers));
        let of_whole = of_whole.as_deref().and_then(Claim::read);
        let claims = Claim::of_content(headers).into_iter().chain(of_whole);
        let mut body = Body::new(self.uri, headers, claims, self.fetcher.limits())?;
        let path = self.spool.octets(self.number);
        let file = OpenOptions::new().append(true).open(&path).await;
        let mut file = BufWriter::with_capacity(WRITE_OCTETS, file.map_err(Error::of_file(&path))?);
        let mut chunks = response.bytes_stream();
        let result = loop {
            match chunks.next().await {
                None => break body.finish(),
                Some(Err(error)) => {
                    break Err(Failed::from(Error::of_request(self.uri, error)));
                }
                Some(Ok(mut chunk)) => {
                    self.received += chunk.len() as u64;
                    self.fetcher.traffic().received(chunk.len());
                    while !chunk.is_empty() {
                        let octets = body.take(&mut chunk)?;
                        self.take(&mut file, &octets).await?;
                    }
                }
            }
        };
        let rest = match result {
            Ok(rest) => self.take(&mut file, &rest).await,
            Err(failed) => {
                file.flush().await.map_err(Error::of_file(&path))?;
                if failed.is_of_content() {
                    self.forget()?;
                }
                return Err(failed);
            }
        };
        file.flush().await.map_err(Error::of_file(&path))?;
        Ok(rest?)
    }

    async fn take(&mut self, file: &mut BufWriter<File>, chunk: &Bytes) -> Result<(), Error> {
        let path = || self.spool.octets(self.number);
        file.write_all(chunk).await.map_err(|error| Error::of_file(&path())(error))?;
        if let Some(claim) = &mut self.claim {
            claim.update(chunk);
        }
        self.held += chunk.len() as u64;
        if self.held > self.most_octets {
            let limit = usize::try_from(self.most_octets).unwrap_or(usize::MAX);
            // The next run would receive them again.
            self.forget()?;
            return Err(Error::TooLarge { uri: self.uri.to_owned(), limit });
        }
        Ok(())
    }

    /// Compares the received package with its stated length and digest.
    fn check(&mut self) -> Result<(), Failed> {
        let stated = self.expected.as_ref().and_then(|expected| expected.octets);
        if let Some(stated) = stated.filter(|stated| *stated != self.held) {
            let (uri, octets) = (self.uri.to_owned(), self.held);
            if octets > stated {
                self.forget()?;
            }
            return Err(Failed::for_now(Error::Length { uri, octets, stated }));
        }
        if self.claim.take().is_some_and(|claim| !claim.holds()) {
            self.forget()?;
            return Err(Failed::for_now(Error::Digest { uri: self.uri.to_owned() }));
        }
        Ok(())
    }

    /// Removes what was received.
    fn forget(&mut self) -> Result<(), Error> {
        (self.expected, self.held, self.claim) = (None, 0, None);
        self.is_from_elsewhere = false;
        self.spool.remove(self.number)
    }
}
