//! Validates a request, prices it, and plans the listings to try, in order.
//! May import everything except `wasm`.
//! Must never send anything: a plan is made offline.

mod assessment;
mod comparison;
mod json;
mod options;

use crate::json::Value;
use std::fmt;

use crate::error::ErrorCode;
use crate::field::{Field, Shape};
use crate::issue::{Code, Issue, Severity, any_error};
use crate::job::{Handle, Job, Limits, QuoteEnds};
use crate::json::text::join;
use crate::money::Usd;
use crate::provider::ProviderId;
use crate::quote::{Price, Rank};
use crate::request::{Candidate, Detail, NamedListing, Policy, VideoRequest, listings, parse};

pub(crate) use assessment::assess;
pub(crate) use comparison::{Comparison, compare, listing_refs};
pub use options::PlanOptions;

/// Why nothing can be submitted. Nothing was sent and nothing charged.
///
/// ```
/// use filmgate::plan::{PlanOptions, plan};
/// use filmgate::{provider::ProviderId, request::Policy};
/// use filmgate::request::VideoRequest;
///
/// let request = VideoRequest::new("wan-2.6").prompt("A fox").duration(7).resolution("720p");
/// let options = PlanOptions { providers: Some(vec![ProviderId::Runware]), ..PlanOptions::default() };
/// let error = plan(&request, &options, Policy::default()).unwrap_err();
/// assert_eq!(error.issues[0].1.allowed, [5, 10, 15]);
/// assert_eq!(
///     error.to_string(),
///     "The request is invalid. `duration`: Runware does not support 7. Use 5, 10 or 15. \
///      `issues` has every problem. Nothing was sent.\n\
///      duration: Runware does not support 7. Use 5, 10 or 15."
/// );
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PlanError {
    /// `InvalidRequest`, `BudgetExceeded` or `MissingApiKey`.
    pub code: ErrorCode,
    /// What is wrong, and what to do.
    pub message: String,
    /// The problems of the request or the options, each with its provider.
    pub issues: Vec<ProviderIssue>,
}

impl PlanError {
    /// The error of an invalid option.
    pub fn from_options(issue: Issue) -> Self {
        let message = issue.message.clone();
        PlanError { code: ErrorCode::InvalidRequest, message, issues: vec![(None, issue)] }
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut issues = self.issues.iter();
        issues.try_for_each(|(_, Issue { path, message, .. })| write!(f, "\n{path}: {message}"))
    }
}

impl std::error::Error for PlanError {}

/// A request, encoded for all its listings.
struct Reading {
    issues: Vec<Issue>,
    fits: Vec<Candidate>,
}

/// Encodes a request for all its listings. Without [`Detail::Body`], one body at a time is in memory: a request without a
/// model has hundreds.
fn read(raw: &Value, policy: Policy<'_>, detail: Detail) -> Reading {
    let (request, mut issues) = parse(raw, policy);
    let fit = |(model, listing): &NamedListing<'_>| request.assess_for(model, listing, detail);
    let fits = match listings(&request, policy.catalog) {
        Ok(listings) => listings.iter().map(fit).collect(),
        Err(issue) => {
            issues.push(*issue);
            Vec::new()
        }
    };
    Reading { issues, fits }
}

/// The result of [`validate`].
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ValidationResult {
    /// Whether at least one listing accepts the request.
    pub ok: bool,
    /// The problems that concern every listing.
    pub issues: Vec<Issue>,
    /// Each listing of the model, or of all models if the request names none.
    pub listings: Vec<ListingValidation>,
}

/// The validation of a request by one listing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ListingValidation {
    /// The provider of the listing.
    pub provider: ProviderId,
    /// The model's id in the catalog, or a `provider:id` of the caller's.
    pub model: String,
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// Whether it accepts the request.
    pub ok: bool,
    /// The problems that concern this listing only.
    pub issues: Vec<Issue>,
}

/// The price of a request at one listing.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Quote {
    /// The provider of the listing.
    pub provider: ProviderId,
    /// The model's id in the catalog, or a `provider:id` of the caller's.
    pub model: String,
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// The price; or, if the listing does not accept the request, its problems.
    pub price: Result<Price, Vec<ProviderIssue>>,
}

/// A problem, and its provider. `None`: it concerns every listing.
pub type ProviderIssue = (Option<ProviderId>, Issue);

