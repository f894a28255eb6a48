//! Whatever an application does with its table, the copy equals it.

use crate::application::{Application, PRODUCTS, SHOP, is_installed};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

#[test]
fn after_each_kind_of_change_the_copy_equals_the_table() {
    after_each_kind_of_change("wal");
}

#[test]
fn after_each_kind_of_change_the_copy_equals_the_table_with_a_rollback_journal() {
    after_each_kind_of_change("delete");
}

fn after_each_kind_of_change(mode: &str) {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = {mode}; {SHOP}"));
    application.attach(&["--table", "products", "--key", "id"]);
    application.publish();
    application.is_copied("products", PRODUCTS);
    for change in [
        "INSERT INTO products (name, price) VALUES ('lamp', 1), ('shelf', 2);",
        "UPDATE products SET price = price + 0.25;",
        "UPDATE products SET photo = 'xxx' WHERE id = 1; UPDATE products SET photo = CAST(photo AS BLOB);",
        "DELETE FROM products WHERE id = 4;",
        "INSERT OR REPLACE INTO products (id, name) VALUES (1, 'replaced'), (40, 'new');",
        "REPLACE INTO products (id, name) VALUES (40, 'again');",
        "INSERT INTO products (id, name) VALUES (40, 'x'), (41, 'y')
             ON CONFLICT (id) DO UPDATE SET name = excluded.name || '!';",
        "INSERT OR IGNORE INTO products (id, name) VALUES (40, 'ignored'), (42, 'z');",
        "UPDATE products SET id = id + 100 WHERE id > 3;",
        "UPDATE OR REPLACE products SET id = 1 WHERE id = 2;",
        "BEGIN; DELETE FROM products; INSERT INTO products (id) VALUES (7); ROLLBACK;",
        "BEGIN; SAVEPOINT s; DELETE FROM products; ROLLBACK TO s; UPDATE products SET name = 's'; COMMIT;",
        "UPDATE maker SET id = 9 WHERE id = 1;",
        "UPDATE products SET maker = 2; DELETE FROM maker WHERE id = 2;",
        "INSERT INTO products (id, name) VALUES (1, 'a'); DELETE FROM products; INSERT INTO products (id) VALUES (1);",
        "CREATE TRIGGER of_the_application AFTER INSERT ON products
             BEGIN UPDATE products SET price = 5 WHERE id = NEW.id; END;
         INSERT INTO products (id, name) VALUES (50, 'by a trigger');",
        "DELETE FROM products;",
        "WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 3000)
             INSERT INTO products (id, name) SELECT n, 'n' || n FROM n;",
        "VACUUM; UPDATE products SET name = 'vacuumed' WHERE id % 100 = 0;",
    ] {
        application.sql(change);
        application.is_copied("products", PRODUCTS);
    }
    application.sql("ALTER TABLE products ADD COLUMN size INTEGER DEFAULT 7;");
    let with_size = PRODUCTS.replace(", 'label'", ", 'size', size, 'label'");
    application.is_copied("products", &with_size);
    application.sql("ALTER TABLE products DROP COLUMN size; DELETE FROM products WHERE id > 5;");
    application.is_copied("products", PRODUCTS);
    application.stop();
}

/// Some statements of an application, each on lines of its own: the program leaves out the rest of a line
/// behind one that fails.
fn statements(seed: u64, count: usize) -> String {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let statements: String = (0..count).map(|_| statement(&mut random) + "\n").collect();
    statements.replace("; ", ";\n")
}

fn statement(random: &mut ChaCha8Rng) -> String {
    let (id, other) = (random.random_range(1..40), random.random_range(1..40));
    let value = random.random_range(0..1000);
    match random.random_range(0..11) {
        0 | 1 => format!(
            "INSERT OR REPLACE INTO products (id, name, price) VALUES ({id}, 'n{value}', {value});"
        ),
        2 => format!("UPDATE products SET price = {value} WHERE id BETWEEN {id} AND {other};"),
        3 => format!("DELETE FROM products WHERE id = {id};"),
        4 => format!("UPDATE OR REPLACE products SET id = {other} WHERE id = {id};"),
        5 => format!("UPDATE OR IGNORE products SET id = {other} WHERE id = {id};"),
        6 => format!(
            "INSERT INTO products (id, name) VALUES ({id}, 'u{value}')
                 ON CONFLICT DO UPDATE SET name = excluded.name, maker = 1;"
        ),
        7 => format!("BEGIN IMMEDIATE; DELETE FROM products WHERE id < {id}; ROLLBACK;"),
        8 => format!(
            "BEGIN IMMEDIATE; INSERT OR IGNORE INTO maker VALUES ({id}, 'm');
                 UPDATE products SET maker = {id} WHERE id = {other}; COMMIT;"
        ),
        9 => format!("DELETE FROM maker WHERE id = {id};"),
        _ => format!(
            "UPDATE products SET photo = 'xxx' WHERE id = {id}; UPDATE products SET photo = CAST(photo AS BLOB);"
        ),
    }
}

#[test]
fn random_statements_of_several_writers_leave_the_copy_equal() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(&format!("PRAGMA journal_mode = wal; {SHOP}"));
    application.attach(&["--table", "products"]);
    application.publish();
    for round in 0..4 {
        let writers: Vec<_> =
            (0..3).map(|writer| application.begin(&statements(round * 3 + writer, 120))).collect();
        // The programs may be killed meanwhile.
        if round % 2 == 1 {
            std::thread::sleep(std::time::Duration::from_millis(50 * round));
            application.kill();
            application.publish();
        }
        for writer in writers {
            let output = writer.wait_with_output().unwrap();
            // Some statements violate a constraint, and only that is said.
            let told = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(
                told.lines().all(|line| line.is_empty() || line.contains("constraint failed")),
                "{told}"
            );
        }
        application.is_copied("products", PRODUCTS);
    }
    // What happened while nobody was there is published later.
    application.stop();
    application.begin(&statements(99, 200)).wait_with_output().unwrap();
    application.publish();
    application.is_copied("products", PRODUCTS);
    application.stop();
}
