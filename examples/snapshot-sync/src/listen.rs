//! The publisher's server on a socket.

use crate::error::Error;
use crate::server::Publisher;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs until it is stopped.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Listening {
    /// Begins to serve at an address; port 0 is any that is free.
    ///
    /// # Errors
    /// [`Error::Io`] when the address cannot be had.
    pub async fn at(address: SocketAddr, publisher: Arc<Publisher>) -> Result<Self, Error> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel();
        let serving = axum::serve(listener, publisher.router()).with_graceful_shutdown(async {
            // Stopped, or forgotten: either way nobody needs it any longer.
            let _ = stopped.await;
        });
        Ok(Self { address, stop, serving: tokio::spawn(serving.into_future()) })
    }

    /// Where it serves.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The absolute URI of a path.
    #[must_use]
    pub fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Stops: what is being answered is answered to its end.
    ///
    /// # Errors
    /// [`Error::Io`] when serving failed.
    pub async fn stop(self) -> Result<(), Error> {
        drop(self.stop);
        Ok(self.serving.await??)
    }
}
