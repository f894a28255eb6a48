//! How the programs end: by a signal, or with a result that is printed.

use std::io::{self, Write};
use std::process::ExitCode;

/// Waits until the user ends the program by SIGINT or SIGTERM, and gives the number of the signal.
///
/// The query is dropped then, and with it the file that is not complete.
pub async fn interrupted() -> u8 {
    #[cfg(unix)]
    if let Ok(mut terminated) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        return tokio::select! {
            _ = tokio::signal::ctrl_c() => 2,
            _ = terminated.recv() => 15,
        };
    }
    // Without a handler, the signal ends the program anyway.
    let _ = tokio::signal::ctrl_c().await;
    2
}

/// Prints the result. A reader that has seen enough, such as `head`, ends the program quietly.
#[must_use]
pub fn print(program: &str, printed: &str) -> ExitCode {
    let mut out = io::stdout().lock();
    match out.write_all(printed.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: the result cannot be printed: {error}");
            ExitCode::FAILURE
        }
    }
}
