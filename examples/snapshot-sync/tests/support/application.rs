//! An SQLite application, which is Debian's `sqlite3` program, with the programs that publish its
//! table and replicate it.

use rusqlite::Connection;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The longest time to wait for the copy.
const PATIENCE: Duration = Duration::from_secs(60);

/// The database of a shop.
pub(crate) const SHOP: &str = "
    CREATE TABLE maker (id INTEGER PRIMARY KEY, name TEXT);
    CREATE TABLE products (
        id INTEGER PRIMARY KEY, name TEXT, price REAL, photo BLOB,
        maker INTEGER REFERENCES maker (id) ON DELETE CASCADE ON UPDATE SET NULL,
        label TEXT GENERATED ALWAYS AS (name || ' ' || price) VIRTUAL
    );
    INSERT INTO maker VALUES (1, 'one'), (2, 'two');
    INSERT INTO products (id, name, price, photo, maker)
        VALUES (1, 'chair', 9.5, x'00ff', 1), (2, 'a \"table\"', 70, NULL, 2), (3, NULL, NULL, x'', 2);";

/// The rows of the shop, as SQLite's own functions make JSON of them. What base64 they have is known.
pub(crate) const PRODUCTS: &str = "
    SELECT id, json_object('id', id, 'name', name, 'price', price, 'photo',
        CASE hex(photo) WHEN '00FF' THEN 'AP8=' WHEN '' THEN iif(photo IS NULL, NULL, '') ELSE 'eHh4' END,
        'maker', maker, 'label', label) FROM products";

/// Whether the application's program is installed. If not, the reason is printed.
pub(crate) fn is_installed() -> bool {
    let found = Command::new("sqlite3").arg("--version").output().is_ok();
    if !found {
        eprintln!("SKIPPED: the program sqlite3 is not installed (apt-get install sqlite3)");
    }
    found
}

/// An application's database, and the programs that run.
pub(crate) struct Application {
    directory: tempfile::TempDir,
    publishing: Option<Running>,
    replicating: Option<Running>,
}

/// A program that runs, and what it has written.
struct Running {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
    uri: String,
}

impl Drop for Running {
    /// A test that fails leaves no program behind.
    fn drop(&mut self) {
        // It has ended where the test has stopped it.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Running {
    /// Starts a program; with `sign`, waits until it has written a line that contains that.
    fn start(command: &mut Command, sign: Option<&str>) -> Result<Self, (ExitStatus, String)> {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let mut written = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut uri = String::new();
        if let Some(sign) = sign {
            let found = written.by_ref().map(Result::unwrap).find(|line| {
                lines.lock().unwrap().push(line.clone());
                line.contains(sign)
            });
            match found {
                Some(line) => line.split_whitespace().last().unwrap().clone_into(&mut uri),
                None => return Err((child.wait().unwrap(), lines.lock().unwrap().join("\n"))),
            }
        }
        let kept = lines.clone();
        // Whoever writes to a closed pipe is killed.
        std::thread::spawn(move || {
            written.map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line));
        });
        Ok(Self { child, lines, uri })
    }

    fn stop(mut self) -> ExitStatus {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").arg(pid).status().unwrap().success());
        self.child.wait().unwrap()
    }
}

impl Application {
    /// An application whose database these statements have made.
    pub(crate) fn new(schema: &str) -> Self {
        Self::within(&std::env::temp_dir(), schema)
    }

    /// The same, with its files below a directory.
    pub(crate) fn within(directory: &Path, schema: &str) -> Self {
        let directory = tempfile::tempdir_in(directory).unwrap();
        let application = Self { directory, publishing: None, replicating: None };
        application.sql(schema);
        application
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.path("app.sqlite")
    }

    /// Starts the application's program with these statements.
    pub(crate) fn begin(&self, statements: &str) -> Child {
        let mut child = Command::new("sqlite3")
            .arg("-batch")
            .arg(self.database())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut input = child.stdin.take().unwrap();
        let statements = format!(".timeout 20000\nPRAGMA foreign_keys = ON;\n{statements}\n");
        std::thread::spawn(move || {
            // It may end at an error, and then reads no more.
            let _ = input.write_all(statements.as_bytes());
        });
        child
    }

