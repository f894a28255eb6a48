//! The logs of the programs, on standard error.

/// How logs are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line.
    #[cfg(feature = "json")]
    Json,
}

impl Format {
    /// Begins to log in this format, for the whole process.
    pub fn begin(self) {
        let logs = tracing_subscriber::fmt().with_writer(std::io::stderr);
        match self {
            Self::Text => logs.init(),
            #[cfg(feature = "json")]
            Self::Json => logs.json().flatten_event(true).init(),
        }
    }

    /// Says why a program ends.
    pub fn fail(self, program: &str, why: &str) {
        match self {
            Self::Text => eprintln!("{program}: {why}"),
            #[cfg(feature = "json")]
            Self::Json => tracing::error!("{why}"),
        }
    }
}
