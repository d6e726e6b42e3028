//! The price of each listing.

use filmgate::money::{Basis, Usd};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::Policy;
use filmgate::untyped::quote;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::common::{fit, order, proptest_config, runpod_request, runware_request, with};

const DOLLAR: i64 = 1_000_000;

fn total(provider: ProviderId, request: &Value) -> (Basis, Option<(Usd, Usd)>) {
    let quote = order(provider, request).quote;
    (quote.basis, quote.total)
}

fn exactly(micros: i64) -> (Basis, Option<(Usd, Usd)>) {
    (Basis::Exact, Some((Usd(micros), Usd(micros))))
}

#[test]
fn the_table_of_runpod() {
    for (resolution, seconds, cents) in [
        ("720p", 4, 120),
        ("720p", 8, 240),
        ("720p", 12, 360),
        ("1080p", 4, 200),
        ("1080p", 8, 400),
        ("1080p", 12, 600),
    ] {
        let request =
            with(runpod_request(), json!({ "resolution": resolution, "duration": seconds }));
        assert_eq!(total(Runpod, &request), exactly(cents * DOLLAR / 100));
    }
    let by_default = with(runpod_request(), json!({ "duration": 12 }));
    assert_eq!(total(Runpod, &by_default), exactly(3_600_000), "720p unless said");
}

#[test]
fn the_table_of_runware_times_results() {
    for (size, tenths_a_second) in
        [("1280x720", 3), ("720x1280", 3), ("1920x1080", 5), ("1080x1920", 5)]
    {
        for seconds in [4, 8, 12, 16, 20] {
            for n in 1..=4 {
                let changes = json!({ "size": size, "duration": seconds, "n": n });
                let request = with(runware_request(), changes);
                let micros = tenths_a_second * seconds * n * DOLLAR / 10;
                assert_eq!(total(Runware, &request), exactly(micros), "{request}");
            }
        }
    }
}

/// The page's example is billed as 1080p, and no list of prices has its size.
#[test]
fn the_price_of_an_unlisted_size_is_an_estimate() {
    for size in ["1792x1024", "1024x1792"] {
        let request = with(runware_request(), json!({ "size": size }));
        let quote = order(Runware, &request).quote;
        assert_eq!(quote.basis, Basis::Estimate);
        assert_eq!(quote.total, Some((Usd(4_000_000), Usd(4_000_000))));
        assert!(quote.reason.unwrap().contains("no price for this size"));
    }
}

#[test]
fn an_image_or_a_source_video_leaves_a_range() {
    for source in
        [json!({ "image": "https://pictures.example.com/a.png" }), json!({ "remixId": "video_1" })]
    {
        let request = with(with(runware_request(), json!({ "size": null, "n": 3 })), source);
        let expected = (Basis::Range, Some((Usd(7_200_000), Usd(12_000_000))));
        assert_eq!(total(Runware, &request), expected, "{request}");
    }
}

#[test]
fn an_image_with_a_size_has_an_exact_price() {
    for size in [json!({ "size": "1920x1080" }), json!({ "resolution": "1080p" })] {
        let image = json!({ "size": null, "image": "https://pictures.example.com/a.png" });
        let request = with(with(runware_request(), image), size);
        assert_eq!(total(Runware, &request), exactly(4_000_000), "{request}");
    }
}

#[test]
fn lines_add_up_to_the_total() {
    for request in [
        with(runware_request(), json!({ "n": 4 })),
        with(runware_request(), json!({ "n": 2, "size": null, "remixId": "video_1" })),
        runware_request(),
    ] {
        let quote = order(Runware, &request).quote;
        let (min, max) = quote.total.unwrap();
        assert_eq!(quote.line_items.iter().map(|line| line.min.0).sum::<i64>(), min.0);
        assert_eq!(quote.line_items.iter().map(|line| line.max.0).sum::<i64>(), max.0);
        assert_eq!(quote.reason.is_some(), quote.basis != Basis::Exact);
    }
}