    /// The application executes statements, which must succeed.
    pub(crate) fn sql(&self, statements: &str) -> String {
        let output = self.begin(statements).wait_with_output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success() && told.is_empty(), "{statements}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The schema, octet by octet.
    pub(crate) fn schema(&self) -> String {
        self.sql("SELECT quote(type), quote(name), quote(tbl_name), rootpage, quote(sql) FROM sqlite_schema;")
    }

    pub(crate) fn run(&self, command: &str, arguments: &[&str]) -> Output {
        let mut program = Command::new(env!("CARGO_BIN_EXE_publish"));
        program.arg(command).arg("--database").arg(self.database()).args(arguments);
        program.output().unwrap()
    }

    pub(crate) fn attach(&self, arguments: &[&str]) {
        let output = self.run("attach", arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// What a command says that is refused.
    pub(crate) fn refused(&self, command: &str, arguments: &[&str]) -> String {
        let output = self.run(command, arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{told}");
        told
    }

    /// Publishes the table; returns what is said if that is refused.
    pub(crate) fn try_publish(&mut self) -> Result<(), (ExitStatus, String)> {
        self.try_publish_with(&[])
    }

    /// The same, with further arguments.
    pub(crate) fn try_publish_with(&mut self, more: &[&str]) -> Result<(), (ExitStatus, String)> {
        let mut publish = Command::new(env!("CARGO_BIN_EXE_publish"));
        publish.args(["--listen", "127.0.0.1:0", "--no-codings", "--database"]);
        publish.arg(self.database()).args(more);
        self.publishing = Some(Running::start(&mut publish, Some("publishing on"))?);
        Ok(())
    }

    /// Publishes the table and replicates it.
    pub(crate) fn publish(&mut self) {
        self.publish_with(&[]);
    }

    /// The same, with further arguments of the publisher.
    pub(crate) fn publish_with(&mut self, more: &[&str]) {
        self.try_publish_with(more).unwrap_or_else(|(_, told)| panic!("{told}"));
        self.replicate();
    }

    pub(crate) fn replicate(&mut self) {
        self.replicate_with(&[]);
    }

    /// Starts a replica, with further arguments.
    pub(crate) fn replicate_with(&mut self, more: &[&str]) {
        let mut replicate = Command::new(env!("CARGO_BIN_EXE_replicate"));
        replicate.args(["--poll", "1", "--from", &self.uri(), "--database"]);
        replicate.arg(self.path("copy.sqlite")).args(more);
        self.replicating = Some(Running::start(&mut replicate, None).unwrap());
    }

    /// The URI that replicas begin with.
    pub(crate) fn uri(&self) -> String {
        self.publishing.as_ref().unwrap().uri.clone()
    }

    /// What the publisher answers, in lower case.
    pub(crate) fn answer(&self, method: &str, path: &str) -> String {
        self.answer_with(method, path, "")
    }

    /// The same, with further fields of the request, each with its end of line.
    pub(crate) fn answer_with(&self, method: &str, path: &str, fields: &str) -> String {
        let uri = self.uri();
        let authority = uri.split('/').nth(2).unwrap();
        let mut stream = TcpStream::connect(authority).unwrap();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\n{fields}Connection: close\r\nContent-Length: 2\r\n\r\n{{}}"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer.to_ascii_lowercase()
    }

    /// Stops both programs, which must end well.
    pub(crate) fn stop(&mut self) {
        assert!(self.replicating.take().unwrap().stop().success());
        assert!(self.publishing.take().unwrap().stop().success());
    }

    /// Kills the replica (SIGKILL).
    pub(crate) fn kill_replica(&mut self) {
        self.replicating = None;
    }

    /// Kills both programs (SIGKILL).
    pub(crate) fn kill(&mut self) {
        (self.publishing, self.replicating) = (None, None);
    }

    /// Waits until the publisher ends by itself: its status, and what it has said.
    pub(crate) fn ended(&mut self) -> (ExitStatus, String) {
        let mut publishing = self.publishing.take().unwrap();
        let begun = Instant::now();
        loop {
            if let Some(status) = publishing.child.try_wait().unwrap() {
                drop(self.replicating.take());
                // What was written last is still in the pipe.
                std::thread::sleep(Duration::from_millis(200));
                let told = publishing.lines.lock().unwrap().join("\n");
                return (status, told);
            }
            assert!(begun.elapsed() < PATIENCE, "the publisher still serves");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What the publisher has said.
    pub(crate) fn told(&self) -> String {
        self.publishing.as_ref().unwrap().lines.lock().unwrap().join("\n")
    }

    /// What the application has: this statement selects the id and the state of each entity.
    pub(crate) fn rows(&self, select: &str) -> BTreeMap<String, String> {
        read(&self.database(), select)
    }

    /// Waits until the copy has what the application has. `select` gives an id and a JSON state of each
    /// row.
    pub(crate) fn is_copied(&self, path: &str, select: &str) {
        let json = |text: &String| -> serde_json::Value { serde_json::from_str(text).unwrap() };
        let prefix = format!("/{path}/");
        let begun = Instant::now();
        loop {
            let expected: BTreeMap<_, _> = self
                .rows(select)
                .iter()
                .map(|(id, it)| (format!("{prefix}{id}"), json(it)))
                .collect();
            let copy = copy(&self.path("copy.sqlite"));
            let copied: BTreeMap<_, _> =
                copy.iter().map(|(uri, it)| (uri.clone(), json(it))).collect();
            if copied == expected {
                return;
            }
            if begun.elapsed() > PATIENCE {
                assert_eq!(copied, expected, "{}", self.told());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

fn copy(path: &Path) -> BTreeMap<String, String> {
    // At the begin there is no table, or no file.
    match Connection::open(path).and_then(|it| it.prepare("SELECT 1 FROM entity").map(drop)) {
        Ok(()) => read(path, "SELECT uri, CAST(body AS TEXT) FROM entity"),
        Err(_) => BTreeMap::new(),
    }
}

fn read(path: &Path, select: &str) -> BTreeMap<String, String> {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(Duration::from_secs(20)).unwrap();
    let select = format!("WITH e (id, state) AS ({select}) SELECT CAST(id AS TEXT), state FROM e");
    let mut select = connection.prepare(&select).unwrap();
    let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.map(Result::unwrap).collect()
}
