//! The rows: they do not contradict themselves, and one that is read back works the same.
#![cfg(not(target_arch = "wasm32"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod common;

use std::collections::BTreeSet;

use common::{runpod_request, runware_request, with};
use filmgate::catalog::{Kind, Listing, MODELS, Mode, Model, Per, Rule, Scalar, State};
use filmgate::issue::Code;
use filmgate::price::{Basis, Facts, Quote, Usd};
use filmgate::provider::ProviderId;
use filmgate::request::{Field, Policy, parse};
use serde_json::{Value, json};

fn listings() -> impl Iterator<Item = &'static Listing> {
    MODELS.iter().flat_map(|model| model.listings.iter())
}

#[test]
fn both_providers_sell_sora_2_pro() {
    let model = filmgate::catalog::model("sora-2-pro").unwrap();
    assert_eq!((&*model.name, &*model.creator), ("Sora 2 Pro", "OpenAI"));
    let sold: Vec<_> = model
        .listings
        .iter()
        .map(|listing| (listing.provider, &*listing.wire_id))
        .collect();
    let expected = [
        (ProviderId::Runpod, "sora-2-pro-i2v"),
        (ProviderId::Runware, "openai:3@2"),
    ];
    assert_eq!(sold, expected);
    assert_eq!(filmgate::catalog::model("sora-2"), None);
}

#[test]
fn ids_are_unique() {
    let models: BTreeSet<_> = MODELS.iter().map(|model| &model.id).collect();
    assert_eq!(models.len(), MODELS.len());
    let sold: BTreeSet<_> = listings()
        .map(|listing| (listing.provider.as_str(), &listing.wire_id))
        .collect();
    assert_eq!(sold.len(), listings().count());
    // A colon would make a catalogue id look like a raw one.
    assert!(
        MODELS
            .iter()
            .all(|model| !model.id.contains(':') && !model.listings.is_empty())
    );
}

#[test]
fn parameters_do_not_contradict_themselves() {
    for listing in listings() {
        let mut fields = BTreeSet::new();
        let mut places = BTreeSet::new();
        for param in listing.params.iter() {
            let name = format!("{} {}", listing.wire_id, param.field.path());
            assert!(fields.insert(param.field.path()), "{name}: twice");
            assert!(
                param.wire.is_empty() || places.insert(&param.wire),
                "{name}: same place"
            );
            assert!(
                !param.explicit || param.default.is_some(),
                "{name}: nothing to write"
            );
            assert!(
                !param.required || param.default.is_none(),
                "{name}: required, with a default"
            );
            if let Some(default) = &param.default {
                assert!(takes(&param.kind, default), "{name}: refuses its default");
            }
            match &param.kind {
                Kind::Text { min, max } => assert!(max.is_none_or(|max| *min <= max), "{name}"),
                Kind::Integer { min, max, allowed } => {
                    assert!(allowed.is_sorted(), "{name}");
                    assert!(min.is_none() || max.is_none() || min <= max, "{name}");
                }
                Kind::Choice { allowed } => assert!(!allowed.is_empty(), "{name}"),
                Kind::Size { allowed } => {
                    assert!(!allowed.is_empty(), "{name}");
                    assert_eq!(param.wire.split(' ').count(), 2, "{name}: width and height");
                }
                Kind::Image {
                    forms,
                    undocumented,
                    ..
                } => {
                    assert!(!forms.is_empty(), "{name}");
                    assert!(
                        undocumented.iter().all(|form| !forms.contains(form)),
                        "{name}"
                    );
                }
                Kind::Boolean | Kind::Url | Kind::Uuid | Kind::Id => {}
            }
        }
    }
}

fn takes(kind: &Kind, default: &Scalar) -> bool {
    match (kind, default) {
        (Kind::Choice { allowed }, Scalar::Text(word)) => {
            allowed.iter().any(|choice| choice.word == *word)
        }
        (Kind::Integer { min, max, allowed }, Scalar::Integer(number)) => {
            (allowed.is_empty() || allowed.contains(number))
                && min.is_none_or(|min| min <= *number)
                && max.is_none_or(|max| max >= *number)
        }
        (Kind::Boolean, Scalar::Boolean(_)) => true,
        _ => false,
    }
}

