//! Prices, to the micro-dollar.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use common::{cases, fit, order, runpod_request, runware_request, with};
use filmgate::error::ErrorCode;
use filmgate::plan::{Wishes, plan, quote};
use filmgate::price::{Basis, Usd};
use filmgate::provider::ProviderId::{self, Runpod, Runware};
use filmgate::request::Policy;
use proptest::prelude::*;
use serde_json::{Value, json};

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
        let request = with(
            runpod_request(),
            json!({ "resolution": resolution, "duration": seconds }),
        );
        assert_eq!(total(Runpod, &request), exactly(cents * DOLLAR / 100));
    }
    let by_default = with(runpod_request(), json!({ "duration": 12 }));
    assert_eq!(
        total(Runpod, &by_default),
        exactly(3_600_000),
        "720p unless said"
    );
}

#[test]
fn the_table_of_runware_times_results() {
    for (size, tenths_a_second) in [
        ("1280x720", 3),
        ("720x1280", 3),
        ("1920x1080", 5),
        ("1080x1920", 5),
        ("1792x1024", 5),
        ("1024x1792", 5),
    ] {
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

#[test]
fn a_picture_or_a_source_video_leaves_a_range() {
    for source in [
        json!({ "image": "https://pictures.example.com/a.png" }),
        json!({ "image": "https://pictures.example.com/a.png", "resolution": "720p" }),
        json!({ "remix": "video_1" }),
    ] {
        let request = with(
            with(runware_request(), json!({ "size": null, "n": 3 })),
            source,
        );
        let expected = (Basis::Range, Some((Usd(7_200_000), Usd(12_000_000))));
        assert_eq!(total(Runware, &request), expected, "{request}");
    }
}

#[test]
fn lines_add_up_to_the_total() {
    for request in [
        with(runware_request(), json!({ "n": 4 })),
        with(
            runware_request(),
            json!({ "n": 2, "size": null, "remix": "video_1" }),
        ),
        runware_request(),
    ] {
        let quote = order(Runware, &request).quote;
        let (min, max) = quote.total.unwrap();
        assert_eq!(
            quote.lines.iter().map(|line| line.min.0).sum::<i64>(),
            min.0
        );
        assert_eq!(
            quote.lines.iter().map(|line| line.max.0).sum::<i64>(),
            max.0
        );
        assert_eq!(quote.reason.is_some(), quote.basis != Basis::Exact);
    }
}

#[test]
fn raw_fields_make_a_price_unknown() {
    let raw = |options: Value| json!({ "providerOptions": options });
    let unknown = (Basis::Unknown, None);
    let ware = with(
        runware_request(),
        raw(json!({ "runware": { "numberResults": 4 } })),
    );
    assert_eq!(total(Runware, &ware), unknown);
    let pod = with(
        runpod_request(),
        raw(json!({ "runpod": { "input": { "size": "4k" } } })),
    );
    assert_eq!(total(Runpod, &pod), unknown);
    // Fields around the input, fields for the other provider, and none at all change nothing.
    let policy = raw(json!({ "runpod": { "policy": { "ttl": 60_000 } } }));
    assert_eq!(
        total(Runpod, &with(runpod_request(), policy)),
        exactly(1_200_000)
    );
    let other = raw(json!({ "runware": { "x": 1 } }));
    assert_eq!(
        total(Runpod, &with(runpod_request(), other)),
        exactly(1_200_000)
    );
    let none = raw(json!({ "runware": {} }));
    assert_eq!(
        total(Runware, &with(runware_request(), none)),
        exactly(2_400_000)
    );
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
        let number = |name: &str| {
            quote[name]
                .as_f64()
                .map_or("-".to_owned(), |n| n.to_string())
        };
        let ends = ["minUsd", "maxUsd", "totalUsd"].map(number).join(" ");
        format!("{provider} {} {ends}", quote["basis"].as_str().unwrap())
    });
    shown.collect()
}

#[test]
fn quotes_come_cheapest_first() {
    let image = |changes: Value| with(runpod_request(), changes);
    let cases = [
        // The upper end counts: the same film at RunPod is surely $1.20.
        (
            image(json!({})),
            ["runpod exact 1.2 1.2 1.2", "runware range 1.2 2 -"],
        ),
        // A tie goes to the provider that can settle a lost submit.
        (
            image(json!({ "resolution": "1080p" })),
            ["runware range 1.2 2 -", "runpod exact 2 2 2"],
        ),
        (
            runware_request(),
            ["runware exact 2.4 2.4 2.4", "runpod unavailable"],
        ),
        (
            image(json!({ "duration": 20 })),
            ["runware range 6 10 -", "runpod unavailable"],
        ),
        // An unknown price comes after a known one, whatever that is.
        (
            image(json!({ "providerOptions": { "runpod": { "input": { "x": 1 } } } })),
            ["runware range 1.2 2 -", "runpod unknown - - -"],
        ),
        (
            image(json!({ "prompt": 5 })),
            ["runpod unavailable", "runware unavailable"],
        ),
    ];
    for (request, expected) in cases {
        assert_eq!(quotes(&request), expected, "{request}");
    }
}