#[test]
fn raw_fields_make_a_price_unknown() {
    let raw = |options: Value| json!({ "providerOptions": options });
    let unknown = (Basis::Unknown, None);
    let ware = with(runware_request(), raw(json!({ "runware": { "numberResults": 4 } })));
    assert_eq!(total(Runware, &ware), unknown);
    let pod = with(runpod_request(), raw(json!({ "runpod": { "input": { "size": "4k" } } })));
    assert_eq!(total(Runpod, &pod), unknown);
    // Fields around the input, fields for the other provider, and no fields at all change nothing.
    let policy = raw(json!({ "runpod": { "policy": { "ttl": 60_000 } } }));
    assert_eq!(total(Runpod, &with(runpod_request(), policy)), exactly(1_200_000));
    let other = raw(json!({ "runware": { "x": 1 } }));
    assert_eq!(total(Runpod, &with(runpod_request(), other)), exactly(1_200_000));
    let none = raw(json!({ "runware": {} }));
    assert_eq!(total(Runware, &with(runware_request(), none)), exactly(2_400_000));
    let model = json!({ "model": "runpod:echo-video", "input": { "prompt": "A fox" } });
    assert_eq!(total(Runpod, &model), unknown);
}

/// `provider basis min max total` of each quote, or `provider unavailable`.
fn quotes(request: &Value) -> Vec<String> {
    let quotes = quote(request, Policy::default());
    let shown = quotes.as_array().unwrap().iter().map(|quote| {
        let provider = quote["provider"].as_str().unwrap();
        if quote["available"] == false {
            let errors = quote["issues"].as_array().unwrap().iter();
            assert!(errors.clone().any(|issue| issue["severity"] == "error"));
            return format!("{provider} unavailable");
        }
        let number = |name: &str| quote[name].as_f64().map_or("-".to_owned(), |n| n.to_string());
        let ends = ["minUsd", "maxUsd", "totalUsd"].map(number).join(" ");
        format!("{provider} {} {ends}", quote["basis"].as_str().unwrap())
    });
    shown.collect()
}

#[test]
fn quotes_are_sorted_by_price() {
    let image = |changes: Value| with(runpod_request(), changes);
    let cases = [
        // The upper end counts: the same video costs exactly $1.20 at RunPod.
        (image(json!({})), ["runpod exact 1.2 1.2 1.2", "runware range 1.2 2 -"]),
        // On a tie, the provider that can reconcile a lost submit goes first.
        (image(json!({ "resolution": "1080p" })), ["runware exact 2 2 2", "runpod exact 2 2 2"]),
        (runware_request(), ["runware exact 2.4 2.4 2.4", "runpod unavailable"]),
        (image(json!({ "duration": 20 })), ["runware range 6 10 -", "runpod unavailable"]),
        // An unknown price comes after any known one.
        (
            image(json!({ "providerOptions": { "runpod": { "input": { "x": 1 } } } })),
            ["runware range 1.2 2 -", "runpod unknown - - -"],
        ),
        (image(json!({ "prompt": 5 })), ["runpod unavailable", "runware unavailable"]),
    ];
    for (request, expected) in cases {
        assert_eq!(quotes(&request), expected, "{request}");
    }
}

#[test]
fn the_actual_cost_is_compared_with_the_quote() {
    let over = |cost: i64, ends: (i64, i64)| {
        let outcome = outcome(cost);
        outcome.quote_delta(Some((Usd(ends.0), Usd(ends.1)))).unwrap().0
    };
    assert_eq!(over(5, (2, 8)), 0);
    assert_eq!(over(2, (2, 8)), 0);
    assert_eq!(over(9, (2, 8)), 1);
    assert_eq!(over(1, (2, 8)), -1);
}

proptest! {
    #![proptest_config(proptest_config(500))]

    /// A quote does not depend on the order of fields, and its lower end never exceeds the upper.
    #[test]
    fn quotes_are_ordered(seconds in prop::sample::select(vec![4, 8, 12, 16, 20]), n in 1..5,
        image: bool) {
        let size = if image { json!({ "size": null, "image": "https://a.example.com/b" }) }
            else { json!({}) };
        let request = with(with(runware_request(), json!({ "duration": seconds, "n": n })), size);
        let (min, max) = fit(Runware, &request).prepared.unwrap().quote.total.unwrap();
        prop_assert!(Usd(0) < min && min <= max);
        prop_assert_eq!(min == max, !image);
    }
}

/// A result with a cost only.
fn outcome(cost: i64) -> filmgate::outcome::VideoResult {
    serde_json::from_value(json!({ "cost": cost })).unwrap()
}
