//! Schedulers, executors and clients, as processes that end with the test.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a test waits for what must happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// Variables of the environment, and their values.
pub(crate) type Environment = Vec<(&'static str, String)>;

/// A process that ends with the test.
#[derive(Debug)]
pub(crate) struct Process(Child);

impl Process {
    /// Starts the program, and waits for the first line that it prints, which ends with an address.
    fn start(environment: &Environment, arguments: &[&str]) -> (Self, String) {
        let mut program = program(environment);
        let mut child = program.args(arguments).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        let process = Self(child);
        BufReader::new(output).read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit(' ').next().unwrap_or_default().to_owned();
        assert!(!address.is_empty(), "the program did not start: {arguments:?}");
        (process, address)
    }

    /// Ends the process at once, as a loss of power would.
    pub(crate) fn kill(mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The program, which has no credentials but those of this environment.
fn program(environment: &Environment) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_snapshot-cluster"));
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"AWS_") {
            program.env_remove(name);
        }
    }
    program.envs(environment.iter().map(|(name, value)| (name, value)));
    program
}

/// A scheduler, and the executors that were started for it.
#[derive(Debug)]
pub(crate) struct Cluster {
    url: String,
    scheduler: Option<Process>,
    /// That of the programs that are started from now on.
    environment: Environment,
    /// What executors that are killed leave behind.
    left: tempfile::TempDir,
}

impl Cluster {
    /// Starts a scheduler that fetches what is below these prefixes.
    pub(crate) fn start(prefixes: &[&str]) -> Self {
        Self::start_in(Environment::new(), prefixes)
    }

    /// Starts a scheduler in this environment, which is that of the other programs too.
    pub(crate) fn start_in(environment: Environment, prefixes: &[&str]) -> Self {
        let mut arguments = vec!["scheduler", "--listen", "127.0.0.1:0", "--executor-timeout", "5"];
        arguments.extend(prefixes.iter().flat_map(|prefix| ["--allow-prefix", prefix]));
        let (scheduler, url) = Process::start(&environment, &arguments);
        let left = tempfile::tempdir().unwrap();
        Self { url, scheduler: Some(scheduler), environment, left }
    }

    /// Sets the environment of the programs that are started from now on.
    #[cfg(feature = "s3")]
    pub(crate) fn set_environment(&mut self, environment: Environment) {
        self.environment = environment;
    }

    /// Has all that executors and clients say to the scheduler, and it to them, pass through a relay:
    /// those that are started from now on.
    #[cfg(feature = "s3")]
    pub(crate) fn relay(&mut self) -> super::Relay {
        let relay = super::Relay::to(self.url.trim_start_matches("http://"));
        self.url = format!("http://{}", relay.address());
        relay
    }

    /// A cluster that has ended.
    pub(crate) fn absent() -> Self {
        let mut cluster = Self::start(&[]);
        cluster.scheduler = None;
        cluster
    }

    /// Where the scheduler is.
    pub(crate) fn url(&self) -> String {
        self.url.clone()
    }

    /// Starts an executor that fetches what is below these prefixes.
    pub(crate) fn executor(&self, prefixes: &[&str], more: &[&str]) -> Process {
        let scheduler = self.url.trim_start_matches("http://");
        let mut arguments = vec!["executor", "--scheduler", scheduler, "--heartbeat", "1"];
        if !more.contains(&"--work-dir") {
            arguments.extend(["--work-dir", self.left.path().to_str().unwrap()]);
        }
        if !more.contains(&"--vcores") {
            arguments.extend(["--vcores", "2"]);
        }
        arguments.extend(prefixes.iter().flat_map(|prefix| ["--allow-prefix", prefix]));
        arguments.extend(more);
        Process::start(&self.environment, &arguments).0
    }

    /// Starts a query.
    pub(crate) fn query(&self, arguments: &[&str]) -> Asked {
        let mut program = program(&self.environment);
        program.args(["query", "--cluster", &self.url, "--quiet"]).args(arguments);
        let child = program.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        Asked(Process(child))
    }

    /// Starts a query, and waits for its end.
    pub(crate) fn ask(&self, arguments: &[&str]) -> Ended {
        self.query(arguments).ended(PATIENCE)
    }
}

/// A query that was started.
#[derive(Debug)]
pub(crate) struct Asked(Process);

/// A query that has ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) is_success: bool,
    pub(crate) code: Option<i32>,
    pub(crate) printed: String,
    pub(crate) told: String,
}

impl Asked {
    /// Interrupts the client, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let id = self.0.0.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    }

    /// Waits for the end of the query.
    pub(crate) fn ended(mut self, patience: Duration) -> Ended {
        // Both streams are read while the program runs, or it could wait for us.
        let read = |mut stream: Box<dyn Read + Send>| {
            std::thread::spawn(move || {
                let mut text = String::new();
                stream.read_to_string(&mut text).map(|_| text)
            })
        };
        let child = &mut self.0.0;
        let printed = read(Box::new(child.stdout.take().unwrap()));
        let told = read(Box::new(child.stderr.take().unwrap()));
        let mut status = None;
        until(patience, "the end of the query", || {
            status = child.try_wait().unwrap();
            status.is_some()
        });
        Ended {
            is_success: status.unwrap().success(),
            code: status.unwrap().code(),
            printed: printed.join().unwrap().unwrap(),
            told: told.join().unwrap().unwrap(),
        }
    }
}

/// Waits until something is so, or fails.
pub(crate) fn until(patience: Duration, what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < patience, "waited too long for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
