//! How the programs end: by a signal, or with a result that is printed.

use std::io::{self, Write};
use std::process::ExitCode;
use std::time::Duration;
use tokio::runtime::Builder;

/// How long a program that a signal ends may take to clean up.
const GRACE: Duration = Duration::from_secs(2);

/// The stack of a thread: the planner follows a nested query by calling itself.
const STACK: usize = 16 * 1024 * 1024;

/// What becomes of a task when a signal ends the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnSignal {
    /// It is dropped as soon as it waits for something, for which it has two seconds.
    Drop,
    /// It has noticed the signal, and has so much time to end by itself.
    Wait(Duration),
}

/// Runs a task up to its end, or until the user ends the program by SIGINT or SIGTERM.
///
/// The task has threads of its own. So a signal ends the program also where the task computes for
/// hours, or waits for a file that never comes. After a signal, `clean_up` has two seconds.
///
/// # Errors
/// The status that the program must end with: 128 and the number of the signal, or 1 if the threads
/// cannot be started.
pub fn run<T: Send + 'static>(
    program: &str,
    task: impl Future<Output = T> + Send + 'static,
    on_signal: OnSignal,
    clean_up: impl Future<Output = ()>,
) -> Result<T, ExitCode> {
    let cannot_start = |error: io::Error| {
        tell(program, &format!("cannot start: {error}"));
        ExitCode::FAILURE
    };
    let threads = Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build();
    let threads = threads.map_err(cannot_start)?;
    let own = Builder::new_current_thread().enable_all().build().map_err(cannot_start)?;
    let mut task = threads.spawn(task);
    let ended = own.block_on(async {
        let signal = tokio::select! {
            ended = &mut task => return Ok(ended),
            signal = interrupted() => signal,
        };
        // What takes longer ends with the process.
        let _ = tokio::time::timeout(GRACE, clean_up).await;
        let grace = match on_signal {
            OnSignal::Drop => GRACE,
            OnSignal::Wait(grace) => grace,
        };
        if on_signal == OnSignal::Drop {
            task.abort();
        }
        match tokio::time::timeout(grace, &mut task).await {
            Ok(Ok(given)) => Ok(Ok(given)),
            _ => Err(ExitCode::from(128 + signal)),
        }
    });
    threads.shutdown_background();
    match ended? {
        Ok(given) => Ok(given),
        // It was reported when it happened.
        Err(panicked) => match panicked.try_into_panic() {
            Ok(panicked) => std::panic::resume_unwind(panicked),
            Err(_) => Err(ExitCode::FAILURE),
        },
    }
}

/// Waits for SIGINT or SIGTERM, and gives its number.
async fn interrupted() -> u8 {
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
            tell(program, &format!("the result cannot be printed: {error}"));
            ExitCode::FAILURE
        }
    }
}

/// Tells the user something on the standard error stream. If nobody can read it, the program goes on.
pub fn tell(program: &str, text: &str) {
    let _ = writeln!(io::stderr(), "{program}: {text}");
}