fn wishes(max_cost: i64) -> Wishes {
    Wishes {
        keyed: ProviderId::ALL.to_vec(),
        max_cost: Some(Usd(max_cost)),
        ..Wishes::default()
    }
}

fn planned(request: &Value, wishes: &Wishes) -> Result<Vec<ProviderId>, ErrorCode> {
    match plan(request, wishes, Policy::default()) {
        Ok(fits) => Ok(fits.iter().map(|fit| fit.provider).collect()),
        Err(refusal) => {
            assert!(!refusal.message.is_empty());
            Err(refusal.code)
        }
    }
}

#[test]
fn the_limit_goes_by_the_upper_end() {
    let image = runpod_request();
    assert_eq!(
        planned(&image, &wishes(2_000_000)),
        Ok(vec![Runpod, Runware])
    );
    assert_eq!(planned(&image, &wishes(1_999_999)), Ok(vec![Runpod]));
    assert_eq!(planned(&image, &wishes(1_200_000)), Ok(vec![Runpod]));
    assert_eq!(
        planned(&image, &wishes(1_199_999)),
        Err(ErrorCode::OverBudget)
    );
    assert_eq!(planned(&image, &wishes(0)), Err(ErrorCode::OverBudget));
    let remix = with(
        runware_request(),
        json!({ "size": null, "remix": "video_1" }),
    );
    assert_eq!(
        planned(&remix, &wishes(2_400_000)),
        Err(ErrorCode::OverBudget),
        "not the lower"
    );
    assert_eq!(planned(&remix, &wishes(4_000_000)), Ok(vec![Runware]));
}

#[test]
fn no_limit_covers_an_unknown_price() {
    let raw = json!({ "model": "runpod:echo-video", "input": {} });
    assert_eq!(planned(&raw, &wishes(i64::MAX)), Err(ErrorCode::OverBudget));
    let allowed = Wishes {
        allow_unknown_cost: true,
        ..wishes(1)
    };
    assert_eq!(planned(&raw, &allowed), Ok(vec![Runpod]));
    assert_eq!(
        planned(
            &raw,
            &Wishes {
                max_cost: None,
                ..wishes(0)
            }
        ),
        Ok(vec![Runpod])
    );
}

#[test]
fn the_callers_order_goes_before_the_price() {
    let both = Wishes {
        providers: Some(vec![Runware, Runpod]),
        max_cost: None,
        ..wishes(0)
    };
    assert_eq!(planned(&runpod_request(), &both), Ok(vec![Runware, Runpod]));
    let keyed = Wishes {
        keyed: vec![Runware],
        ..both.clone()
    };
    assert_eq!(planned(&runpod_request(), &keyed), Ok(vec![Runware]));
    let keyless = Wishes {
        keyed: Vec::new(),
        ..both
    };
    assert_eq!(
        planned(&runpod_request(), &keyless),
        Err(ErrorCode::MissingKey)
    );
}

#[test]
fn a_refusal_always_says_why() {
    // The one provider that is wished for does not sell the model that is wished for.
    let raw = json!({ "model": "runware:sim:echo@1", "input": {} });
    let runpod = Wishes {
        providers: Some(vec![Runpod]),
        max_cost: None,
        ..wishes(0)
    };
    let refusal = plan(&raw, &runpod, Policy::default()).unwrap_err();
    assert_eq!(refusal.code, ErrorCode::InvalidRequest);
    assert_eq!(refusal.issues.len(), 1);
    assert_eq!(refusal.issues[0].1.path, "model");
}

#[test]
fn wishes_are_read_or_refused() {
    let read = |wishes: Value| Wishes::read(&wishes);
    let good = read(json!({ "provider": ["runware", "runpod"], "maxCostUsd": 2.5 })).unwrap();
    assert_eq!(good.providers, Some(vec![Runware, Runpod]));
    assert_eq!(good.max_cost, Some(Usd(2_500_000)));
    assert_eq!(
        read(json!({ "provider": "cheapest" })).unwrap().providers,
        None
    );
    assert_eq!(
        read(json!({ "provider": "runpod" })).unwrap().providers,
        Some(vec![Runpod])
    );
    assert_eq!(read(json!({})).unwrap().max_cost, None);
    for wrong in [
        json!({ "provider": "fal" }),
        json!({ "provider": [] }),
        json!({ "provider": ["runpod", "fal"] }),
        json!({ "provider": 5 }),
        json!({ "maxCostUsd": "2.5" }),
        json!({ "maxCostUsd": -1 }),
        json!({ "maxCostUsd": { "\u{0}unreadable": "not_finite" } }),
    ] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}

