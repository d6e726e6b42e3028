//! When a video expires, according to its URL and the documents.

use proptest::prelude::*;
use serde_json::json;

use crate::common::*;
use crate::runpod::{ended, own_ended};

/// 2026-11-29T04:00:00Z.
const DATE_MS: u64 = 1_795_924_800_000;
const HOUR_MS: u64 = 3_600_000;

fn own_expiry(query: &str) -> Option<u64> {
    let url = format!("https://bucket.example.com/film.mp4{query}");
    let driver = own_ended(json!({ "status": "COMPLETED", "output": { "video_url": url } }));
    // A URL with control characters is none.
    driver.done.unwrap().ok().and_then(|result| result.videos[0].expires_at)
}

#[test]
fn a_signed_url_says_when_it_expires() {
    let hour = Some(DATE_MS + HOUR_MS);
    let cases = [
        ("?X-Amz-Date=20261129T040000Z&X-Amz-Expires=3600", hour),
        ("?x-amz-expires=3600&a=b&x-amz-date=20261129T040000Z#top", hour),
        ("?X-Goog-Date=20261129T040000Z&X-Goog-Expires=3600&X-Goog-Signature=ab", hour),
        ("?x-oss-date=20261129T040000Z&x-oss-expires=3600", hour),
        ("?X-Tos-Date=20261129T040000Z&X-Tos-Expires=3600", hour),
        ("?Expires=1795928400&Signature=a&Key-Pair-Id=b", hour),
        ("?exp=1795928400", hour),
        ("?x-expires=1795928400", hour),
        ("?expires=1795928400000", hour),
        ("?hdnts=st=1~exp=1795928400~acl=/*~hmac=ab", hour),
        ("?sv=2024&se=2026-11-29T05%3A00%3A00Z&sig=a%3D", hour),
        ("?se=2026-11-29T05:00:00.000Z", hour),
        ("?se=2026-11-29", Some(DATE_MS - 4 * HOUR_MS)),
        ("?q-sign-time=1795924800;1795928400", hour),
        (
            "?Expires=1795928400&X-Amz-Date=20261129T040000Z&X-Amz-Expires=60",
            Some(DATE_MS + 60_000),
        ),
        ("", None),
        ("?X-Amz-Expires=3600", None),
        ("?X-Amz-Date=20261129T040000Z", None),
        ("?X-Amz-Date=20261129T040000Z&X-Goog-Expires=3600", None),
        ("?X-Amz-Date=20261329T040000Z&X-Amz-Expires=3600", None),
        ("?X-Amz-Date=2026&X-Amz-Expires=3600", None),
        ("?X-Amz-Date=20261129T040000Z&X-Amz-Expires=99999999999999999999", None),
        ("?X-Amz-Date=20261129T040000Z&X-Amz-Expires=18446744073709551", None),
        ("?Expires=3600", None),
        ("?Expires=never", None),
        ("?Expires=", None),
        ("#?Expires=1795928400", None),
        ("?se=tomorrow", None),
        ("?=&&==~=", None),
    ];
    for (query, expected) in cases {
        assert_eq!(own_expiry(query), expected, "{query}");
    }
    let dates = [
        ("19700101T000000Z", 0),
        ("20000229T120000Z", 951_825_600_000),
        ("20240301T000000Z", 1_709_251_200_000),
        ("21000301T000000Z", 4_107_542_400_000),
        ("99991231T235959Z", 253_402_300_799_000),
    ];
    for (date, ms) in dates {
        let query = format!("?X-Amz-Date={date}&X-Amz-Expires=1");
        assert_eq!(own_expiry(&query), Some(ms + 1000), "{date}");
    }
}

#[test]
fn the_earlier_of_the_url_and_the_documented_week_counts() {
    let expiry = |query: &str| {
        let url = format!("https://bucket.example.com/film.mp4{query}");
        let driver = ended(json!({ "status": "COMPLETED", "output": { "video_url": url } }));
        driver.result().videos[0].expires_at.unwrap()
    };
    let week = expiry("");
    assert_eq!((week - T0) / 86_400_000, 7);
    let soon = T0 / 1000 + 3600;
    assert_eq!(expiry(&format!("?Expires={soon}")), soon * 1000);
    let late = T0 / 1000 + 30 * 86_400;
    assert_eq!(expiry(&format!("?Expires={late}")), week);
}

#[test]
fn bytes_do_not_expire() {
    let output = json!({ "video": "data:video/mp4;base64,AAAA?Expires=1795928400" });
    let driver = ended(json!({ "status": "COMPLETED", "output": output }));
    assert_eq!(driver.result().videos[0].expires_at, None);
}

proptest! {
    #![proptest_config(proptest_config(500))]

    #[test]
    fn any_query_is_read_without_a_panic(
        names in prop::collection::vec("(?i)(x-amz-date|x-amz-expires|expires|exp|se|q-sign-time|.{0,8})", 0..5),
        values in prop::collection::vec("([0-9TZ:;.%-]{0,24}|\\PC{0,12})", 5),
        between in prop::collection::vec("[?&~#=]", 5),
    ) {
        let pairs = names.iter().zip(&values).zip(&between);
        let query: String = pairs.map(|((name, value), between)| format!("{between}{name}={value}")).collect();
        // JSON text of any form arrives whole.
        let expiry = own_expiry(&format!("?{query}"));
        prop_assert!(expiry.is_none_or(|time| time <= 1 << 52));
    }
}
