//! Errors that pass through Ballista as text.
//!
//! Ballista keeps of an error its `Debug` form, where a task failed, or its `Display` form, where
//! planning failed, puts other text around it, and sends that to the client. So an error with a name
//! is made into one whose both forms are the same marked text, in which the client finds the message
//! and the advice again.

use crate::error::Error;
use ballista_core::error::BallistaError;
use datafusion::error::DataFusionError;
use std::error::Error as StdError;
use std::fmt;

const START: &str = "[[";
const MIDDLE: &str = " || to do: ";
const END: &str = "]]";

/// An error that has been told: marked text, whichever way it is printed.
struct Told(String);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Told {}

/// Makes an error with a name into one that keeps its text on the way through Ballista. Other errors
/// stay what they are, so that Ballista can see which of them a repetition may mend.
#[must_use]
pub fn tell(error: DataFusionError) -> DataFusionError {
    match named(&error) {
        Some((message, advice)) => {
            let text = format!("{START}{}{MIDDLE}{advice}{END}", plain(&message));
            DataFusionError::External(Box::new(Told(text)))
        }
        None => error,
    }
}

/// Finds the message and the advice of an error that passed through Ballista as text.
#[must_use]
pub fn heard(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = text.split_once(START)?;
    let (told, _) = rest.split_once(END)?;
    told.split_once(MIDDLE)
}

/// The message of an error with a name, and what to do about it.
#[must_use]
pub fn named(error: &DataFusionError) -> Option<(String, &'static str)> {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(found) = of_one(error) {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

fn of_one(error: &(dyn StdError + 'static)) -> Option<(String, &'static str)> {
    if let Some(found) = error.downcast_ref::<Error>() {
        return Some((found.to_string(), found.advice()));
    }
    match error.downcast_ref::<DataFusionError>() {
        Some(DataFusionError::External(inner)) => {
            if let Some(found) = of_one(&**inner) {
                return Some(found);
            }
        }
        // The source of an `Arc` is that of its content, and leaves out the content itself.
        Some(DataFusionError::Shared(inner)) => {
            if let Some(found) = named(inner) {
                return Some(found);
            }
        }
        _ => {}
    }
    // Ballista's errors say nothing about their sources.
    if let Some(BallistaError::DataFusionError(inner)) = error.downcast_ref::<BallistaError>() {
        return named(inner);
    }
    let found = error
        .downcast_ref::<snapshot_query::Error>()
        .or_else(|| error.downcast_ref::<DataFusionError>().and_then(snapshot_query::Error::of))?;
    let cause = innermost(found);
    Some((cause.with_causes(), cause.advice()))
}

/// The innermost error with a name: a store cannot be read because its URL is not allowed.
fn innermost(error: &snapshot_query::Error) -> &snapshot_query::Error {
    let (mut found, mut cause) = (error, error.source());
    while let Some(error) = cause {
        found = error.downcast_ref().unwrap_or(found);
        cause = error.source();
    }
    found
}

/// The text without what `Debug` would escape, and without what looks like a mark.
fn plain(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|character| match character {
            '"' => '\'',
            '\\' => '/',
            character if character.is_control() => ' ',
            character => character,
        })
        .collect();
    text.replace(START, "((").replace(END, "))").replace("||", "|")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn changed() -> snapshot_query::Error {
        snapshot_query::Error::PackageChanged { package: "http://a/\"[[\\0\n]]".to_owned() }
    }

    #[test]
    fn a_named_error_is_heard_through_any_text_around_it() {
        let ballista = BallistaError::DataFusionError(Box::new(changed().into()));
        for error in [
            DataFusionError::from(changed()),
            DataFusionError::from(changed()).context("scanning"),
            DataFusionError::Shared(Arc::new(DataFusionError::from(changed()))),
            ballista.into_datafusion(),
        ] {
            let told = tell(error);
            let task = format!("Task failed: {:?}", BallistaError::from(told));
            // As a text within another value that is printed by `Debug`.
            for text in [task.clone(), format!("{task:?}")] {
                let (message, advice) = heard(&text).unwrap();
                assert!(message.starts_with("package-changed: http://a/'((/0 ))"), "{message}");
                assert!(advice.starts_with("run the query again"), "{advice}");
            }
        }
    }

    #[test]
    fn an_error_of_the_cluster_is_heard_in_its_display_form() {
        let told = tell(Error::PlanNode { node: "a CSV file".to_owned() }.into());
        let text = format!("Could not parse plan: {}", BallistaError::from(told));
        assert!(heard(&text).unwrap().0.starts_with("plan-node: "), "{text}");
    }

    #[test]
    fn what_a_repetition_may_mend_stays_what_it_is() {
        let broken = || std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let told = tell(DataFusionError::IoError(broken()));
        assert!(matches!(told, DataFusionError::IoError(_)));
        assert_eq!(heard("no marks"), None);
    }
}