#[test]
fn the_actual_cost_is_compared_with_the_quote() {
    let over = |cost: i64, ends: (i64, i64)| {
        let outcome = filmgate::outcome::Outcome {
            videos: Vec::new(),
            failures: Vec::new(),
            cost: Some(Usd(cost)),
            queued_ms: None,
            ran_ms: None,
            raw: Value::Null,
        };
        outcome
            .over_quote(Some((Usd(ends.0), Usd(ends.1))))
            .unwrap()
            .0
    };
    assert_eq!(over(5, (2, 8)), 0);
    assert_eq!(over(2, (2, 8)), 0);
    assert_eq!(over(9, (2, 8)), 1);
    assert_eq!(over(1, (2, 8)), -1);
}

#[test]
fn amounts_as_people_write_them() {
    for (micros, text) in [
        (1_200_000, "$1.20"),
        (0, "$0.00"),
        (300_000, "$0.30"),
        (1_234_500, "$1.2345"),
        (1, "$0.000001"),
        (40_000_000, "$40.00"),
        (-2_500_000, "-$2.50"),
        (i64::MIN, "-$9223372036854.775808"),
    ] {
        assert_eq!(Usd(micros).to_string(), text);
    }
}

/// The whole number nearest to a decimal text times a million, half upwards, by school arithmetic.
fn micros_of(text: &str) -> i64 {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = format!("{fraction}000000");
    let (kept, rest) = digits.split_at(6);
    let up = i64::from(rest.as_bytes().first().is_some_and(|digit| *digit >= b'5'));
    whole.parse::<i64>().unwrap() * DOLLAR + kept.parse::<i64>().unwrap() + up
}

#[test]
fn numbers_that_are_no_amount() {
    for number in [
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
        -0.000_001,
        -5.0,
        1e13,
        f64::MAX,
    ] {
        assert_eq!(Usd::from_f64(number), None, "{number}");
    }
    for (number, micros) in [
        (0.0, 0),
        (-0.0, 0),
        (f64::MIN_POSITIVE, 0),
        (5e-324, 0),
        (4.9e-7, 0),
        (5.1e-7, 1),
        (0.1, 100_000),
        (0.3, 300_000),
        (1.2, 1_200_000),
        (9_007_199_254.740_992, 9_007_199_254_740_992),
        (9e12, 9_000_000_000_000_000_000),
    ] {
        assert_eq!(Usd::from_f64(number), Some(Usd(micros)), "{number:e}");
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    /// A binary float written out in full is exact: 1074 places hold any of them.
    #[test]
    fn reading_is_exact(number in prop_oneof![0.0..10.0, 0.0..1e9, 0.0..9e12, 0.0..1e-5]) {
        let digits = format!("{number:.1074}");
        prop_assert_eq!(Usd::from_f64(number), Some(Usd(micros_of(&digits))), "{}", number);
    }

    /// What a provider writes with up to six places comes out as written.
    #[test]
    fn decimals_survive(dollars in 0i64..1_000_000, micros in 0i64..1_000_000) {
        let text = format!("{dollars}.{micros:06}");
        let number: f64 = text.parse().unwrap();
        let amount = Usd(dollars * DOLLAR + micros);
        prop_assert_eq!(Usd::from_f64(number), Some(amount));
        prop_assert_eq!(Usd::from_f64(amount.to_f64()), Some(amount));
    }

    #[test]
    fn any_float_has_an_answer(bits: u64) {
        let number = f64::from_bits(bits);
        let fits = (0.0..9.2e12).contains(&number);
        prop_assert!(!fits || Usd::from_f64(number).is_some());
    }

    /// A quote never depends on the order of fields, and its lower end is never above the upper.
    #[test]
    fn quotes_are_ordered(seconds in prop::sample::select(vec![4, 8, 12, 16, 20]), n in 1..5,
        image: bool) {
        let size = if image { json!({ "size": null, "image": "https://a.example.com/b" }) }
            else { json!({}) };
        let request = with(with(runware_request(), json!({ "duration": seconds, "n": n })), size);
        let (min, max) = fit(Runware, &request).order.unwrap().quote.total.unwrap();
        prop_assert!(Usd(0) < min && min <= max);
        prop_assert_eq!(min == max, !image);
    }
}
