//! From a request and the caller's wishes to answers: what is wrong, what it costs, and which orders
//! are tried in which order.

use crate::json::Value;
use std::cmp::Ordering;
use std::fmt;

use crate::codec::object;
use crate::error::ErrorCode;
use crate::issue::{Code, Issue, any_error};
use crate::job::{Handle, Job, Limits, QuoteEnds};
use crate::price::{Line, Quote, Usd, cheapest_first, dollars};
use crate::provider::ProviderId;
use crate::request::{Fit, Named, Order, Policy, listings, parse};

/// What the caller wishes beside the video.
#[derive(Debug, Clone, Default)]
pub struct Wishes {
    /// The providers to try, in this order; `None`: the cheapest first.
    pub providers: Option<Vec<ProviderId>>,
    /// The providers that the caller has a key for.
    pub keyed: Vec<ProviderId>,
    /// The most that the upper end of a quote may be.
    pub max_cost: Option<Usd>,
    /// Lets an unknown price pass `max_cost`.
    pub allow_unknown_cost: bool,
}

/// Why nothing can be submitted. Nothing was sent and nothing charged.
///
/// ```
/// use filmgate::plan::{Wishes, plan};
/// use filmgate::{provider::ProviderId, request::Policy};
/// use serde_json::json;
///
/// let request = json!({ "model": "wan-2.6", "prompt": "A fox", "duration": 7, "resolution": "720p" });
/// let wishes = Wishes { providers: Some(vec![ProviderId::Runware]), ..Wishes::default() };
/// let refusal = plan(&request, &wishes, Policy::default()).unwrap_err();
/// assert_eq!(refusal.issues[0].1.allowed, [5, 10, 15]);
/// assert_eq!(
///     refusal.to_string(),
///     "The request has problems, so nothing was sent: see `issues`.\n\
///      duration: Runware does not take 7."
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// `InvalidRequest`, `OverBudget` or `MissingKey`.
    pub code: ErrorCode,
    /// In words.
    pub message: String,
    /// The problems behind it, each with the provider that has it.
    pub issues: Vec<(Option<ProviderId>, Issue)>,
}

impl Refusal {
    /// The caller's wishes are none.
    pub fn of_options(issue: Issue) -> Self {
        let message = issue.message.clone();
        Refusal {
            code: ErrorCode::InvalidRequest,
            message,
            issues: vec![(None, issue)],
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        self.issues
            .iter()
            .try_for_each(|(_, Issue { path, message, .. })| write!(f, "\n{path}: {message}"))
    }
}

impl std::error::Error for Refusal {}

/// A request, read for all its listings.
struct Reading {
    issues: Vec<Issue>,
    fits: Vec<Fit>,
}

/// Reads a request for all its listings. What sends nothing keeps no body: of all the models' bodies one
/// at a time is in memory.
fn read(raw: &Value, policy: Policy<'_>, keeps_bodies: bool) -> Reading {
    let (request, mut issues) = parse(raw, policy);
    let fit = |(model, listing): &Named<'_>| {
        let mut fit = request.fit(model, listing);
        if let Some(order) = fit.order.as_mut().filter(|_| !keeps_bodies) {
            order.body = Value::Null;
        }
        fit
    };
    let fits = match listings(&request, policy.catalogue) {
        Ok(listings) => listings.iter().map(fit).collect(),
        Err(issue) => {
            issues.push(*issue);
            Vec::new()
        }
    };
    Reading { issues, fits }
}

fn all(issues: &[Issue], provider: Option<ProviderId>) -> Vec<Value> {
    issues
        .iter()
        .map(|issue| issue.to_json(provider.map(ProviderId::as_str)))
        .collect()
}