/// Finds every problem of a request at once, for every listing. Sends nothing.
///
/// ```
/// use filmgate::issue::Code;
/// use filmgate::plan::validate;
/// use filmgate::request::{Policy, VideoRequest};
///
/// let request = VideoRequest::new("wan-2.6").prompt("A fox").duration(7).resolution("720p");
/// let result = validate(&request, Policy::default());
/// assert!(!result.ok);
/// let issue = &result.listings[1].issues[0]; // The first listing requires an image.
/// assert_eq!((issue.path.as_str(), issue.code), ("duration", Code::InvalidValue));
/// assert_eq!(issue.allowed, [5, 10, 15]);
/// ```
pub fn validate(request: &VideoRequest, policy: Policy<'_>) -> ValidationResult {
    validate_value(request.as_value(), policy)
}

pub(crate) fn validate_value(raw: &Value, policy: Policy<'_>) -> ValidationResult {
    let Reading { issues, fits } = read(raw, policy, Detail::Issues);
    let broken = any_error(&issues);
    let listing = |fit: Candidate| ListingValidation {
        provider: fit.provider,
        model: fit.model,
        provider_model_id: fit.provider_model_id,
        ok: !broken && fit.prepared.is_some(),
        issues: fit.issues,
    };
    let listings: Vec<_> = fits.into_iter().map(listing).collect();
    ValidationResult { ok: listings.iter().any(|listing| listing.ok), issues, listings }
}

/// Prices a request at every listing: the cheapest first, then those of unknown price, then those that do not accept
/// it. Sends nothing.
///
/// ```
/// use filmgate::plan::quote;
/// use filmgate::money::Usd;
/// use filmgate::provider::ProviderId;
/// use filmgate::request::{Policy, VideoRequest};
///
/// let request = VideoRequest::new("wan-2.6").prompt("A fox").duration(5).resolution("720p");
/// let quotes = quote(&request, Policy::default());
/// assert_eq!(quotes[0].provider, ProviderId::Runware);
/// assert_eq!(quotes[0].price.as_ref().ok().and_then(|price| price.total), Some((Usd(500_000), Usd(500_000))));
/// // The listing that requires an image reports that it is missing.
/// let issues = quotes.iter().find_map(|quote| quote.price.as_ref().err());
/// assert_eq!(issues.map(|issues| issues[0].1.path.as_str()), Some("image"));
/// ```
pub fn quote(request: &VideoRequest, policy: Policy<'_>) -> Vec<Quote> {
    quote_value(request.as_value(), policy)
}

pub(crate) fn quote_value(raw: &Value, policy: Policy<'_>) -> Vec<Quote> {
    let Reading { issues, mut fits } = read(raw, policy, Detail::Issues);
    let broken = any_error(&issues);
    let listing = |fit: Candidate| {
        let provider = fit.provider;
        let price = fit.prepared.filter(|_| !broken).map(|order| order.quote);
        let price = price.ok_or_else(|| {
            let mut found: Vec<ProviderIssue> = general(&issues);
            found.extend(fit.issues.into_iter().map(|issue| (Some(provider), issue)));
            found
        });
        Quote { provider, model: fit.model, provider_model_id: fit.provider_model_id, price }
    };
    if !broken {
        fits = sorted(fits, &[]);
    }
    fits.into_iter().map(listing).collect()
}

/// Plans the listings to try, in order. The next one may be tried only after the one before has certainly rejected the
/// request.
///
/// ```
/// use filmgate::error::ErrorCode;
/// use filmgate::plan::{PlanOptions, plan};
/// use filmgate::{money::Usd, provider::ProviderId, request::Policy};
/// use filmgate::request::VideoRequest;
///
/// let request = VideoRequest::new("wan-2.6").prompt("A fox").duration(5).resolution("720p");
/// let mut options = PlanOptions { available_providers: vec![ProviderId::Runpod], ..PlanOptions::default() };
/// let planned = plan(&request, &options, Policy::default())?;
/// assert_eq!(planned[0].provider_model_id, "wan-2-6-t2v");
///
/// options.max_cost = Some(Usd(400_000));
/// let error = plan(&request, &options, Policy::default()).unwrap_err();
/// assert_eq!(error.code, ErrorCode::BudgetExceeded);
/// # Ok::<(), filmgate::plan::PlanError>(())
/// ```
///
/// # Errors
///
/// [`PlanError`] if the request is invalid, the price exceeds the limit, or no provider with an API key offers the
/// model.
pub fn plan(
    request: &VideoRequest,
    options: &PlanOptions,
    policy: Policy<'_>,
) -> Result<Vec<Candidate>, PlanError> {
    plan_value(request.as_value(), options, policy)
}

