//! The commands of the program, and the databases that it takes.

#[cfg(feature = "page")]
use crate::concurrency::{program, start_program};
use crate::fixture::{ENTRY, client, entry};
use feed_manager::server::{self, Origin, Site};
use feed_manager::store::{Database, StoreError, Token, UserName, users};
use std::path::Path;
use std::process::{Command, Output};
#[cfg(feature = "page")]
use std::time::Duration;
use tokio::net::TcpListener;

fn user(database: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_feed-manager"));
    command.arg("user").args(arguments).arg("--database").arg(database).output().unwrap()
}

fn text(octets: &[u8]) -> String {
    String::from_utf8(octets.to_vec()).unwrap()
}

#[test]
fn users_are_added_listed_and_removed_and_their_tokens_revoked() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database");
    let added = user(&database, &["add", "ann", "--title", "Ann"]);
    assert!(added.status.success(), "{}", text(&added.stderr));
    let token = text(&added.stdout);
    assert!(Token::parse(token.trim()).is_some(), "{token}");
    let again = user(&database, &["add", "ann"]);
    assert!(!again.status.success() && text(&again.stderr).contains("there is a user ann"));
    assert!(!user(&database, &["add", "service"]).status.success());
    assert!(!user(&database, &["token", "bob"]).status.success());
    assert_ne!(text(&user(&database, &["token", "ann"]).stdout), token);
    let listed = text(&user(&database, &["list"]).stdout);
    assert!(listed.starts_with("ann (Ann): 0 collections, tokens: 1 of "), "{listed}");
    assert!(!listed.contains(token.trim()));
    let revoked = user(&database, &["revoke", "ann", "--number", "1"]);
    assert_eq!(text(&revoked.stderr), "tokens revoked: 1\n");
    let again = user(&database, &["revoke", "ann", "--number", "1"]);
    assert!(!again.status.success(), "{}", text(&again.stderr));
    assert!(
        text(&again.stderr).contains("ann has no token of number 1"),
        "{}",
        text(&again.stderr)
    );
    assert_eq!(text(&user(&database, &["revoke", "ann"]).stderr), "tokens revoked: 1\n");
    assert!(user(&database, &["remove", "ann"]).status.success());
    assert_eq!(text(&user(&database, &["list"]).stdout), "");
    // The file has the hashes of tokens, and no token.
    let octets = std::fs::read(&database).unwrap();
    assert!(!octets.windows(43).any(|it| it == token.trim().as_bytes()));
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_of_a_database_are_created_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("database")).unwrap();
    let added =
        database.write(|connection| users::add(connection, &UserName::parse("ann")?, "Ann"));
    added.await.unwrap();
    let files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap).collect();
    assert!(files.len() > 1, "{files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
    }
}

#[test]
fn a_command_on_users_who_exist_creates_no_database() {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database");
    for arguments in [&["list"][..], &["token", "ann"], &["revoke", "ann"], &["remove", "ann"]] {
        let refused = user(&database, arguments);
        assert!(!refused.status.success(), "{arguments:?}");
        assert!(text(&refused.stderr).contains("there is no database"), "{arguments:?}");
        assert!(!database.exists(), "{arguments:?}");
    }
}

#[tokio::test]
async fn a_database_of_another_program_of_the_future_or_of_another_server_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let foreign = folder.path().join("foreign");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("CREATE TABLE a (b)").unwrap();
    assert!(matches!(Database::open(&foreign), Err(StoreError::Foreign { .. })));
    let ours = folder.path().join("ours");
    let database = Database::open(&ours).unwrap();
    let origin = |text: &str| Origin::parse(text).unwrap();
    for _ in 0..2 {
        assert!(Site::open(database.clone(), &origin("http://a.example")).await.is_ok());
    }
    let moved = Site::open(database, &origin("http://b.example")).await;
    assert!(matches!(moved, Err(StoreError::Origin { .. })));
    rusqlite::Connection::open(&ours).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Database::open(&ours), Err(StoreError::Newer { found: 99, .. })));
}

/// RFC 6585 section 3.
#[tokio::test]
async fn a_server_that_demands_conditions_refuses_edits_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::open(&folder.path().join("database")).unwrap();
    let token = Token::random().unwrap();
    let stored = token.clone();
    let added = database.write(move |connection| {
        let user = users::add(connection, &UserName::parse("ann")?, "Ann")?;
        users::add_token(connection, &user, &stored)
    });
    added.await.unwrap();
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let site = Site::open(database, &Origin::parse(&origin).unwrap()).await.unwrap();
    tokio::spawn(server::run(listener, site.demand_conditions(), std::future::pending()));
    let http = client();
    let send = |request: reqwest::RequestBuilder| {
        request
            .bearer_auth(token.secret())
            .header("content-type", ENTRY)
            .body(entry("E", ""))
            .send()
    };
    let created = send(http.post(format!("{origin}/ann/inbox"))).await.unwrap();
    assert_eq!(created.status(), 201);
    let field = |name: &str| created.headers()[name].to_str().unwrap().to_owned();
    let (uri, etag) = (field("location"), field("etag"));
    assert_eq!(send(http.put(&uri)).await.unwrap().status(), 428);
    assert_eq!(send(http.delete(&uri)).await.unwrap().status(), 428);
    let put = send(http.put(&uri).header("if-match", etag)).await.unwrap();
    assert_eq!(put.status(), 200);
}

/// A server that fetches documents for its users connects to their hosts itself, whatever its environment says
/// of proxies: a proxy would connect to addresses that the server does not permit.
#[cfg(feature = "page")]
#[tokio::test(flavor = "multi_thread")]
async fn the_proxies_of_the_environment_are_ignored_by_the_server() {
    let feed = "<feed xmlns='http://www.w3.org/2005/Atom'><id>urn:a</id><title>Direct</title>\
        <updated>2012-11-30T00:00:00Z</updated></feed>";
    let peer = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let uri = format!("http://{}/feed", peer.local_addr().unwrap());
    let routes = axum::Router::new().route("/feed", axum::routing::get(async move || feed));
    tokio::spawn(async move { axum::serve(peer, routes).await });
    let proxy = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let through = format!("http://{}", proxy.local_addr().unwrap());

    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("database");
    let token = text(&user(&database, &["add", "ann"]).stdout).trim().to_owned();
    let free = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap();
    let (origin, http) = (format!("http://{free}"), client());
    let mut command = program();
    for name in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"] {
        command.env(name, &through);
    }
    command.env_remove("NO_PROXY").env_remove("no_proxy").env_remove("REQUEST_METHOD");
    let arguments = ["--fetch-from", "127.0.0.1"];
    let _running = start_program(command, &database, &origin, &http, &arguments).await;
    let preview = http.get(format!("{origin}/fetch/preview?uri={uri}")).bearer_auth(&token);
    let preview = preview.send().await.unwrap();
    assert_eq!(preview.status(), 200);
    assert!(preview.text().await.unwrap().contains("Direct"));
    let asked = tokio::time::timeout(Duration::from_millis(200), proxy.accept()).await;
    assert!(asked.is_err(), "the proxy was asked");
}
