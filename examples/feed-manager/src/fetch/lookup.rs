//! Names become addresses, of which only those that pass the check are given to the connection.

use super::address::Addresses;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;

/// The addresses of a host, once they are known.
pub type Looking = Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>>;

/// Looks up the addresses of a host. The system does it, unless a test does.
pub trait Lookup: fmt::Debug + Send + Sync + 'static {
    /// Looks up the addresses of a host.
    fn lookup(&self, host: &str) -> Looking;
}

/// The system's own resolver.
#[derive(Debug)]
pub(super) struct System;

impl Lookup for System {
    fn lookup(&self, host: &str) -> Looking {
        let host = host.to_owned();
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, 0)).await?;
            Ok(found.map(|address| address.ip()).collect())
        })
    }
}

/// A resolver for the HTTP client that gives it permitted addresses alone.
pub(super) struct Checked {
    pub(super) lookup: Arc<dyn Lookup>,
    pub(super) addresses: Addresses,
}

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let looking = self.lookup.lookup(name.as_str());
        let addresses = self.addresses.clone();
        Box::pin(async move {
            let mut found = looking.await?;
            found.retain(|&address| addresses.permit(address));
            if found.is_empty() {
                return Err("the host has no address that may be connected to".into());
            }
            // The client replaces port 0 by the URI's.
            let found: Addrs =
                Box::new(found.into_iter().map(|address| SocketAddr::new(address, 0)));
            Ok(found)
        })
    }
}