#[test]
fn rules_name_fields_that_the_listing_knows() {
    for listing in listings() {
        let by_size = !listing.sizes().is_empty();
        let known = |field: &Field| {
            let size = by_size && matches!(field, Field::Resolution | Field::AspectRatio);
            size || listing.param(*field).is_some()
        };
        for rule in listing.rules.iter() {
            let fields: Vec<Field> = match rule {
                Rule::OneOf { fields } => fields.to_vec(),
                Rule::Excludes { field, fields } | Rule::Overrides { field, fields } => {
                    assert!(!fields.contains(field), "{rule:?}");
                    fields.iter().copied().chain([*field]).collect()
                }
            };
            assert!(fields.iter().all(known), "{}: {rule:?}", listing.wire_id);
        }
    }
}

#[test]
fn modes_agree_with_parameters() {
    for listing in listings() {
        let image = listing.param(Field::Image);
        let has = |mode: Mode| listing.modes.contains(&mode);
        assert_eq!(
            has(Mode::ImageToVideo),
            image.is_some(),
            "{}",
            listing.wire_id
        );
        assert_eq!(has(Mode::Remix), listing.param(Field::Remix).is_some());
        assert_eq!(
            has(Mode::TextToVideo),
            image.is_none_or(|image| !image.required)
        );
    }
}

/// Every combination that a listing sells has one price, and no rate is unreachable.
#[test]
fn rates_cover_what_is_sold_once() {
    for listing in listings().filter(|listing| !listing.rates.is_empty()) {
        let mut used = BTreeSet::new();
        for resolution in resolutions(listing) {
            for duration in durations(listing) {
                let fits = |rate: &filmgate::catalog::Rate| {
                    rate.resolution
                        .as_deref()
                        .is_none_or(|own| own == resolution)
                        && rate.duration.is_none_or(|own| own == duration)
                };
                let mut rates = listing
                    .rates
                    .iter()
                    .enumerate()
                    .filter(|(_, rate)| fits(rate));
                let (at, rate) = rates.next().expect("a price");
                assert_eq!(
                    rates.next(),
                    None,
                    "{}: {resolution} {duration}",
                    listing.wire_id
                );
                used.insert(at);
                let facts = Facts {
                    duration: Some(duration),
                    resolution: Some(&resolution),
                    results: 1,
                    raw: false,
                };
                let seconds = if rate.per == Per::Second {
                    i64::from(duration)
                } else {
                    1
                };
                let price = Usd(rate.amount.0 * seconds);
                assert_eq!(Quote::new(listing, facts).total, Some((price, price)));
            }
        }
        assert_eq!(
            used.len(),
            listing.rates.len(),
            "{}: an unused rate",
            listing.wire_id
        );
        assert!(matches!(listing.basis, Basis::Exact | Basis::Approximate));
    }
}

fn resolutions(listing: &Listing) -> BTreeSet<String> {
    let of_sizes = listing
        .sizes()
        .iter()
        .map(|size| size.resolution.to_string());
    let named = listing
        .param(Field::Resolution)
        .map(|param| match &param.kind {
            Kind::Choice { allowed } => allowed
                .iter()
                .map(|choice| choice.word.to_string())
                .collect(),
            _ => Vec::new(),
        });
    of_sizes.chain(named.unwrap_or_default()).collect()
}

fn durations(listing: &Listing) -> Vec<u32> {
    match &listing.param(Field::Duration).unwrap().kind {
        Kind::Integer { allowed, .. } => allowed
            .iter()
            .map(|seconds| u32::try_from(*seconds).unwrap())
            .collect(),
        _ => Vec::new(),
    }
}

#[test]
fn sizes_are_what_their_names_say() {
    for size in listings().flat_map(Listing::sizes) {
        let names = [(16, 9, "16:9"), (9, 16, "9:16")];
        let ratio = names
            .iter()
            .find(|(w, h, _)| size.width * h == size.height * w);
        assert_eq!(size.ratio, ratio.map_or("", |(.., name)| *name), "{size:?}");
        if size.documented {
            let side = size.width.min(size.height);
            assert_eq!(size.resolution, format!("{side}p"), "{size:?}");
        }
    }
}

