//! The server on a socket, with limits.

use crate::server::admission::Peer;
use crate::server::limits::Limits;
use crate::server::sent::Ends;
use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_io_timeout::TimeoutStream;

/// Serves routes on a socket until `stop` is done. Requests that have begun are answered, as far as they
/// are done in time.
pub(super) async fn serve(
    listener: TcpListener,
    routes: Router,
    limits: Limits,
    stop: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        // Heads that are within these limits, and exceed those of the server, are refused with a problem.
        .max_headers(limits.head_fields.saturating_mul(2))
        .max_buf_size(limits.head_octets.max(8192).saturating_mul(2));
    let free = Arc::new(Semaphore::new(limits.connections.max(1)));
    let open = GracefulShutdown::new();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &free) => accepted,
        };
        match accepted {
            Ok((stream, permit)) => {
                connect(&http, stream, permit, &routes, limits.stall_time, &open);
            }
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a connection cannot be accepted"
                );
                // Such as when all file descriptors are in use: it does not help to try at once.
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    if tokio::time::timeout(limits.stop_time, open.shutdown()).await.is_err() {
        tracing::warn!("some requests were not done in time");
    }
    Ok(())
}

/// Accepts the next connection, as soon as the limit permits it.
async fn accept(
    listener: &TcpListener,
    free: &Arc<Semaphore>,
) -> std::io::Result<(TcpStream, OwnedSemaphorePermit)> {
    let permit = free.clone().acquire_owned().await.map_err(std::io::Error::other)?;
    let (stream, _) = listener.accept().await?;
    stream.set_nodelay(true)?;
    Ok((stream, permit))
}

fn connect(
    http: &http1::Builder,
    stream: TcpStream,
    permit: OwnedSemaphorePermit,
    routes: &Router,
    stall_time: Duration,
    open: &GracefulShutdown,
) {
    let peer = stream.peer_addr().map(|address| Peer(address.ip()));
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(stall_time));
    let routes = TowerToHyperService::new(routes.clone());
    let ends = Ends::default();
    let end = ends.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ends.clone());
        if let Ok(peer) = &peer {
            request.extensions_mut().insert(*peer);
        }
        routes.call(request)
    });
    let connection = http.serve_connection(TokioIo::new(Box::pin(stream)), service);
    let connection = open.watch(connection);
    tokio::spawn(async move {
        let done = tokio::select! {
            done = connection => done,
            // The connection is dropped, with what it has not written.
            () = end.ended() => Ok(()),
        };
        if let Err(error) = done {
            tracing::debug!(error = &error as &dyn std::error::Error, "a connection broke");
        }
        drop(permit);
    });
}
