//! `replicate` over https, from a publisher behind a reverse proxy that speaks TLS.

#![cfg(feature = "tls")]
#![allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
#![allow(dead_code, reason = "of what the tests share, this one uses a part")]

mod support;

use snapshot_sync::publisher::server::START;
use snapshot_sync::publisher::snapshot::Opening;
use snapshot_sync::replica::Replica;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use support::Site;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, crypto::ring};

/// A reverse proxy of a site, and the file that its certificate is in.
struct Proxy {
    address: SocketAddr,
    certificate: PathBuf,
}

impl Proxy {
    /// Accepts TLS with a certificate of its own for 127.0.0.1, and hands the octets on.
    fn before(site: &Site) -> Self {
        let made = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        let certificate = site.directory.path().join("certificate.pem");
        std::fs::write(&certificate, made.cert.pem()).unwrap();
        let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let publisher = site.listening.address();
        let listener = site.runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        site.runtime.spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust the certificate ends the handshake.
                    let Ok(mut client) = acceptor.accept(client).await else { return };
                    let mut server = TcpStream::connect(publisher).await.unwrap();
                    // Either side may close the connection at any time.
                    let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
                });
            }
        });
        Self { address, certificate }
    }

    /// Replicates by the program, which trusts the certificates of this file alone.
    fn replicate(&self, database: &Path, trusted: &Path) -> Output {
        Command::new(env!("CARGO_BIN_EXE_replicate"))
            .args(["--once", "--retries", "0", "--patience", "0", "--from"])
            .arg(format!("https://{}{START}", self.address))
            .arg("--database")
            .arg(database)
            .env("SSL_CERT_FILE", trusted)
            .env_remove("SSL_CERT_DIR")
            .output()
            .unwrap()
    }
}

#[test]
fn rfc9110_4_2_2_a_publisher_is_replicated_over_https() {
    let site = Site::new(500, 5);
    site.publish(Opening::Implied, 20_000);
    site.change(7, 500, 40);
    let proxy = Proxy::before(&site);
    let database = site.directory.path().join("replica.sqlite");
    let output = proxy.replicate(&database, &proxy.certificate);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(site.differences(&Replica::open(&database).unwrap()), 0);
}

#[test]
fn rfc9110_4_3_4_a_certificate_that_is_not_trusted_is_refused() {
    let site = Site::new(10, 5);
    site.publish(Opening::Implied, 20_000);
    let proxy = Proxy::before(&site);
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
    let trusted = site.directory.path().join("other.pem");
    std::fs::write(&trusted, other.cert.pem()).unwrap();
    let database = site.directory.path().join("replica.sqlite");
    let output = proxy.replicate(&database, &trusted);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && errors.contains("certificate"), "{errors}");
}
