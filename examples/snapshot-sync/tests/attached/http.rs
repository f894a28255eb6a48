//! How an attached table is served.

use crate::application::{Application, SHOP, is_installed};

#[test]
fn rfc9110_15_5_6_a_row_is_not_written_over_http() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.try_publish().unwrap();
    for method in ["PUT", "PATCH", "DELETE", "POST"] {
        let answer = application.answer(method, "/products/1");
        assert!(answer.starts_with("http/1.1 405 "), "{answer}");
        assert!(answer.contains("\r\nallow: get, head, version-control\r\n"), "{answer}");
        assert!(answer.contains("which the application changes alone"), "{answer}");
    }
    let answer = application.answer("GET", "/products/1");
    assert!(
        answer.starts_with("http/1.1 200 ") && answer.contains("\"name\":\"chair\""),
        "{answer}"
    );
    let answer = application.answer("GET", "/products/99");
    assert!(
        answer.starts_with("http/1.1 404 ") && answer.contains("no row with this key"),
        "{answer}"
    );
}

#[test]
fn rfc7240_4_3_a_client_that_waits_is_answered_when_the_application_has_changed_a_row() {
    if !is_installed() {
        return;
    }
    let mut application = Application::new(SHOP);
    application.attach(&["--table", "products"]);
    application.try_publish().unwrap();
    let first = application.answer("GET", "/changes/latest");
    let etag = first.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let fields = format!("Prefer: wait=15\r\nIf-None-Match: {etag}\r\n");
    std::thread::scope(|scope| {
        let began = std::time::Instant::now();
        let client = scope.spawn(|| application.answer_with("GET", "/changes/latest", &fields));
        std::thread::sleep(std::time::Duration::from_millis(500));
        assert!(!client.is_finished(), "it waits");
        application.sql("UPDATE products SET name = 'stool' WHERE id = 1;");
        let answer = client.join().unwrap();
        assert!(answer.starts_with("http/1.1 200 ") && answer.contains("stool"), "{answer}");
        assert!(began.elapsed() < std::time::Duration::from_secs(10), "{:?}", began.elapsed());
    });
}
