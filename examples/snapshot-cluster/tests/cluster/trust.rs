//! What a cluster refuses to fetch, and errors with a name that reach the client.

use crate::support::{Cluster, PATIENCE, TYPE, assert_told, package, snapshot};

const SQL: &str = "select location from snapshot";

#[test]
fn a_scheduler_fetches_nothing_that_no_prefix_allows() {
    let web = snapshot(1, 3);
    let (index, other) = (web.url("/s/index.json"), web.url("/other"));
    for prefixes in [vec![], vec![other.as_str()]] {
        let cluster = Cluster::start(&prefixes);
        let ended = cluster.ask(&["--from", &index, SQL]);
        assert!(!ended.is_success);
        assert_told(&ended.told, "not-allowed");
        assert!(ended.told.contains("--allow-prefix"), "{}", ended.told);
    }
    assert_eq!(web.asked("/s/index.json"), 2, "only the clients asked for the index");
    assert_eq!(web.asked("/s/0"), 0);
}

#[test]
fn an_executor_fetches_nothing_that_no_prefix_allows() {
    let web = snapshot(1, 3);
    let (index, prefix, other) = (web.url("/s/index.json"), web.url("/s"), web.url("/other"));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&other], &[]);
    let ended = cluster.ask(&["--from", &index, SQL]);
    assert!(!ended.is_success);
    assert_told(&ended.told, "not-allowed");
    assert_eq!(web.asked("/s/0"), 1, "only the scheduler, which planned the package");
}

#[test]
fn a_redirect_leads_to_allowed_urls_alone() {
    let web = snapshot(1, 3);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    web.put("/secret/0", TYPE, package(0, 3));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &[]);
    // The executor is led away: the first request is that of the scheduler.
    web.redirect_after("/s/0", 1, web.url("/secret/0"));
    let ended = cluster.ask(&["--from", &index, SQL]);
    assert!(!ended.is_success);
    assert_told(&ended.told, "not-allowed");
    // The scheduler is led away.
    web.redirect_after("/s/index.json", 3, web.url("/secret/index.json"));
    let ended = cluster.ask(&["--from", &index, SQL]);
    assert_told(&ended.told, "not-allowed");
    assert_eq!(web.asked("/secret/0"), 0);
    assert_eq!(web.asked("/secret/index.json"), 0);
    // Below the prefix, redirects are followed.
    web.put("/s/moved", TYPE, package(0, 3));
    web.redirect_after("/s/index.json", usize::MAX, String::new());
    web.redirect_after("/s/0", 0, web.url("/s/moved"));
    let ended = cluster.ask(&["--from", &index, SQL]);
    assert!(ended.is_success, "{}", ended.told);
}

#[test]
fn a_package_that_is_replaced_between_planning_and_scan_fails_the_query_by_name() {
    let web = snapshot(1, 30);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &[]);
    web.hold();
    let asked = cluster.query(&["--from", &index, SQL]);
    web.wait_for_held(1);
    web.put("/s/0", TYPE, package(1, 30));
    web.release();
    let ended = asked.ended(PATIENCE);
    assert!(!ended.is_success);
    assert_eq!(ended.printed, "");
    assert_told(&ended.told, "package-changed");
}

#[test]
fn an_index_that_is_replaced_before_planning_fails_the_query_by_name() {
    let web = snapshot(1, 3);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &[]);
    // The client has the first one, and the scheduler the second one.
    let other = br#"{"id":"a","started":1435019805885,"uris":["0"]}"#;
    web.replace_after("/s/index.json", 1, other.to_vec());
    let ended = cluster.ask(&["--from", &index, SQL]);
    assert!(!ended.is_success);
    assert_told(&ended.told, "index-changed");
    assert!(cluster.ask(&["--from", &index, SQL]).is_success);
}

/// The errors of a range reach the client as they do on one machine.
#[test]
fn a_body_that_is_not_utf_8_fails_the_query_by_name() {
    let web = snapshot(1, 3);
    let mut octets = package(0, 3);
    let body = octets.iter().position(|octet| *octet == b'{').unwrap();
    octets[body + 2] = 0xff;
    web.put("/s/0", TYPE, octets);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &[]);
    let ended = cluster.ask(&["--from", &index, "select body from snapshot"]);
    assert_told(&ended.told, "not-utf-8");
    assert!(ended.told.contains("--body binary"), "{}", ended.told);
    assert!(cluster.ask(&["--from", &index, "--body", "binary", SQL]).is_success);
}

#[test]
fn what_a_cluster_does_not_run_is_refused_by_the_client_too() {
    let web = snapshot(1, 3);
    let (index, cluster) = (web.url("/s/index.json"), Cluster::start(&[]));
    let directory = tempfile::tempdir().unwrap();
    let copied = directory.path().join("rows.csv");
    let sql = format!("copy (select 1) to '{}' stored as csv", copied.to_str().unwrap());
    let ended = cluster.ask(&["--from", &index, &sql]);
    assert!(!ended.is_success && ended.told.contains("COPY"), "{}", ended.told);
    assert!(!copied.exists());
    let ended = cluster.ask(&["--from", &index, "select nothing from nowhere"]);
    assert!(ended.told.contains("nowhere"), "{}", ended.told);
}

/// Plans are read by functions that call themselves, and protobuf decodes a hundred levels.
#[test]
fn a_plan_of_the_greatest_depth_ends_no_scheduler() {
    use ballista_core::serde::protobuf::execute_query_params::Query;
    use ballista_core::serde::protobuf::scheduler_grpc_client::SchedulerGrpcClient;
    use ballista_core::serde::protobuf::{ExecuteQueryParams, GetJobStatusParams};
    use ballista_core::version::insert_version_header;

    let message = |field: u8, octets: &[u8]| {
        let mut message = vec![field << 3 | 2];
        let mut rest = octets.len();
        while rest > 127 {
            message.push(rest as u8 | 128);
            rest >>= 7;
        }
        message.push(rest as u8);
        [message, octets.to_vec()].concat()
    };
    let web = snapshot(1, 3);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &[]);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut client = SchedulerGrpcClient::connect(cluster.url()).await.unwrap();
        let mut were_decoded = 0;
        for depth in [1, 20, 30, 40, 45, 46, 47, 48, 49, 50, 60, 99] {
            // A LimitNode with an input, which is field 5 of a plan, over an EmptyRelation.
            let empty = vec![0x52, 2, 8, 1];
            let plan = (0..depth).fold(empty, |plan, _| message(5, &message(1, &plan)));
            let mut request = tonic::Request::new(ExecuteQueryParams {
                session_id: "session".to_owned(),
                settings: Vec::new(),
                operation_id: depth.to_string(),
                query: Some(Query::LogicalPlan(plan)),
            });
            insert_version_header(request.metadata_mut());
            // An answer of any kind.
            let answer = client.execute_query(request).await.unwrap();
            let is_planned = format!("{:?}", answer.into_inner()).contains("job_id");
            were_decoded += usize::from(is_planned);
        }
        assert!(were_decoded > 3, "{were_decoded}");
        let job_id = "none".to_owned();
        client.get_job_status(GetJobStatusParams { job_id }).await.unwrap();
    });
    let ended = cluster.ask(&["--from", &index, SQL]);
    assert!(ended.is_success, "{}", ended.told);
}

#[test]
fn a_cluster_that_is_not_there_is_an_error_with_a_name() {
    let ended = Cluster::absent().ask(&["--from", "index.json", SQL]);
    assert!(!ended.is_success);
    assert_told(&ended.told, "start");
}
