//! Range requests (RFC 9110 section 14.2).

use http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use http_range_header::{SyntacticallyCorrectRange as Spec, parse_range_header_with_max_ranges};
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;

/// The number of ranges that a request may ask for: 16. If it asks for more, all of the
/// representation is sent.
pub const MOST_RANGES: NonZeroUsize = match NonZeroUsize::new(16) {
    Some(most) => most,
    None => NonZeroUsize::MIN,
};

/// What is sent of a representation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of it.
    Whole,
    /// One range: the positions of its first and its last octet.
    One(RangeInclusive<u64>),
    /// At least two ranges with octets between them, in the order in which they were asked for.
    Several(Vec<RangeInclusive<u64>>),
    /// Nothing, since it has fewer octets than every range begins with.
    Unsatisfiable,
}

/// The fields of a request that ask for ranges.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RangeRequest {
    range: Option<HeaderValue>,
    if_range: Option<HeaderValue>,
}

impl RangeRequest {
    /// Removes Range and If-Range from the fields of a request.
    ///
    /// Only GET has ranges. A field that occurs twice is malformed: no range is asked for then.
    #[must_use]
    pub fn take(method: &Method, headers: &mut HeaderMap) -> Self {
        let is_single = |name: &HeaderName| headers.get_all(name).iter().nth(1).is_none();
        let is_read =
            method == Method::GET && [header::RANGE, header::IF_RANGE].iter().all(is_single);
        let (range, if_range) = (headers.remove(header::RANGE), headers.remove(header::IF_RANGE));
        if is_read { Self { range, if_range } } else { Self::default() }
    }

    /// Selects what is sent of the representation that has this entity tag and this number of octets.
    ///
    /// All of it is sent if it is another one than If-Range states, and if the field is malformed,
    /// has another unit than bytes, or asks for more than [`MOST_RANGES`]. Ranges that overlap or
    /// adjoin are joined, so that no octet is sent twice.
    ///
    /// A date in If-Range is never that of the representation: the forms of a package may have the
    /// same Last-Modified, which is therefore a weak validator (section 8.8.1).
    #[must_use]
    pub fn selection(&self, etag: Option<&HeaderValue>, octets: u64) -> Selection {
        let Some(range) = &self.range else { return Selection::Whole };
        // The server's entity tags are strong. So is the comparison: a weak tag is never equal.
        if self.if_range.is_some() && self.if_range.as_ref() != etag {
            return Selection::Whole;
        }
        let parsed =
            range.to_str().ok().map(|range| parse_range_header_with_max_ranges(range, MOST_RANGES));
        let (Some(Ok(parsed)), Some(last)) = (parsed, octets.checked_sub(1)) else {
            return Selection::Whole;
        };
        let within = parsed.into_ranges().into_iter().filter_map(|range| satisfied(range, last));
        let mut joined = joined(within.collect());
        match joined.len() {
            0 => Selection::Unsatisfiable,
            1 => joined.pop().map_or(Selection::Whole, Selection::One),
            _ => Selection::Several(joined),
        }
    }
}

/// The part of a range that lies within a representation whose last octet has this position
/// (section 14.1.2).
fn satisfied(range: Spec, last: u64) -> Option<RangeInclusive<u64>> {
    let range = match range {
        Spec::FromStart(first) => first..=last,
        // A suffix that is longer than the representation is all of it.
        Spec::FromLast(octets) => (last + 1).saturating_sub(octets)..=last,
        Spec::Indexed(first, end) => first..=end.min(last),
    };
    (!range.is_empty()).then_some(range)
}