pub(crate) fn plan_value(
    raw: &Value,
    options: &PlanOptions,
    policy: Policy<'_>,
) -> Result<Vec<Candidate>, PlanError> {
    let has_model = raw.get("model").is_some_and(|model| !model.is_null());
    let detail = if has_model { Detail::Body } else { Detail::Issues };
    let Reading { issues, fits } = read(raw, policy, detail);
    let fail = |code, message: &str, mut issues: Vec<ProviderIssue>| {
        issues.iter_mut().for_each(|(_, issue)| drop_text(issue));
        Err(PlanError { code, message: message.to_owned(), issues })
    };
    if !has_model && !any_error(&issues) {
        return fail(ErrorCode::InvalidRequest, MODEL_REQUIRED, vec![(None, no_model(fits))]);
    }
    let is_allowed = |provider: &ProviderId| {
        options.providers.as_ref().is_none_or(|providers| providers.contains(provider))
    };
    let (accepted, rejected): (Vec<Candidate>, Vec<Candidate>) = fits
        .into_iter()
        .filter(|fit| is_allowed(&fit.provider))
        .partition(|fit| fit.prepared.is_some() && !any_error(&issues));
    if accepted.is_empty() {
        // The listing with the fewest problems is probably the one that is meant.
        let mut rejected = rejected;
        let errors = |fit: &Candidate| {
            fit.issues.iter().filter(|issue| issue.severity == Severity::Error).count()
        };
        let counts = rejected.iter().map(errors).enumerate().map(|(at, errors)| (errors, at));
        if let Some((_, nearest)) = counts.min() {
            rejected.swap(0, nearest);
        }
        let mut found = general(&issues);
        for fit in &rejected {
            found.extend(fit.issues.iter().map(|issue| (Some(fit.provider), issue.clone())));
        }
        if rejected.is_empty() && !any_error(&issues) {
            let message =
                "No provider in `provider` offers this model: name another provider or model.";
            found.push((None, *Issue::error("model", Code::UnknownModel, message)));
        }
        return fail(ErrorCode::InvalidRequest, &first_problem(&found), found);
    }
    let (mut offers, without_key): (Vec<Candidate>, Vec<Candidate>) =
        accepted.into_iter().partition(|fit| options.available_providers.contains(&fit.provider));
    if offers.is_empty() {
        let names: Vec<&str> = without_key.iter().map(|fit| fit.provider.name()).collect();
        let message =
            format!("No API key for {}: set one. Nothing was sent.", join(&names, " or "));
        return fail(ErrorCode::MissingApiKey, &message, Vec::new());
    }
    if let Some(limit) = options.max_cost {
        let lowest = offers.iter().filter_map(upper).min();
        offers.retain(|fit| upper(fit).map_or(options.allow_unknown_cost, |upper| upper <= limit));
        if offers.is_empty() {
            let message = match lowest {
                Some(lowest) => format!(
                    "The price may reach {lowest}, above the limit of {limit}. Raise `maxCostUsd` or \
                     change the request. Nothing was sent."
                ),
                None => "The price is unknown, so `maxCostUsd` cannot be checked. Set `allowUnknownCost` \
                         to submit anyway. Nothing was sent."
                    .to_owned(),
            };
            return fail(ErrorCode::BudgetExceeded, &message, Vec::new());
        }
    }
    let mut offers = sorted(offers, options.providers.as_deref().unwrap_or_default());
    // Without errors, what concerns every listing are warnings. The job keeps them.
    for order in offers.iter_mut().filter_map(|fit| fit.prepared.as_mut()) {
        order.quote.warnings.extend(issues.iter().cloned());
    }
    Ok(offers)
}

/// A message that names one problem: of the whole request, or of the listing with the fewest.
fn first_problem(found: &[ProviderIssue]) -> String {
    let error = found.iter().find(|(_, issue)| issue.severity == Severity::Error);
    let Some((_, issue)) = error else {
        return "The request is invalid. Nothing was sent.".to_owned();
    };
    let place = if issue.path.is_empty() { String::new() } else { format!("`{}`: ", issue.path) };
    format!(
        "The request is invalid. {place}{} `issues` has every problem. Nothing was sent.",
        issue.message
    )
}

