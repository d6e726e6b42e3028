//! The client and the simulated provider agree on random requests for every listing.

use std::collections::BTreeMap;
use std::sync::Mutex;

use filmgate::catalog::{Kind, Listing, Param};
use filmgate::issue::{Issue, Severity};
use filmgate::job::Handle;
use filmgate::money::{Basis, Usd};
use filmgate::plan::start;
use filmgate::request::Field;
use filmgate_simulator::SubmitOutcome;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use crate::common::{LIMITS, T0, UUID, proptest_config};
use crate::end_to_end::bridge::Sim;
use crate::listings_vs_simulator::unchecked::body;
use crate::listings_vs_simulator::{fit, sold};

/// Where the client rejects requests that the documents allow: the code, the field, and the reason.
const STRICTER: &[(&str, &str, &str)] = &[
    ("required", "duration", "it decides the price, so that it is said and not left to a default"),
    ("required", "resolution", "a ratio alone leaves the tier open, which decides the price"),
    ("conflict", "resolution", "a size says another one"),
    ("conflict", "aspectRatio", "a size says another one"),
    ("too_small", "guidanceScale", "no page has a negative one"),
    ("too_large", "guidanceScale", "RunPod's page of Kling 2.1 has no range; Runware's has 0 to 1"),
    ("required", "image", "a last frame comes after a first one"),
    ("required", "", "without words, picture or video nobody knows what to driver"),
    ("conflict", "enhancePrompt", "rewriting is off unless it is asked for, and shots want it on"),
    (
        "too_long",
        "referenceVideos",
        "no number is documented: Wan 2.6 Flash speaks of one, others get our own limit",
    ),
    (
        "too_long",
        "referenceImages",
        "no number is documented, so that our own limit of a list applies",
    ),
];

/// Values that a parameter accepts, and values that it rejects.
fn values(listing: &Listing, param: &Param) -> Vec<Value> {
    let media = |extension: &str, count: u32| {
        let item = |at: u32| json!(format!("https://media.example.com/{at}.{extension}"));
        json!((0..count).map(item).collect::<Vec<_>>())
    };
    match &param.kind {
        Kind::Text { min, max } => {
            let lengths = [*min, min + 40, max.unwrap_or(5_000), max.map_or(20, |max| max + 1)];
            lengths.iter().map(|length| json!("f".repeat(*length as usize))).collect()
        }
        Kind::Integer { min, max, allowed } => {
            let ends = [*min, *max, min.map(|min| min - 1), max.map(|max| max + 1)];
            let between = allowed.iter().flat_map(|one| [*one, one + 1]);
            ends.into_iter().flatten().chain(between).map(Value::from).collect()
        }
        Kind::Number { min, max } => {
            let (min, max) = (min.unwrap_or(0), max.unwrap_or(10));
            vec![json!(min), json!(max), json!(min - 1), json!(max + 1), json!(0.5)]
        }
        Kind::Choice { allowed } => {
            let words = allowed.iter().map(|choice| json!(choice.word));
            words.chain([json!("nonsense")]).collect()
        }
        Kind::Boolean { .. } => vec![json!(true), json!(false)],
        Kind::Media { max, .. } => match param.field {
            Field::ReferenceImages => {
                vec![media("png", 1), media("png", *max), media("png", max + 1)]
            }
            Field::ReferenceVideos => {
                vec![media("mp4", 1), media("mp4", *max), media("mp4", max + 1)]
            }
            Field::Video => vec![json!("https://media.example.com/a.mp4")],
            Field::Audio => vec![json!("https://media.example.com/a.mp3")],
            _ => vec![json!("https://media.example.com/a.png")],
        },
        Kind::Size { .. } => {
            let sizes = listing.sizes().iter();
            let words = sizes.map(|size| json!(format!("{}x{}", size.width, size.height)));
            words.chain([json!("640x641")]).collect()
        }
        Kind::Url => vec![json!("https://hooks.example.com/a")],
        Kind::Uuid | Kind::Id => vec![json!(UUID)],
    }
}

/// The fields of a listing with possible values; sizes by their parts, too.
fn fields(listing: &'static Listing) -> Vec<(String, Vec<Value>)> {
    // Delivery options are tested elsewhere, per provider.
    let delivery = [
        Field::DeliveryMethod,
        Field::TaskUuid,
        Field::WebhookUrl,
        Field::UploadUrl,
        Field::IncludeCost,
        Field::RemixId,
    ];
    let own = listing.all_params().filter(|param| !delivery.contains(&param.field));
    let own = own.filter(|param| !param.provider_field.is_empty());
    let mut fields: Vec<(String, Vec<Value>)> = own
        .filter(|param| !param.field.path().contains('.'))
        .map(|param| (param.field.path().to_owned(), values(listing, param)))
        .collect();
    if !listing.sizes().is_empty() {
        let tiers = listing.sizes().iter().map(|size| json!(size.resolution));
        let ratios = listing.sizes().iter().filter(|size| !size.ratio.is_empty());
        let ratios = ratios.map(|size| json!(size.ratio)).collect();
        if listing.param(Field::Resolution).is_none() {
            fields.push(("resolution".to_owned(), tiers.collect()));
        }
        fields.push(("aspectRatio".to_owned(), ratios));
    }
    fields
}

