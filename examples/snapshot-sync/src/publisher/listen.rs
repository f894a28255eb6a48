//! The publisher's server on a socket, with limits.

use crate::error::Error;
use crate::publisher::server::{Publisher, Routes};
use crate::shutdown::{Asked, Stop};
use axum::{Extension, Router};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio_io_timeout::TimeoutStream;
use tracing::{debug, warn};

/// The limits on what clients may use of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The number of simultaneous connections: 1,024. Further connections wait.
    pub connections: usize,
    /// The size of a request's head in octets: 64 KiB, at least 8 KiB.
    pub head_octets: usize,
    /// The time for a request's head: 10 s. hyper does not tell apart a connection that waits for a
    /// head and one that is idle between two requests, so that this is also the time for which a
    /// connection may be idle.
    pub head_time: Duration,
    /// The time in which a request's body is read and its answer begins: 30 s.
    pub answer_time: Duration,
    /// The time for which a client may read no octet of an answer: 60 s.
    pub stall_time: Duration,
    /// The time for which unfinished answers are waited for when the server stops: 10 s.
    pub stop_time: Duration,
}

impl Limits {
    /// The limits of a listener for metrics: 16 connections, which get their answers soon.
    pub const METRICS: Self = Self {
        connections: 16,
        head_octets: 8192,
        head_time: Duration::from_secs(10),
        answer_time: Duration::from_secs(10),
        stall_time: Duration::from_secs(10),
        stop_time: Duration::from_secs(1),
    };

    /// The most clients that may wait for the next event, each with a connection: 16 connections are left
    /// for others, or half of them if there are fewer than 32.
    #[must_use]
    pub fn most_waiting(&self) -> usize {
        self.connections - self.connections.div_ceil(2).min(16)
    }
}

impl Default for Limits {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            connections: 1024,
            head_octets: 64 * 1024,
            head_time: seconds(10),
            answer_time: seconds(30),
            stall_time: seconds(60),
            stop_time: seconds(10),
        }
    }
}

/// An address that is taken, on which nobody listens yet: until a publisher has something to serve,
/// connections to it are refused.
#[derive(Debug)]
pub struct Bound {
    socket: TcpSocket,
    address: SocketAddr,
}

impl Bound {
    /// Takes an address. Port 0 stands for any free port.
    ///
    /// # Errors
    /// [`Error::Listen`] if another program listens on the address, or if the system refuses it.
    pub fn at(address: SocketAddr) -> Result<Self, Error> {
        let bound = || {
            let socket = match address {
                SocketAddr::V4(_) => TcpSocket::new_v4()?,
                SocketAddr::V6(_) => TcpSocket::new_v6()?,
            };
            // A publisher that is started again need not wait for the connections of the last one.
            socket.set_reuseaddr(true)?;
            socket.bind(address)?;
            let address = socket.local_addr()?;
            Ok(Self { socket, address })
        };
        bound().map_err(|source| Error::Listen { address, source })
    }

    fn listen(self) -> Result<TcpListener, Error> {
        let Self { socket, address } = self;
        socket.listen(1024).map_err(|source| Error::Listen { address, source })
    }
}

/// A server that runs until it is stopped.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    stop: Stop,
    serving: JoinHandle<()>,
}