/// Every problem of a request: `{ ok, issues, listings: [{ provider, model, wireId, ok, issues }] }`.
/// ```
/// use filmgate::{plan::check, request::Policy};
/// use serde_json::json;
///
/// let request = json!({ "model": "wan-2.6", "prompt": "A fox", "duration": 7, "sice": "1280*720" });
/// let found = check(&request, Policy::default());
/// assert_eq!(found["ok"], false);
/// assert_eq!(found["issues"][0]["code"], "unknown_field");
/// assert_eq!(found["issues"][0]["allowed"], json!(["size"]));
/// ```
pub fn check(raw: &Value, policy: Policy<'_>) -> Value {
    let reading = read(raw, policy, false);
    let broken = any_error(&reading.issues);
    let listing = |fit: &Fit| {
        object! {
            "provider": fit.provider,
            "model": fit.model,
            "wireId": fit.wire_id,
            "ok": !broken && fit.order.is_some(),
            "issues" => all(&fit.issues, Some(fit.provider)).into(),
        }
    };
    let ok = !broken && reading.fits.iter().any(|fit| fit.order.is_some());
    object! {
        "ok": ok,
        "issues" => all(&reading.issues, None).into(),
        "listings" => reading.fits.iter().map(listing).collect(),
    }
}

/// What each listing asks, cheapest first; then those that cannot take the request, and why.
/// ```
/// use filmgate::{plan::quote, request::Policy};
/// use serde_json::json;
///
/// let request = json!({ "model": "wan-2.6", "prompt": "A fox", "duration": 5, "resolution": "720p" });
/// let quotes = quote(&request, Policy::default());
/// assert_eq!((&quotes[0]["provider"], &quotes[0]["totalUsd"]), (&"runware".into(), &0.5.into()));
/// // The one that animates a picture says what it lacks.
/// let unable = quotes.as_array().into_iter().flatten().find(|quote| quote["available"] == false);
/// assert_eq!(unable.map(|quote| &quote["issues"][0]["path"]), Some(&"image".into()));
/// ```
pub fn quote(raw: &Value, policy: Policy<'_>) -> Value {
    let reading = read(raw, policy, false);
    let broken = any_error(&reading.issues);
    let mut priced: Vec<(&Fit, &Order)> = Vec::new();
    let mut unavailable = Vec::new();
    for fit in &reading.fits {
        match fit.order.as_ref().filter(|_| !broken) {
            Some(order) => priced.push((fit, order)),
            None => {
                let mut issues = all(&reading.issues, None);
                issues.extend(all(&fit.issues, Some(fit.provider)));
                unavailable.push(object! {
                    "available": false,
                    "provider": fit.provider,
                    "model": fit.model,
                    "wireId": fit.wire_id,
                    "issues" => issues.into(),
                });
            }
        }
    }
    priced.sort_by(|a, b| cheapest_first((&a.1.quote, a.0.provider), (&b.1.quote, b.0.provider)));
    let priced = priced
        .into_iter()
        .map(|(fit, order)| quote_json(fit, &order.quote));
    priced.chain(unavailable).collect()
}

fn quote_json(fit: &Fit, quote: &Quote) -> Value {
    let (min, max) = quote.total.unzip();
    let line = |line: &Line| {
        object! {
            "label": line.label,
            "minUsd" => dollars(Some(line.min)),
            "maxUsd" => dollars(Some(line.max)),
        }
    };
    let lines = || quote.lines.iter().map(line).collect();
    object! {
        "available": true,
        "provider": fit.provider,
        "model": fit.model,
        "wireId": fit.wire_id,
        "basis": quote.basis,
        "minUsd" => dollars(min),
        "maxUsd" => dollars(max),
        "totalUsd" => dollars(max.filter(|max| min == Some(*max))),
        "lines" => quote.total.map_or(Value::Null, |_| lines()),
        "reason" => quote.reason.as_deref().into(),
        "warnings" => all(&quote.warnings, Some(fit.provider)).into(),
    }
}

