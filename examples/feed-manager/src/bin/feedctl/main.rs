//! `feedctl`: manages lists of feeds on a server.

#![forbid(unsafe_code)]

mod args;
mod done;
mod lists;
mod members;
mod output;
mod session;
mod view;

use args::{Arguments, Command};
use atom_fsm::interaction::{Problem, Refusal};
use clap::{CommandFactory, Parser};
use done::Done;
use output::{Output, plain};
use session::Session;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let output = if arguments.json { Output::Json } else { Output::Text };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(run(arguments, output)),
        Err(error) => Err(error.into()),
    };
    match result {
        Ok(Done::Whole) => ExitCode::SUCCESS,
        Ok(Done::Partly) => ExitCode::from(4),
        Err(error) => {
            let text = plain(&format!("{error:#}"));
            let line = match output {
                Output::Text => format!("feedctl: {text}"),
                Output::Json => failure(&error, &text).to_string(),
            };
            // Where standard error is closed, the status alone tells.
            let _ = writeln!(std::io::stderr(), "{line}");
            ExitCode::from(status(&error))
        }
    }
}

/// An error of this library among the causes of an error.
fn cause(error: &anyhow::Error) -> Option<&feed_manager::Error> {
    error.chain().find_map(|it| it.downcast_ref())
}

/// An error as JSON, with what the server's problem document says.
fn failure(error: &anyhow::Error, text: &str) -> serde_json::Value {
    let refusal = cause(error).and_then(feed_manager::Error::refusal);
    let problem = refusal.and_then(Refusal::problem);
    let problem = problem.as_ref();
    serde_json::json!({
        "error": text,
        "status": refusal.map(|it| it.status().as_u16()),
        "rule": problem.and_then(|it| it.rule_name()),
        "path": problem.and_then(|it| it.path()),
        "line": problem.and_then(Problem::line),
    })
}

/// The exit status of an error.
fn status(error: &anyhow::Error) -> u8 {
    if error.is::<session::Usage>() {
        return 2;
    }
    if error.is::<members::NoGuard>() {
        return 5;
    }
    match cause(error).and_then(feed_manager::Error::status).map(|it| it.as_u16()) {
        Some(404 | 410) => 6,
        Some(412 | 428) => 5,
        Some(400..=499) => 3,
        _ => 1,
    }
}

async fn run(arguments: Arguments, output: Output) -> anyhow::Result<Done> {
    if let Command::Completions { shell } = arguments.command {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Arguments::command(), "feedctl", &mut script);
        output::octets(&script)?;
        return Ok(Done::Whole);
    }
    let session = Session::new(&arguments)?;
    match arguments.command {
        Command::Service => view::service(&session, output).await,
        Command::Ls { bundle: None } => view::bundles(&session, output).await,
        Command::Ls { bundle: Some(bundle) } => view::members(&session, &bundle, output).await,
        Command::Show { uri } => view::member(&session, &uri, output).await,
        Command::Add(add) => members::add(&session, add, output).await,
        Command::AddBundle { title, slug, public } => {
            let visibility =
                if public { members::Visibility::Public } else { members::Visibility::Private };
            members::add_bundle(&session, title, slug.as_deref(), visibility, output).await
        }
        Command::Edit(edit) => members::edit(&session, edit, output).await,
        Command::Rm { uri, bundle, unguarded } => {
            let guarding =
                if unguarded { members::Guarding::Waived } else { members::Guarding::Wanted };
            match bundle {
                false => members::remove(&session, &uri, guarding, output).await,
                true => members::remove_bundle(&session, &uri, guarding, output).await,
            }
        }
        Command::Follow(follow) => lists::follow(&session, follow, output).await,
        Command::Export { bundle, output: file, walk, with_queries } => {
            let queries = if with_queries {
                feed_manager::outline::Queries::Included
            } else {
                feed_manager::outline::Queries::LeftOut
            };
            let depth = if walk { lists::Depth::Walked } else { lists::Depth::Alone };
            let file = file.as_deref();
            lists::export(&session, &bundle, file, depth, queries, output).await
        }
        Command::Import { file, into } => lists::import(&session, &file, &into, output).await,
        Command::Completions { .. } => Ok(Done::Whole),
    }
}