/// Joins ranges that overlap or adjoin. Each joined range has the place of the one among them that
/// was asked for first (section 15.3.7.2).
fn joined(ranges: Vec<RangeInclusive<u64>>) -> Vec<RangeInclusive<u64>> {
    let mut ascending: Vec<_> = ranges.into_iter().enumerate().collect();
    ascending.sort_unstable_by_key(|(_, range)| *range.start());
    let mut joined: Vec<(usize, RangeInclusive<u64>)> = Vec::new();
    for (place, range) in ascending {
        match joined.last_mut() {
            Some((first, before)) if *range.start() <= before.end().saturating_add(1) => {
                *first = place.min(*first);
                *before = *before.start()..=*range.end().max(before.end());
            }
            _ => joined.push((place, range)),
        }
    }
    joined.sort_unstable_by_key(|(place, _)| *place);
    joined.into_iter().map(|(_, range)| range).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test says what fails by panicking")]
mod tests {
    use super::*;
    use Selection::{One, Several, Unsatisfiable, Whole};
    use proptest::prelude::*;

    fn request(fields: &[(HeaderName, &str)]) -> RangeRequest {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        RangeRequest::take(&Method::GET, &mut headers)
    }

    fn selected(range: &str, octets: u64) -> Selection {
        request(&[(header::RANGE, range)]).selection(None, octets)
    }

    #[test]
    fn rfc9110_14_1_2_a_range_is_cut_to_the_representation() {
        for (range, selection) in [
            ("bytes=0-0", One(0..=0)),
            ("bytes=9-9", One(9..=9)),
            ("Bytes=00-05", One(0..=5)),
            ("bytes=4-", One(4..=9)),
            ("bytes=-3", One(7..=9)),
            ("bytes=-10", One(0..=9)),
            ("bytes=-11", One(0..=9)),
            ("bytes=0-18446744073709551616", One(0..=9)),
            ("bytes=-18446744073709551616", One(0..=9)),
            ("bytes=10-", Unsatisfiable),
            ("bytes=10-12", Unsatisfiable),
            ("bytes=-0", Unsatisfiable),
            ("bytes=18446744073709551616-", Unsatisfiable),
            ("bytes=-0,10-", Unsatisfiable),
            ("bytes=10-, 2-3", One(2..=3)),
            ("bytes=, 2-3 ,\t,5-5,", Several(vec![2..=3, 5..=5])),
        ] {
            assert_eq!(selected(range, 10), selection, "{range}");
        }
    }

    #[test]
    fn rfc9110_14_2_a_range_that_is_malformed_or_of_another_unit_is_ignored() {
        for range in [
            "",
            "bytes",
            "bytes=",
            "bytes=,",
            "bytes=-",
            "bytes=--1",
            "bytes=+1-2",
            "bytes=1",
            "bytes=a-b",
            "bytes=1-2x",
            "bytes=3-2",
            "bytes=1-2,x",
            "bytes=0-1,3-2",
            "bytes=1 - 2",
            "bytes =1-2",
            "bytes:1-2",
            "lines=1-2",
            "1-2",
            "bytes=1-2;3-4",
            "bytes=é-",
            "bytes=1-2-3",
            "bytes=0x1-2",
        ] {
            assert_eq!(selected(range, 10), Whole, "{range}");
        }
        assert_eq!(selected("bytes=0-0", 0), Whole, "an empty representation has no range");
        assert_eq!(selected("bytes=-1", 0), Whole);
        let twice = [(header::RANGE, "bytes=0-1"), (header::RANGE, "bytes=3-4")];
        assert_eq!(request(&twice).selection(None, 10), Whole);
    }

    #[test]
    fn rfc9110_15_3_7_2_ranges_are_joined_where_they_overlap_or_adjoin() {
        for (range, selection) in [
            ("bytes=0-1,2-3", One(0..=3)),
            ("bytes=2-3,0-1", One(0..=3)),
            ("bytes=0-0,-1", Several(vec![0..=0, 9..=9])),
            ("bytes=8-9,0-1", Several(vec![8..=9, 0..=1])),
            ("bytes=8-8,0-1,4-5,9-9,1-2", Several(vec![8..=9, 0..=2, 4..=5])),
            ("bytes=5-5,1-1,2-8", One(1..=8)),
            ("bytes=6-6,1-9,0-3", One(0..=9)),
            ("bytes=0-8,2-3,5-6", One(0..=8)),
            ("bytes=0-,0-,0-", One(0..=9)),
            ("bytes=3-3,3-3,1-1", Several(vec![3..=3, 1..=1])),
        ] {
            assert_eq!(selected(range, 10), selection, "{range}");
        }
    }

    #[test]
    fn rfc9110_14_2_a_request_for_too_many_ranges_is_answered_with_all() {
        let ranges = |count: u64| {
            let ranges: Vec<_> = (0..count).map(|at| format!("{0}-{0}", 2 * at)).collect();
            selected(&format!("bytes={}", ranges.join(",")), 1000)
        };
        let most = (0..16).map(|at| 2 * at..=2 * at).collect();
        assert_eq!(ranges(16), Several(most));
        assert_eq!(ranges(17), Whole);
        for many in ["0-0,", "0-,", "-1,", ",", "x,", "999-,"] {
            assert_eq!(selected(&format!("bytes={}", many.repeat(20_000)), 10), Whole, "{many}");
        }
    }

    #[test]
    fn rfc9110_13_1_5_ranges_are_sent_only_of_the_representation_that_if_range_states() {
        let etag = HeaderValue::from_static("\"7\"");
        let selection = |if_range| {
            let fields = [(header::RANGE, "bytes=1-2"), (header::IF_RANGE, if_range)];
            request(&fields).selection(Some(&etag), 10)
        };
        assert_eq!(selection("\"7\""), One(1..=2));
        for other in
            ["W/\"7\"", "\"8\"", "7", "", "*", "Sun, 06 Nov 1994 08:49:37 GMT", "\"7\", \"8\""]
        {
            assert_eq!(selection(other), Whole, "{other}");
        }
        let (range, same) = ((header::RANGE, "bytes=1-2"), (header::IF_RANGE, "\"7\""));
        assert_eq!(request(&[range.clone(), same.clone()]).selection(None, 10), Whole);
        assert_eq!(request(&[range, same.clone(), same]).selection(Some(&etag), 10), Whole);
    }

    #[test]
    fn rfc9110_14_2_only_get_has_ranges_and_both_fields_are_taken() {
        for (method, selection) in
            [(Method::GET, One(1..=2)), (Method::HEAD, Whole), (Method::PUT, Whole)]
        {
            let fields = [(header::RANGE, "bytes=1-2"), (header::IF_RANGE, "\"7\"")];
            let fields = fields.map(|(name, value)| (name, HeaderValue::from_static(value)));
            let mut headers = HeaderMap::from_iter(fields);
            let request = RangeRequest::take(&method, &mut headers);
            assert!(headers.is_empty());
            assert_eq!(
                request.selection(Some(&HeaderValue::from_static("\"7\"")), 10),
                selection,
                "{method}"
            );
        }
    }

    /// The obvious way: joins any two ranges that touch into the place of the earlier, until none do.
    fn joined_slowly(mut ranges: Vec<RangeInclusive<u64>>) -> Vec<RangeInclusive<u64>> {
        let touch = |a: &RangeInclusive<u64>, b: &RangeInclusive<u64>| {
            *a.start() <= b.end() + 1 && *b.start() <= a.end() + 1
        };
        loop {
            let pairs = (0..ranges.len()).flat_map(|b| (0..b).map(move |a| (a, b)));
            let Some((a, b)) = pairs.into_iter().find(|&(a, b)| touch(&ranges[a], &ranges[b]))
            else {
                return ranges;
            };
            let other = ranges.remove(b);
            ranges[a] = *ranges[a].start().min(other.start())..=*ranges[a].end().max(other.end());
        }
    }

    proptest! {
        #[test]
        fn joined_ranges_are_those_of_the_obvious_way(
            asked in proptest::collection::vec((0_u64..60, 0_u64..12), 0..17),
        ) {
            let asked: Vec<_> = asked.into_iter().map(|(first, more)| first..=first + more).collect();
            prop_assert_eq!(joined(asked.clone()), joined_slowly(asked));
        }
    }
}