/// The orders to try, first one first; the next one only after a certain rejection of the one before.
/// ```
/// use filmgate::error::ErrorCode;
/// use filmgate::plan::{Wishes, plan};
/// use filmgate::{price::Usd, provider::ProviderId, request::Policy};
/// use serde_json::json;
///
/// let request = json!({ "model": "wan-2.6", "prompt": "A fox", "duration": 5, "resolution": "720p" });
/// let mut wishes = Wishes { keyed: vec![ProviderId::Runpod], ..Wishes::default() };
/// let offers = plan(&request, &wishes, Policy::default())?;
/// assert_eq!(offers[0].wire_id, "wan-2-6-t2v");
///
/// wishes.max_cost = Some(Usd(400_000));
/// let refusal = plan(&request, &wishes, Policy::default()).unwrap_err();
/// assert_eq!(refusal.code, ErrorCode::OverBudget);
/// # Ok::<(), filmgate::plan::Refusal>(())
/// ```
pub fn plan(raw: &Value, wishes: &Wishes, policy: Policy<'_>) -> Result<Vec<Fit>, Refusal> {
    let has_model = raw.get("model").is_some_and(|model| !model.is_null());
    let Reading { issues, fits } = read(raw, policy, has_model);
    let refuse = |code, message: &str, issues| {
        Err(Refusal {
            code,
            message: message.to_owned(),
            issues,
        })
    };
    let general = issues.iter().map(|issue| (None, issue.clone()));
    if !has_model && !any_error(&issues) {
        return refuse(
            ErrorCode::InvalidRequest,
            MODEL,
            vec![(None, no_model(&fits))],
        );
    }
    let wanted = |provider: &ProviderId| {
        wishes
            .providers
            .as_ref()
            .is_none_or(|providers| providers.contains(provider))
    };
    let (taken, refused): (Vec<Fit>, Vec<Fit>) = fits
        .into_iter()
        .filter(|fit| wanted(&fit.provider))
        .partition(|fit| fit.order.is_some() && !any_error(&issues));
    let of = |fit: &Fit| {
        fit.issues
            .iter()
            .map(|issue| (Some(fit.provider), issue.clone()))
            .collect::<Vec<_>>()
    };
    if taken.is_empty() {
        let mut found: Vec<_> = general.chain(refused.iter().flat_map(of)).collect();
        if refused.is_empty() && !any_error(&issues) {
            let message = "None of the providers that were named sells this model.";
            found.push((None, Issue::error("model", Code::UnknownModel, message)));
        }
        let message = "The request has problems, so nothing was sent: see `issues`.";
        return refuse(ErrorCode::InvalidRequest, message, found);
    }
    let (mut taken, keyless): (Vec<Fit>, Vec<Fit>) = taken
        .into_iter()
        .partition(|fit| wishes.keyed.contains(&fit.provider));
    if taken.is_empty() {
        let names: Vec<&str> = keyless.iter().map(|fit| fit.provider.name()).collect();
        let message = format!("No key for {}, so nothing was sent.", names.join(" or "));
        return refuse(ErrorCode::MissingKey, &message, Vec::new());
    }
    if let Some(limit) = wishes.max_cost {
        let dearest = taken.iter().filter_map(upper).min();
        taken.retain(|fit| upper(fit).map_or(wishes.allow_unknown_cost, |upper| upper <= limit));
        if taken.is_empty() {
            let message = match dearest {
                Some(dearest) => format!(
                    "The price may reach {dearest}, which is above the limit of {limit}. Nothing \
                     was sent."
                ),
                None => "The price is unknown, which no limit covers. Nothing was sent; \
                         `allowUnknownCost` lets it pass."
                    .to_owned(),
            };
            return refuse(ErrorCode::OverBudget, &message, Vec::new());
        }
    }
    taken.sort_by(|a, b| {
        let order = wishes.providers.as_ref();
        let wished = order.map(|order| place(order, a.provider).cmp(&place(order, b.provider)));
        wished
            .unwrap_or(Ordering::Equal)
            .then_with(|| by_price(a, b))
    });
    Ok(taken)
}

