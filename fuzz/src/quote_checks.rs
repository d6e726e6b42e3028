//! Invariants of a request's validation, its quotes and its plans.

use filmgate::catalog::Catalog;
use filmgate::job::{Job, Limits, Output};
use filmgate::plan::{PlanOptions, start};
use filmgate::provider::{Body, ProviderId};
use filmgate::request::{Policy, json_len};
use filmgate::untyped::{plan, quote, validate};
use serde_json::Value;
use std::time::Duration;

use crate::alloc_meter::{MemoryLimit, Parsed, parse, within};
use crate::response::KEY;

/// Without a model, each listing reports up to a hundred general issues and its own, with some hundred
/// bytes each. With 66 listings 24.6 MB are measured.
const READING: MemoryLimit = MemoryLimit {
    factor: 8,
    base_bytes: 33_554_432,
};
/// A row is larger in memory than in JSON: each text and list is allocated separately.
const ROWS: MemoryLimit = MemoryLimit {
    factor: 24,
    base_bytes: 524_288,
};
const LIMITS: Limits = Limits {
    request_timeout: Duration::from_millis(30_000),
    timeout: Duration::from_millis(3_600_000),
    long_poll: true,
};
/// Issues reported for one request at most.
const MAX_ISSUES: usize = 200;

/// Reads `{ request, options, private, catalog }`.
pub fn check_all(data: &[u8]) {
    let Parsed {
        body: Body::Json(mut json),
        bytes,
    } = parse(&String::from_utf8_lossy(data))
    else {
        return;
    };
    let mut part = |name: &str| json.get_mut(name).map(Value::take).unwrap_or_default();
    let (request, options, private) = (part("request"), part("options"), part("private"));
    let rows = part("catalog");
    let catalog = match within("catalog", &ROWS, bytes, || Catalog::read(&rows)) {
        Ok(catalog) => catalog,
        Err(found) => {
            assert!(!found.is_empty(), "refused without a word");
            Catalog::default()
        }
    };
    let policy = Policy {
        allow_private_hosts: private == Value::Bool(true),
        catalog: &catalog,
    };

    let found = within("validate", &READING, bytes, || validate(&request, policy));
    assert_eq!(found, validate(&request, policy));
    assert_readable_issues(&found["issues"]);
    let listings = found["listings"].as_array().expect("listings");
    listings
        .iter()
        .for_each(|listing| assert_readable_issues(&listing["issues"]));

    let quotes = within("quote", &READING, bytes, || quote(&request, policy));
    let quotes = quotes.as_array().expect("quotes");
    assert_eq!(quotes.len(), listings.len());
    quotes.iter().for_each(assert_valid_price);

    let anything = PlanOptions {
        available_providers: ProviderId::ALL.to_vec(),
        ..PlanOptions::default()
    };
    let taken = within("plan", &READING, bytes, || {
        plan(&request, &anything, policy)
    });
    // A valid request with a model can be planned; others cannot.
    let is_named = !request["model"].is_null();
    assert_eq!(found["ok"] == true && is_named, taken.is_ok());

    let Ok(options) = PlanOptions::read(&options) else {
        return;
    };
    for fit in plan(&request, &options, policy).unwrap_or_default() {
        assert!(
            options.available_providers.contains(&fit.provider),
            "no key"
        );
        let order = fit.prepared.as_ref().expect("an order");
        let upper = order.quote.total.map(|(_, upper)| upper);
        let covered = upper.map_or(options.allow_unknown_cost, |upper| {
            Some(upper) <= options.max_cost
        });
        assert!(options.max_cost.is_none() || covered, "over the limit");
        let job = within("start", &READING, bytes, || start(0, fit, KEY, LIMITS));
        assert_valid_job(job.expect("a job"));
    }
}

fn assert_readable_issues(issues: &Value) {
    let issues = issues.as_array().expect("issues");
    assert!(issues.len() <= MAX_ISSUES, "{} problems", issues.len());
    for issue in issues {
        let text = |name: &str| issue[name].as_str().expect("text");
        assert!(
            (1..=400).contains(&text("message").chars().count()),
            "{issue}"
        );
        assert!(text("path").chars().count() <= 400, "{issue}");
        assert!(!text("code").is_empty());
    }
}

fn assert_valid_price(quote: &Value) {
    let (min, max) = (quote["minUsd"].as_f64(), quote["maxUsd"].as_f64());
    assert!(min <= max && min.is_none_or(|min| min >= 0.0), "{quote}");
}

/// The job saves first, and the record contains what finds it again.
fn assert_valid_job(mut job: Job) {
    assert!(job.handle.is_valid());
    let Output::Save {
        revision: 1,
        record,
    } = job.poll_output()
    else {
        panic!("not stored first");
    };
    let body = &record["submission"]["body"];
    let text = body.to_string();
    // References to long strings count as the strings.
    assert!(
        text.contains("\\u0000outside") || json_len(body) == text.len() as u64,
        "{text}"
    );
    let again: Value =
        serde_json::from_str(&record.to_string()).expect("a record that can be read");
    assert!(Job::resume(0, again, 1, LIMITS).is_ok());
}
