//! What must hold of a request's check, its quotes and its orders.

use filmgate::catalog::Catalogue;
use filmgate::job::{Job, Limits, Output};
use filmgate::plan::{PlanOptions, start};
use filmgate::provider::{Body, ProviderId};
use filmgate::request::{Policy, json_len};
use filmgate::untyped::{check, plan, quote};
use serde_json::Value;
use std::time::Duration;

use crate::alloc_meter::{Allowance, Parsed, parse, within};
use crate::response::KEY;

/// Where no model is named, each of the listings is told of up to a hundred problems of everyone's and of
/// its own, with some hundred bytes each.
const READING: Allowance = Allowance {
    times: 8,
    beside: 8_388_608,
};
/// A row is larger in memory than in JSON: each of its texts and lists is one of its own.
const ROWS: Allowance = Allowance {
    times: 24,
    beside: 524_288,
};
const LIMITS: Limits = Limits {
    request_timeout: Duration::from_millis(30_000),
    timeout: Duration::from_millis(3_600_000),
    long_poll: true,
};
/// Problems that are told of one request.
const MOST: usize = 200;

/// Reads `{ request, options, private, catalogue }`.
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
    let rows = part("catalogue");
    let catalogue = match within("catalogue", &ROWS, bytes, || Catalogue::read(&rows)) {
        Ok(catalogue) => catalogue,
        Err(found) => {
            assert!(!found.is_empty(), "refused without a word");
            Catalogue::default()
        }
    };
    let policy = Policy {
        allow_private_hosts: private == Value::Bool(true),
        catalogue: &catalogue,
    };

    let found = within("check", &READING, bytes, || check(&request, policy));
    assert_eq!(found, check(&request, policy));
    issues_are_readable(&found["issues"]);
    let listings = found["listings"].as_array().expect("listings");
    listings
        .iter()
        .for_each(|listing| issues_are_readable(&listing["issues"]));

    let quotes = within("quote", &READING, bytes, || quote(&request, policy));
    let quotes = quotes.as_array().expect("quotes");
    assert_eq!(quotes.len(), listings.len());
    quotes.iter().for_each(price_is_sound);

    let anything = PlanOptions {
        available_providers: ProviderId::ALL.to_vec(),
        ..PlanOptions::default()
    };
    let taken = within("plan", &READING, bytes, || {
        plan(&request, &anything, policy)
    });
    // What is found sound can be planned where a model is named; what is not, cannot.
    let is_named = !request["model"].is_null();
    assert_eq!(found["ok"] == true && is_named, taken.is_ok());

    let Ok(wishes) = PlanOptions::read(&options) else {
        return;
    };
    for fit in plan(&request, &wishes, policy).unwrap_or_default() {
        assert!(wishes.available_providers.contains(&fit.provider), "no key");
        let order = fit.order.as_ref().expect("an order");
        let upper = order.quote.total.map(|(_, upper)| upper);
        let covered = upper.map_or(wishes.allow_unknown_cost, |upper| {
            Some(upper) <= wishes.max_cost
        });
        assert!(wishes.max_cost.is_none() || covered, "over the limit");
        let job = within("start", &READING, bytes, || start(0, fit, KEY, LIMITS));
        job_is_sound(job.expect("a job"));
    }
}

fn issues_are_readable(issues: &Value) {
    let issues = issues.as_array().expect("issues");
    assert!(issues.len() <= MOST, "{} problems", issues.len());
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

fn price_is_sound(quote: &Value) {
    let (min, max) = (quote["minUsd"].as_f64(), quote["maxUsd"].as_f64());
    assert!(min <= max && min.is_none_or(|min| min >= 0.0), "{quote}");
}

/// Before anything else, the job wants to be stored; and it has what will find it again.
fn job_is_sound(mut job: Job) {
    assert!(job.handle.is_sound());
    let Output::Save {
        revision: 1,
        record,
    } = job.poll_output()
    else {
        panic!("not stored first");
    };
    let body = &record["body"];
    let text = body.to_string();
    // References to texts outside count as the texts.
    assert!(
        text.contains("\\u0000outside") || json_len(body) == text.len() as u64,
        "{text}"
    );
    let again: Value =
        serde_json::from_str(&record.to_string()).expect("a record that can be read");
    assert!(Job::resume(0, again, 1, LIMITS).is_ok());
}