const MODEL: &str =
    "Say which `model`: `quote` lists those that can make this video. Nothing was sent.";

/// Nobody's money goes to a model that nobody has chosen.
fn no_model(fits: &[Fit]) -> Issue {
    let mut able: Vec<&Fit> = fits.iter().filter(|fit| fit.order.is_some()).collect();
    able.sort_by(|a, b| by_price(a, b));
    let mut models: Vec<Value> = Vec::new();
    for fit in able {
        let model = Value::from(fit.model.as_str());
        if !models.contains(&model) {
            models.push(model);
        }
    }
    Issue::error("model", Code::Missing, MODEL).allowed(models)
}

/// The cheaper of two orders first.
fn by_price(a: &Fit, b: &Fit) -> Ordering {
    match (&a.order, &b.order) {
        (Some(x), Some(y)) => cheapest_first((&x.quote, a.provider), (&y.quote, b.provider)),
        _ => Ordering::Equal,
    }
}

fn upper(fit: &Fit) -> Option<Usd> {
    Some(fit.order.as_ref()?.quote.total?.1)
}

fn place(order: &[ProviderId], provider: ProviderId) -> usize {
    order
        .iter()
        .position(|wanted| *wanted == provider)
        .unwrap_or(order.len())
}

/// Starts the job of an order. `uuid` is a fresh UUID of version 4, which names the job unless the
/// caller has named it.
pub fn start(now: u64, fit: Fit, uuid: &str, limits: Limits) -> Option<Job> {
    let order = fit.order?;
    let handle = Handle {
        version: 1,
        provider: fit.provider,
        model: fit.model,
        wire_id: order.wire_id.clone(),
        key: order.task_uuid.clone().unwrap_or_else(|| uuid.to_owned()),
        job_id: None,
        n: order.n,
        created_at: now,
        submitted_at: None,
        accepted_at: None,
        ended_at: None,
        ttl_seconds: order.ttl_seconds,
        quote: order.quote.total.map(|(min, max)| QuoteEnds { min, max }),
    };
    Some(Job::start(now, handle, order, limits))
}

impl Wishes {
    /// Reads `{ provider, keyed, maxCostUsd, allowUnknownCost }`.
    pub fn read(raw: &Value) -> Result<Self, Box<Issue>> {
        let by_name = |value: &Value| ProviderId::named(value.as_str()?);
        let list = |items: &Vec<Value>| items.iter().map(by_name).collect::<Option<Vec<_>>>();
        let providers = match raw.get("provider") {
            None | Some(Value::Null) => None,
            Some(Value::String(word)) if word == "cheapest" => None,
            Some(Value::Array(items)) if !items.is_empty() => Some(list(items).ok_or(())),
            Some(one) => Some(by_name(one).map(|provider| vec![provider]).ok_or(())),
        };
        let providers = providers.transpose().map_err(|()| {
            let names = ["runpod", "runware", "cheapest"].map(Value::from);
            let message = "Name a provider, a list of them, or `cheapest`.";
            Issue::error("provider", Code::NotAllowed, message).allowed(names)
        })?;
        let max_cost = match raw.get("maxCostUsd") {
            None | Some(Value::Null) => None,
            Some(limit) => Some(limit.as_f64().and_then(Usd::from_f64).ok_or_else(|| {
                let message = "The limit must be an amount in dollars, such as 2.5.";
                Issue::error("maxCostUsd", Code::Malformed, message)
            })?),
        };
        Ok(Wishes {
            providers,
            keyed: raw
                .get("keyed")
                .and_then(Value::as_array)
                .and_then(list)
                .unwrap_or_default(),
            max_cost,
            allow_unknown_cost: raw.get("allowUnknownCost") == Some(&Value::Bool(true)),
        })
    }
}
