//! A relay of connections, which keeps the octets that pass, and can hold new connections.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

#[derive(Debug, Default)]
struct State {
    /// What passed in each direction of each connection.
    passed: Vec<Vec<u8>>,
    is_holding: bool,
    held: usize,
}

/// A relay of connections.
#[derive(Debug, Clone)]
pub(crate) struct Relay {
    address: SocketAddr,
    state: Arc<(Mutex<State>, Condvar)>,
}

impl Relay {
    /// Relays connections to this address.
    pub(crate) fn to(to: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let relay = Self { address: listener.local_addr().unwrap(), state: Arc::default() };
        let (own, to) = (relay.clone(), to.to_owned());
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let (relay, to) = (own.clone(), to.clone());
                // An end that goes away ends the connection, and nothing else.
                std::thread::spawn(move || relay.serve(&connection, &to));
            }
        });
        relay
    }

    /// The host and the port of the relay.
    pub(crate) fn address(&self) -> String {
        self.address.to_string()
    }

    /// Holds the connections that come.
    pub(crate) fn hold(&self) {
        self.state.0.lock().unwrap().is_holding = true;
    }

    /// Relays the held connections, and those that come.
    pub(crate) fn release(&self) {
        self.state.0.lock().unwrap().is_holding = false;
        self.state.1.notify_all();
    }

    /// Waits until a connection is held.
    pub(crate) fn wait_for_held(&self) {
        let start = Instant::now();
        let mut state = self.state.0.lock().unwrap();
        while state.held == 0 {
            assert!(start.elapsed() < super::PATIENCE, "no connection is held");
            state = self.state.1.wait_timeout(state, super::PATIENCE).unwrap().0;
        }
    }

    /// Whether a text passed so far.
    pub(crate) fn has_passed(&self, text: &str) -> bool {
        let state = self.state.0.lock().unwrap();
        let mut passed = state.passed.iter();
        passed.any(|octets| octets.windows(text.len()).any(|window| window == text.as_bytes()))
    }

    fn serve(&self, client: &TcpStream, to: &str) -> Option<()> {
        let (lock, changed) = &*self.state;
        let mut state = lock.lock().unwrap();
        state.held += usize::from(state.is_holding);
        changed.notify_all();
        while state.is_holding {
            state = changed.wait(state).unwrap();
        }
        drop(state);
        let server = TcpStream::connect(to).ok()?;
        let (own, from, into) = (self.clone(), server.try_clone().ok()?, client.try_clone().ok()?);
        std::thread::spawn(move || own.pass(&from, &into));
        self.pass(client, &server)
    }

    fn pass(&self, mut from: &TcpStream, mut into: &TcpStream) -> Option<()> {
        let number = {
            let mut state = self.state.0.lock().unwrap();
            state.passed.push(Vec::new());
            state.passed.len() - 1
        };
        let mut octets = [0; 16 * 1024];
        loop {
            let read = from.read(&mut octets).ok().filter(|read| *read > 0);
            let Some(read) = read else {
                into.shutdown(Shutdown::Write).ok()?;
                return None;
            };
            self.state.0.lock().unwrap().passed[number].extend_from_slice(&octets[..read]);
            into.write_all(&octets[..read]).ok()?;
        }
    }
}