impl Listening {
    /// Begins to serve a publisher at an address, with the default limits. Port 0 stands for any
    /// free port.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub async fn at(address: SocketAddr, publisher: Arc<Publisher>) -> Result<Self, Error> {
        Self::within(&Limits::default(), address, publisher.routes()).await
    }

    /// Begins to serve these routes at an address, with these limits.
    ///
    /// # Errors
    /// [`Error::Listen`].
    pub async fn within(
        limits: &Limits,
        address: SocketAddr,
        routes: impl Into<Routes>,
    ) -> Result<Self, Error> {
        Self::on(limits, Bound::at(address)?, routes).await
    }

    /// Begins to serve these routes at an address that was taken before, with these limits.
    ///
    /// # Errors
    /// [`Error::Listen`].
    #[expect(clippy::unused_async, reason = "it needs a runtime, as the other two do")]
    pub async fn on(
        limits: &Limits,
        bound: Bound,
        routes: impl Into<Routes>,
    ) -> Result<Self, Error> {
        let address = bound.address;
        let listener = bound.listen()?;
        let (stop, asked) = Asked::when_dropped();
        let routes = routes.into().within(limits.answer_time);
        // Requests that wait for something are answered when the server stops.
        let routes = routes.layer(Extension(asked.clone()));
        let server = Server::new(limits, routes);
        Ok(Self { address, stop, serving: tokio::spawn(server.run(listener, asked)) })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The absolute URI of a path.
    #[must_use]
    pub fn uri(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Stops. Clients that wait for an event are answered at once; answers that have begun are sent to their end, within [`Limits::stop_time`].
    ///
    /// # Errors
    /// [`Error::Task`] if the server's task failed.
    pub async fn stop(self) -> Result<(), Error> {
        drop(self.stop);
        Ok(self.serving.await?)
    }
}

#[derive(Debug)]
struct Server {
    limits: Limits,
    routes: Router,
    http: http1::Builder,
    free: Arc<Semaphore>,
}

impl Server {
    fn new(limits: &Limits, routes: Router) -> Self {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(limits.head_time)
            .max_buf_size(limits.head_octets.max(8192));
        let free = Arc::new(Semaphore::new(limits.connections.max(1)));
        Self { limits: *limits, routes, http, free }
    }

    /// Serves until it is stopped, or until its [`Listening`] is dropped.
    async fn run(self, listener: TcpListener, asked: Asked) {
        let open = GracefulShutdown::new();
        let mut told = None;
        loop {
            let accepted = tokio::select! {
                () = asked.wait() => break,
                accepted = self.accept(&listener, &mut told) => accepted,
            };
            match accepted {
                Ok((stream, permit)) => self.serve(stream, permit, &open),
                Err(error) => {
                    warn!(
                        error = &error as &dyn std::error::Error,
                        "a connection cannot be accepted"
                    );
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        drop(listener);
        if tokio::time::timeout(self.limits.stop_time, open.shutdown()).await.is_err() {
            warn!("some answers were not finished in time");
        }
    }

    /// Accepts the next connection, as soon as the limit permits it. Being at the limit is logged once
    /// a minute; `told` is when it was logged last.
    async fn accept(
        &self,
        listener: &TcpListener,
        told: &mut Option<Instant>,
    ) -> io::Result<(TcpStream, OwnedSemaphorePermit)> {
        let free = self.free.clone();
        let is_told = told.is_some_and(|told| told.elapsed() < Duration::from_secs(60));
        if free.available_permits() == 0 && !is_told {
            *told = Some(Instant::now());
            warn!(
                limit = self.limits.connections,
                "all connections are in use: further clients wait until one is free"
            );
        }
        let permit = free.acquire_owned().await.map_err(io::Error::other)?;
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, permit))
    }

    fn serve(&self, stream: TcpStream, permit: OwnedSemaphorePermit, open: &GracefulShutdown) {
        let mut stream = TimeoutStream::new(stream);
        stream.set_write_timeout(Some(self.limits.stall_time));
        let service = TowerToHyperService::new(self.routes.clone());
        let connection = self.http.serve_connection(TokioIo::new(Box::pin(stream)), service);
        let connection = open.watch(connection);
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                debug!(error = &error as &dyn std::error::Error, "a connection broke");
            }
            drop(permit);
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_that_wait_leave_connections_for_others() {
        let most = |connections| Limits { connections, ..Limits::default() }.most_waiting();
        let found = [0, 1, 2, 3, 31, 32, 33, 528, 1024].map(most);
        assert_eq!(found, [0, 0, 1, 1, 15, 16, 17, 512, 1008]);
    }
}