/// An error may be logged whole, and a prompt may not: only [`validate`] and [`quote`] suggest to move a text.
fn drop_text(issue: &mut Issue) {
    let is_text = |field: &&Field| field.shape() == Shape::Text;
    let mut texts = Field::ALL.iter().filter(is_text).map(|field| field.path());
    if issue.fix.as_ref().is_some_and(|fix| texts.any(|path| fix.path == path)) {
        issue.fix = None;
    }
}

const MODEL_REQUIRED: &str =
    "Set `model`. `quote` lists the models that accept this request. Nothing was sent.";

/// A submit requires a chosen model.
fn no_model(mut fits: Vec<Candidate>) -> Issue {
    fits.retain(|fit| fit.prepared.is_some());
    let mut models: Vec<Value> = Vec::new();
    for fit in sorted(fits, &[]) {
        let model = Value::from(fit.model.as_str());
        if !models.contains(&model) {
            models.push(model);
        }
    }
    *Issue::error("model", Code::Required, MODEL_REQUIRED).allowed(models)
}

/// What decides the place of a listing: how much the caller prefers its provider, whether it does not accept the request,
/// and its price.
type Place = (usize, bool, Rank);

fn place(preference: usize, rank: Option<Rank>) -> Place {
    (preference, rank.is_none(), rank.unwrap_or_default())
}

/// The indexes of the places in their order.
#[inline(never)]
fn ordered(places: &[Place]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by(|a, b| places.get(*a).cmp(&places.get(*b)));
    order
}

/// The indexes of the listings in their order: by their providers, then the cheapest first, then those that do not accept
/// the request.
#[inline(never)]
fn ranked(fits: &[Candidate], order: &[ProviderId]) -> Vec<usize> {
    let rank = |fit: &Candidate| Some(fit.prepared.as_ref()?.quote.rank(fit.provider));
    let place = |fit: &Candidate| place(position(order, fit.provider), rank(fit));
    ordered(&fits.iter().map(place).collect::<Vec<_>>())
}

/// The listings in the order of [`ranked`].
fn sorted(fits: Vec<Candidate>, order: &[ProviderId]) -> Vec<Candidate> {
    let ranks = ranked(&fits, order);
    let mut fits: Vec<Option<Candidate>> = fits.into_iter().map(Some).collect();
    ranks.into_iter().filter_map(|at| fits.get_mut(at)?.take()).collect()
}

/// The message of the first error.
fn first_error(issues: &[Issue]) -> Option<&str> {
    let error = issues.iter().find(|issue| issue.severity == Severity::Error);
    error.map(|issue| issue.message.as_str())
}

/// The issues that concern every listing.
fn general(issues: &[Issue]) -> Vec<ProviderIssue> {
    issues.iter().map(|issue| (None, issue.clone())).collect()
}

fn upper(fit: &Candidate) -> Option<Usd> {
    Some(fit.prepared.as_ref()?.quote.published()?.1)
}

fn position(order: &[ProviderId], provider: ProviderId) -> usize {
    order.iter().position(|wanted| *wanted == provider).unwrap_or(order.len())
}

/// Starts the job of a planned listing. `uuid` is a new UUID of version 4. It is the job's id unless the request
/// contains one.
///
/// `now` is in milliseconds since 1970.
///
/// # Errors
///
/// [`StartError`] if the listing does not accept the request. [`plan`] returns no such listing.
pub fn start(now: u64, fit: Candidate, uuid: &str, limits: Limits) -> Result<Job, StartError> {
    let Some(order) = fit.prepared else {
        return Err(StartError { issues: fit.issues });
    };
    let handle = Handle {
        version: 1,
        provider: fit.provider,
        model: fit.model,
        provider_model_id: order.provider_model_id.clone(),
        id: order.task_uuid.clone().unwrap_or_else(|| uuid.to_owned()),
        job_id: None,
        n: order.n,
        created_at: now,
        submitted_at: None,
        accepted_at: None,
        ended_at: None,
        ttl_seconds: order.ttl_seconds,
        quote: order.quote.published().map(|(min, max)| QuoteEnds { min, max }),
    };
    Ok(Job::start(now, handle, order, limits))
}

/// The listing does not accept the request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct StartError {
    /// The listing's problems with the request.
    pub issues: Vec<Issue>,
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("The listing does not accept the request, so no job was created.")?;
        let mut issues = self.issues.iter();
        issues.try_for_each(|Issue { path, message, .. }| write!(f, "\n{path}: {message}"))
    }
}

impl std::error::Error for StartError {}
