//! A cluster gives the rows that one machine gives.

use crate::support::{Cluster, alone, snapshot};

const QUERIES: [&str; 20] = [
    "select * from snapshot order by package, \"offset\"",
    "select location, length from snapshot order by length desc, location limit 5",
    "select count(*), sum(length), min(location), max(location) from snapshot",
    "select package, count(*) from snapshot group by package order by package",
    "select a.location from snapshot a join snapshot b on a.length = b.length \
     where b.location = '/entities/0' order by 1 limit 3",
    "select location from snapshot where location in ('/entities/1', '/entities/77') order by 1",
    // All kinds of joins, as they bring the partitions of one side together or do not.
    "select count(*), min(a.location) from snapshot a left anti join snapshot b \
     on a.location = b.location and b.length > 28",
    "select count(*), min(a.location) from snapshot a left semi join snapshot b \
     on a.location = b.location and b.length > 28",
    "select count(*), count(b.location), sum(b.length) from snapshot a left join snapshot b \
     on a.location = b.location and b.location like '%7'",
    "select count(*), count(a.location), count(b.location) from \
     (select * from snapshot where location like '%3') a full join \
     (select * from snapshot where location like '%33') b on a.location = b.location",
    // Joins with a side without rows.
    "select count(*) from snapshot a where not exists \
     (select 1 from snapshot b where b.length < 0 and b.location = a.location)",
    "select count(*), count(b.location) from snapshot a left join \
     (select location from snapshot where length < 0) b on a.location = b.location",
    // Joins without an equality.
    "select count(*), count(a.location), count(b.location) from \
     (select * from snapshot where location like '%33') a full join \
     (select * from snapshot where location like '%77') b on a.length > b.length",
    "select count(*), min(a.location), max(b.location) from snapshot a left join \
     (select * from snapshot where location like '%77') b \
     on a.length > b.length and a.location like '%7'",
    "select count(*), min(a.location) from snapshot a where a.location like '%5' and not exists \
     (select 1 from snapshot b where b.length > a.length and b.location < a.location)",
    "select count(*) from snapshot where length = (select max(length) from snapshot) \
     and location not in (select location from snapshot where location like '%9')",
    "select b.location, a.parts from (select count(*) as parts from snapshot) a \
     cross join snapshot b order by b.location limit 7",
    "select location, row_number() over (partition by package order by location desc) as number \
     from snapshot order by number, location limit 9",
    "select 1 + 1 as two",
    "select location, length from snapshot where 1 = 2",
];

#[test]
fn a_cluster_prints_what_one_machine_prints() {
    let web = snapshot(6, 500);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executors = [cluster.executor(&[&prefix], &[]), cluster.executor(&[&prefix], &[])];
    for sql in QUERIES {
        let arguments = ["--from", &index, "--rows", "10000", sql];
        let ended = cluster.ask(&arguments);
        assert!(ended.is_success, "{sql}: {}", ended.told);
        assert_eq!(ended.told, "", "{sql}");
        assert_eq!(ended.printed, alone(&arguments), "{sql}");
    }
    #[cfg(feature = "json")]
    {
        for sql in [
            "select json_get_str(body, 'name') as name, count(*) from snapshot \
             where json_get_int(body, 'id') > 7 group by 1 order by 1",
            // With an alias.
            "select max(json_get_str(b.body, 'name')) from snapshot b",
            "select count(*), min(json_get_str(a.body, 'name')) from snapshot a join snapshot b \
             on a.location = b.location and json_get_int(b.body, 'id') > 7",
        ] {
            let arguments = ["--from", &index, sql];
            let ended = cluster.ask(&arguments);
            assert!(ended.is_success, "{}", ended.told);
            assert_eq!(ended.printed, alone(&arguments));
            let has_name = ["chair", "table"].iter().any(|name| ended.printed.contains(name));
            assert!(has_name, "{}", ended.printed);
        }
    }
    #[cfg(feature = "parquet")]
    {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("rows.parquet");
        let file = file.to_str().unwrap();
        let ended =
            cluster.ask(&["--from", &index, "--parquet", file, "select location from snapshot"]);
        assert_eq!(ended.printed, format!("3000 rows are in {file}\n"), "{}", ended.told);
    }
}

/// Whatever number of partitions a query has.
#[test]
fn rows_do_not_depend_on_the_number_of_partitions() {
    let web = snapshot(5, 40);
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executors = [cluster.executor(&[&prefix], &[]), cluster.executor(&[&prefix], &[])];
    let sql = "select location, content_type, length, body from snapshot order by location";
    let expected = alone(&["--from", &index, sql]);
    for partitions in ["1", "2", "3", "7", "16"] {
        let ended = cluster.ask(&["--from", &index, "--partitions", partitions, sql]);
        assert_eq!(ended.printed, expected, "{partitions}: {}", ended.told);
    }
}

/// Nothing is lost in silence: what executors tolerate is reported by the client.
#[test]
fn violations_that_executors_tolerate_are_reported() {
    let web = snapshot(1, 3);
    let package = String::from_utf8(crate::support::package(0, 3)).unwrap();
    let wrong = package.replacen("Content-Length: ", "Content-Length: 1", 1);
    web.put("/s/0", crate::support::TYPE, wrong.into_bytes());
    let (index, prefix) = (web.url("/s/index.json"), web.url("/s"));
    let cluster = Cluster::start(&[&prefix]);
    let _executor = cluster.executor(&[&prefix], &[]);
    let ended = cluster.ask(&["--from", &index, "select count(*) from snapshot"]);
    assert!(ended.is_success, "{}", ended.told);
    assert!(ended.printed.contains("| 3 "), "{}", ended.printed);
    let expected = "snapshot-cluster: 1 violations in the packages were tolerated\n";
    assert_eq!(ended.told, expected);
}