/// A listing, and a request that mostly has its required fields.
pub(crate) fn requests() -> impl Strategy<Value = (&'static Listing, Value)> {
    select(sold().collect::<Vec<_>>()).prop_flat_map(|(model, listing)| {
        let field = move |(name, values): (String, Vec<Value>)| {
            let param = listing.all_params().find(|param| param.field.path() == name);
            let likely = match param {
                Some(param) if param.required => 0.95,
                _ if name == "prompt" => 0.9,
                _ => 0.2,
            };
            // The first values are valid.
            let value = prop_oneof![2 => Just(values[0].clone()), 3 => select(values)];
            (Just(name), proptest::option::weighted(likely, value))
        };
        let fields: Vec<_> = fields(listing).into_iter().map(field).collect();
        fields.prop_map(move |fields| {
            let mut request = Map::new();
            request.insert("model".to_owned(), json!(model));
            for (name, value) in fields {
                if let Some(value) = value {
                    request.insert(name, value);
                }
            }
            (listing, Value::Object(request))
        })
    })
}

fn errors(issues: &[Issue]) -> Vec<(String, String)> {
    let errors = issues.iter().filter(|issue| issue.severity == Severity::Error);
    errors.map(|issue| (issue.code.as_str().to_owned(), issue.path.clone())).collect()
}

/// Whether an unvalidated body was accepted.
fn is_taken(listing: &Listing, body: &Value) -> bool {
    let sim = Sim::new();
    let handle: Handle = serde_json::from_value(json!({
        "version": 1, "provider": listing.provider.as_str(), "model": "any",
        "providerModelId": listing.provider_model_id, "id": UUID, "n": 1, "createdAt": T0,
    }))
    .unwrap();
    let mut world = sim.world(listing.provider);
    let _ = world(T0, &listing.provider.submit(&handle, body, false));
    let ledger = sim.ledger();
    let submit = ledger.submissions.first();
    submit.is_some_and(|submit| submit.outcome == SubmitOutcome::Accepted)
        && ledger.total_micro_usd > 0
}

/// Counts the requests of each outcome, so that a property that never applies is noticed.
static SEEN: Mutex<BTreeMap<&str, u32>> = Mutex::new(BTreeMap::new());

fn count(what: &'static str) {
    *SEEN.lock().unwrap().entry(what).or_default() += 1;
}

#[test]
fn client_and_provider_agree() {
    proptest!(proptest_config(2_500), |((listing, request) in requests())| {
        let provider_model_id = &*listing.provider_model_id;
        let fit = fit(provider_model_id, &request);
        let found = errors(&fit.issues);
        let Some(order) = &fit.prepared else {
            let stricter = |(code, path): &(String, String)| {
                STRICTER.iter().any(|(own, at, _)| own == code && at == path)
            };
            // A last frame comes after a first one: the rules about two frames assume it.
            let is_alone = request["image"].is_null() && !request["lastFrameImage"].is_null();
            if is_alone || found.iter().all(stricter) {
                count("stricter");
            } else if let Some(body) = body(listing, &request) {
                count("refused by both");
                prop_assert!(!is_taken(listing, &body), "{provider_model_id} takes {request}, we say {found:?}");
            } else {
                count("nothing to send");
            }
            return Ok(());
        };
        count("taken by both");
        let quote = order.quote.clone();
        let sim = Sim::new();
        let provider = fit.provider;
        let driver = sim.drive_job(provider, start(T0, fit, UUID, LIMITS).unwrap()).run();
        prop_assert!(matches!(driver.done, Some(Ok(_))), "{provider_model_id} {request}: {:?}", driver.done);
        let billed = Usd(i64::try_from(sim.ledger().total_micro_usd).unwrap());
        match (quote.basis, quote.total) {
            (Basis::Exact, total) => {
                count("exact");
                prop_assert_eq!(total, Some((billed, billed)), "{} {}", provider_model_id, request);
            }
            (Basis::Range, Some((min, max))) => {
                count("range");
                prop_assert!(min <= billed && billed <= max, "{provider_model_id} {request}: {billed}");
            }
            (basis, _) => count(basis.as_str()),
        }
    });
    let seen = SEEN.lock().unwrap().clone();
    println!("{seen:?}");
    for what in ["taken by both", "refused by both", "stricter", "exact", "range", "unknown"] {
        assert!(seen.get(what).is_some_and(|count| *count > 8), "{what}: {seen:?}");
    }
}