#[test]
fn a_retired_listing_names_the_day_and_the_evidence() {
    for listing in listings() {
        let is_day = |text: &str| {
            let parts: Vec<&str> = text.split('-').collect();
            matches!(parts[..], [y, m, d] if y.len() == 4 && m.len() == 2 && d.len() == 2)
        };
        assert!(is_day(&listing.status.evidence));
        assert!(listing.status.sunset.as_deref().is_none_or(is_day));
        assert!(listing.status.state != State::Retired || listing.status.sunset.is_some());
        // Nothing is sent twice beyond the time in which it would surely still be running.
        assert!(listing.shortest_ms < listing.usual_ms);
    }
}

#[test]
fn a_row_survives_json_and_works_the_same() {
    let requests = [
        runpod_request(),
        runware_request(),
        with(
            runware_request(),
            json!({ "size": "1792x1024", "n": 4, "output": { "format": "mov" } }),
        ),
        with(
            runpod_request(),
            json!({ "duration": 5, "resolution": "4k", "n": 2, "safety": "full" }),
        ),
        with(
            runware_request(),
            json!({ "image": "nonsense", "remix": "video_1", "ttlSeconds": 1 }),
        ),
        json!({}),
    ];
    for model in MODELS {
        let text = serde_json::to_string(model).unwrap();
        let again: Model = serde_json::from_str(&text).unwrap();
        assert_eq!(again, *model);
        for (own, read) in model.listings.iter().zip(again.listings.iter()) {
            for request in &requests {
                let (request, _) = parse(request, Policy::default());
                let (first, second) = (request.fit(&model.id, own), request.fit(&model.id, read));
                assert_eq!(first.issues, second.issues);
                let shown = |fit: &filmgate::request::Fit| {
                    fit.order
                        .as_ref()
                        .map(|order| (order.body.clone(), order.quote.clone()))
                };
                assert_eq!(shown(&first), shown(&second));
            }
        }
    }
}

/// A listing unlike the two that are built in, as a caller writes it.
#[test]
fn a_callers_own_row_is_interpreted() {
    let row: Listing = serde_json::from_value(json!({
        "provider": "runpod",
        "wireId": "wan-2-6-t2v",
        "modes": ["text-to-video"],
        "params": [
            { "field": "prompt", "wire": "input.prompt", "type": "text", "min": 1, "max": 1500,
              "required": true, "explicit": false },
            { "field": "duration", "wire": "input.settings.seconds", "type": "integer",
              "min": 3, "max": 10, "allowed": [], "required": true, "explicit": false },
            { "field": "resolution", "wire": "input.size", "type": "choice",
              "allowed": [{ "word": "720p", "wire": "1280*720" }],
              "required": false, "default": "720p", "explicit": true },
            { "field": "safety", "wire": "input.check", "type": "choice",
              "allowed": [{ "word": "full", "wire": "2" }], "required": false, "explicit": false },
        ],
        "rules": [],
        "rates": [{ "microUsd": 150_000, "per": "second" }],
        "basis": "caller",
        "status": { "state": "live", "evidence": "2026-09-01" },
        "usualMs": 60_000,
        "shortestMs": 0,
    }))
    .unwrap();
    let request = json!({ "prompt": "A fox", "duration": 7, "safety": "full" });
    let (parsed, issues) = parse(&request, Policy::default());
    assert_eq!(issues, []);
    let order = parsed.fit("wan", &row).order.unwrap();
    let body: Value = json!({ "input": {
        "prompt": "A fox", "settings": { "seconds": 7 }, "size": "1280*720", "check": "2",
    } });
    assert_eq!(order.body, body);
    assert_eq!(
        (order.quote.basis, order.quote.total),
        (Basis::Caller, Some((Usd(1_050_000), Usd(1_050_000))))
    );

    let (long, _) = parse(&with(request, json!({ "duration": 11 })), Policy::default());
    assert_eq!(long.fit("wan", &row).issues[0].code, Code::TooLarge);
}
