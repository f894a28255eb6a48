//! What is refused, and what remains when a table is attached no more.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};

#[test]
fn detaching_leaves_the_schema_as_it_was() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    let before = application.schema();
    let files = |application: &Application| {
        let entries = std::fs::read_dir(application.path("")).unwrap();
        let mut names: Vec<_> =
            entries.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    };
    let alone = files(&application);
    assert!(application.refused("detach", &[]).contains("no table of it is attached"));
    for _ in 0..2 {
        application.attach(&["--table", "products"]);
        let attached = application.schema();
        assert_ne!(attached, before);
        let told = application.refused("attach", &["--table", "products"]);
        assert!(told.contains("the table products is attached already"), "{told}");
        let told = application.refused("attach", &["--table", "maker"]);
        assert!(told.contains("the table products is attached already"), "{told}");
        assert_eq!(application.schema(), attached);
        application.publish();
        application.is_copied("products", PRODUCTS);
        let told = application.refused("detach", &[]);
        assert!(told.contains("another publisher serves"), "{told}");
        application.stop();
        assert!(application.run("detach", &[]).status.success());
        assert_eq!(application.schema(), before);
        // The copy's own files stay.
        let ours: Vec<_> =
            files(&application).into_iter().filter(|name| !name.starts_with("copy")).collect();
        assert_eq!(ours, alone);
        for name in files(&application).iter().filter(|name| name.starts_with("copy")) {
            let path = application.path(name);
            let removed = std::fs::remove_file(&path).or_else(|_| std::fs::remove_dir_all(&path));
            removed.unwrap();
        }
    }
}

#[test]
fn what_cannot_be_published_is_refused_by_name_and_left_as_it_is() {
    if !is_installed() {
        return;
    }
    let application = Application::new(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, v, w, UNIQUE (v, w)); CREATE TABLE bare (v);
         CREATE VIEW seen AS SELECT * FROM t; CREATE VIRTUAL TABLE words USING fts5 (text);
         CREATE TABLE near (a TEXT COLLATE NOCASE, b); CREATE UNIQUE INDEX near_a ON near (a COLLATE BINARY);
         CREATE UNIQUE INDEX some ON bare (v) WHERE v > 0;",
    );
    let before = application.schema();
    for (arguments, expected) in [
        ("--table seen", "seen is a view"),
        ("--table words", "words is a virtual table"),
        ("--table words_data", "words_data is a table of a virtual table"),
        ("--table sqlite_schema", "sqlite_schema is a table of SQLite itself"),
        ("--table none", "it has no table none"),
        ("--table bare", "bare has no primary key"),
        ("--table bare --key v", "neither the primary key of the table bare nor"),
        ("--table near --key a", "neither the primary key of the table near nor"),
        ("--table t --key v --reconcile 1h", "neither the primary key of the table t nor"),
        ("--table t --key x", "has no column x"),
        ("--table t --body x --reconcile 1h", "has no column x"),
        ("--table t --content-type json --reconcile 1h", "json is not a media type"),
    ] {
        let arguments: Vec<_> = arguments.split(' ').collect();
        let told = application.refused("attach", &arguments);
        assert!(told.contains(expected), "{arguments:?}: {told}");
        assert_eq!(application.schema(), before);
        assert!(!application.path("app.sqlite-feed").exists());
    }
    application.attach(&["--table", "t", "--key", "w,v", "--reconcile", "1h"]);
    let mut of_feed = std::process::Command::new(env!("CARGO_BIN_EXE_publish"));
    of_feed.arg("--database").arg(application.path("app.sqlite-feed"));
    let told = String::from_utf8(of_feed.output().unwrap().stderr).unwrap();
    assert!(told.contains("it is the feed of an attached table"), "{told}");
}
