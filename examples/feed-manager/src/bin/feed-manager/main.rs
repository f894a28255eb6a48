//! Keeps bundles of feeds for its users, and gives access to them over HTTP.

#![forbid(unsafe_code)]

mod arguments;
mod serve;
mod user;

use arguments::{Arguments, Command};
use clap::Parser as _;
use std::process::ExitCode;

/// An error of any part of the program.
type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    let done = match arguments.command {
        Command::Serve(serve) => serve::serve(serve).await,
        Command::User(user) => user::manage(user).await,
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                text.push_str(": ");
                text.push_str(&error.to_string());
                cause = error.source();
            }
            tracing::error!("{text}");
            ExitCode::FAILURE
        }
    }
}
