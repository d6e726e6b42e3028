//! Encodes a request for one listing: interprets its definition, reports every problem, builds the body.
//!
//! May import the catalog, quotes and the vocabulary. Must never contain a case for a single model.

mod params;
mod raw;
mod rules;
mod size;

use crate::json::{Object, Value};
use std::borrow::Cow;

use super::{Field, Request, unknown_model};
use crate::catalog::{Catalog, Listing, Model, Param, Scalar, Size, State, When};
use crate::handle::Handle;
use crate::issue::{Code, Issue, Severity, any_error};
use crate::json::text::join;
use crate::provider_id::ProviderId;
use crate::quote::{CLAIMED, Price, PricingContext, Rated};

/// A listing that may serve a request: its problems with it, or the encoded request.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// The provider.
    pub provider: ProviderId,
    /// The model's id in the catalog, or the caller's own `provider:id`.
    pub model: String,
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// Errors and warnings.
    pub issues: Vec<Issue>,
    /// What would be sent and what it costs; `None` if there is an error.
    pub prepared: Option<PreparedRequest>,
}

/// A validated request, encoded for one listing.
#[derive(Debug, Clone)]
pub struct PreparedRequest {
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// The body, without the envelope that the provider's module adds.
    pub body: Value,
    /// Its price.
    pub quote: Price,
    /// Number of videos.
    pub n: u32,
    /// How long the provider is asked to retain the video, in seconds.
    pub ttl_seconds: Option<u32>,
    /// Whether the provider responds only when the video is finished.
    pub sync: bool,
    /// The caller's own task id.
    pub task_uuid: Option<String>,
    /// See [`Listing::typical_duration_ms`].
    pub typical_duration_ms: u32,
    /// See [`Listing::min_duration_ms`].
    pub min_duration_ms: u32,
}

impl PreparedRequest {
    /// The request of a handle without its record. It cannot be sent.
    pub(crate) fn unsent(handle: &Handle, typical_duration_ms: u32) -> Self {
        PreparedRequest {
            provider_model_id: handle.provider_model_id.clone(),
            body: Value::Null,
            quote: Price::unknown("The price is stored in the job record, which is not available."),
            n: handle.n,
            ttl_seconds: handle.ttl_seconds,
            sync: false,
            task_uuid: None,
            typical_duration_ms,
            min_duration_ms: 0,
        }
    }
}

/// How much is found out about a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Detail {
    /// The first error, or the price alone: enough to compare many listings.
    Price,
    /// Every issue, and what makes up the price.
    Issues,
    /// The body that is sent, too.
    Body,
}

/// A listing, and the name of its model.
pub type NamedListing<'a> = (String, Cow<'a, Listing>);

/// The listings that a request addresses: those of its model, a raw one, or all if it names no model.
pub fn listings<'a>(
    request: &Request,
    catalog: &'a Catalog,
) -> Result<Vec<NamedListing<'a>>, Box<Issue>> {
    let of = |model: &'a Model| {
        let named = |listing| (model.id.to_string(), Cow::Borrowed(listing));
        model.listings.iter().map(named)
    };
    let Some(id) = request.model.as_deref() else {
        return Ok(catalog.models().flat_map(of).collect());
    };
    if let Some(model) = catalog.model(id) {
        return Ok(of(model).collect());
    }
    if let Some((provider, provider_model_id)) = id.split_once(':')
        && let Some(provider) = ProviderId::named(provider)
        && provider.is_provider_model_id(provider_model_id)
    {
        let raw = Listing::raw(provider, provider_model_id);
        return Ok(vec![(id.to_owned(), Cow::Owned(raw))]);
    }
    Err(unknown_model::issue(id, catalog))
}

impl Request {
    /// Validates the request against one listing and encodes it.
    pub fn encode_for(&self, model: &str, listing: &Listing) -> Candidate {
        self.assess_for(model, listing, Detail::Body)
    }

    /// The same, with as much detail as is read. The body is empty unless it is asked for.
    pub(crate) fn assess_for(&self, model: &str, listing: &Listing, detail: Detail) -> Candidate {
        let mut encoder = self.encoder(listing, detail);
        encoder.validate();
        let is_valid = !any_error(&encoder.issues) && self.broken.is_empty();
        let prepared = is_valid.then(|| encoder.prepare());
        Candidate {
            provider: listing.provider,
            model: model.to_owned(),
            provider_model_id: listing.provider_model_id.to_string(),
            issues: encoder.issues,
            prepared,
        }
    }

    /// The price at one listing, or the message of the first error.
    pub(crate) fn price_at<'a>(&'a self, listing: &'a Listing) -> Result<Rated<'a>, String> {
        let mut encoder = self.encoder(listing, Detail::Price);
        encoder.validate();
        match encoder.issues.first_mut() {
            Some(issue) => Err(std::mem::take(&mut issue.message)),
            None => Ok(encoder.rated(|rated, _| rated)),
        }
    }

    fn encoder<'a>(&'a self, listing: &'a Listing, detail: Detail) -> Encoder<'a> {
        let sizes = listing.sizes();
        Encoder {
            request: self,
            listing,
            sizes,
            tier_param: listing.param(Field::Resolution),
            detail,
            has_body: detail == Detail::Body || self.needs_body(),
            raw: self.input.is_some() || listing.is_raw(),
            size: None,
            issues: Vec::new(),
            body: Value::Object(Object::new()),
        }
    }
}

struct Encoder<'a> {
    request: &'a Request,
    listing: &'a Listing,
    /// The sizes that the listing offers.
    sizes: &'a [Size],
    /// Its parameter for a resolution.
    tier_param: Option<&'a Param>,
    detail: Detail,
    /// Whether the body is built: to be sent, or because the result depends on it.
    has_body: bool,
    /// Whether the body is the caller's raw input.
    raw: bool,
    /// The size that is sent.
    size: Option<&'a Size>,
    issues: Vec<Issue>,
    body: Value,
}

impl<'a> Encoder<'a> {
    /// Reports the problems of the request; in a comparison, up to the first error.
    fn validate(&mut self) -> Option<()> {
        self.status();
        self.rules();
        self.unsupported_fields();
        self.is_open()?;
        self.size = self.size();
        self.conditional_requirements();
        self.is_open()?;
        self.raw_input();
        for param in self.listing.params.iter() {
            self.param(param);
            self.is_open()?;
        }
        for param in self.listing.common_params() {
            let matters = self.has_body || self.request.has(param.field);
            if matters && !self.listing.has_own(param.field) {
                self.param(param);
                self.is_open()?;
            }
        }
        self.raw_options();
        self.body_limit();
        self.shapes();
        self.notes();
        Some(())
    }

    /// The price of a valid request.
    fn rated<T>(&self, read: impl FnOnce(Rated<'a>, &PricingContext<'_>) -> T) -> T {
        let context = PricingContext {
            duration: self.duration(),
            holds: &|when| self.holds(when),
            results: self.results(),
            raw: self.raw || self.price_is_open(),
            is_claimed: self.is_duration_claimed(),
            has_size_price: self.size.is_none_or(Size::has_price),
        };
        read(Rated::new(self.listing, &context), &context)
    }

    /// The valid request, encoded.
    fn prepare(&mut self) -> PreparedRequest {
        let mut quote = self.rated(Rated::with_items);
        quote.warnings.clone_from(&self.issues);
        let n = self.results();
        PreparedRequest {
            provider_model_id: self.listing.provider_model_id.to_string(),
            body: if self.detail == Detail::Body {
                std::mem::take(&mut self.body)
            } else {
                Value::Null
            },
            quote,
            n,
            ttl_seconds: self.integer(Field::TtlSeconds),
            sync: self.request.word(Field::DeliveryMethod) == Some("sync"),
            task_uuid: self.task_uuid(),
            typical_duration_ms: self.listing.typical_duration_ms,
            min_duration_ms: self.listing.min_duration_ms,
        }
    }

    /// Whether the rest may say more; `None` once an error answers the question.
    fn is_open(&self) -> Option<()> {
        (self.detail != Detail::Price || self.issues.is_empty()).then_some(())
    }

    /// The caller's task id, if the provider accepts one. Otherwise it is dropped: a request may become
    /// two jobs, the second after the first was rejected, and they must not share an id.
    fn task_uuid(&self) -> Option<String> {
        self.listing.param(Field::TaskUuid)?;
        self.request.word(Field::TaskUuid).map(str::to_owned)
    }

    #[expect(clippy::boxed_local, reason = "an issue is built in a box")]
    #[inline(never)]
    fn report(&mut self, issue: Box<Issue>) {
        if self.detail != Detail::Price || issue.severity == Severity::Error {
            self.issues.push(*issue);
        }
    }

    /// Whether warnings are reported.
    fn has_warnings(&self) -> bool {
        self.detail != Detail::Price
    }

    fn name(&self) -> &'static str {
        self.listing.provider.name()
    }

    fn status(&mut self) {
        let status = &self.listing.status;
        if status.state == State::Retired && self.has_warnings() {
            let ids = status.replacements.iter();
            let replacements: Vec<Value> = ids.map(|id| id.as_ref().into()).collect();
            let sunset = status.sunset.as_deref().unwrap_or("an unknown date");
            let name = self.name();
            let message = format!(
                "This model was shut down on {sunset}, and {name} may reject it.{}",
                use_one_of(&replacements)
            );
            self.report(
                Issue::warning("model", Code::DeprecatedModel, message).allowed(replacements),
            );
        }
    }

    fn notes(&mut self) {
        if !self.has_warnings() {
            return;
        }
        if self.is_duration_claimed() {
            self.report(Issue::warning(Field::Duration.path(), Code::Ignored, CLAIMED));
        }
        for note in self.listing.notes.iter() {
            if note.when.iter().all(|when| self.holds(when) == Some(true)) {
                let (path, text) = (note.field.path(), note.text.as_ref());
                self.report(Issue::warning(path, Code::Undocumented, text));
            }
        }
    }

    // Inputs of the price.

    fn integer(&self, field: Field) -> Option<u32> {
        u32::try_from(self.request.integer(field)?).ok()
    }

    fn results(&self) -> u32 {
        let sent = if self.has_body {
            self.body.get(RESULTS).and_then(Value::as_u64)
        } else {
            self.unbuilt_results()
        };
        let sent = sent.and_then(|n| u32::try_from(n).ok());
        sent.filter(|n| (1..=20).contains(n)).unwrap_or(1)
    }

    /// What the body would have as its number of videos.
    fn unbuilt_results(&self) -> Option<u64> {
        let param = self.listing.param(Field::N).filter(|param| param.provider_field == RESULTS)?;
        match self.request.integer(Field::N) {
            Some(n) => u64::try_from(n).ok(),
            None => param.default.as_ref().filter(|_| param.always_sent)?.to_json().as_u64(),
        }
    }

    fn duration(&self) -> Option<u32> {
        self.integer(Field::Duration).filter(|_| !self.is_overridden(Field::Duration))
    }

    /// Whether the duration is not sent, and only says how long a file is.
    fn is_duration_claimed(&self) -> bool {
        let param = self.listing.param(Field::Duration);
        self.request.has(Field::Duration)
            && param.is_some_and(|param| param.provider_field.is_empty())
    }

    /// Whether the condition holds for what is sent; `None` if the request leaves it open.
    fn holds(&self, when: &When) -> Option<bool> {
        match when {
            When::Given(field, given) => Some(self.is_given(*field) == *given),
            When::Is(field, scalar) => Some(self.effective(*field)?.is(scalar)),
        }
    }

    fn all_hold(&self, when: &[When]) -> bool {
        when.iter().all(|when| self.holds(when) == Some(true))
    }

    /// Whether the request has the field. A resolution counts as a size.
    fn is_given(&self, field: Field) -> bool {
        self.request.has(field) || (field == Field::Size && self.request.has(Field::Resolution))
    }

    /// The value of a field: given, or the default.
    fn effective(&self, field: Field) -> Option<Effective<'a>> {
        if field == Field::Resolution {
            return self.resolution().map(Effective::Word);
        }
        if self.is_overridden(field) {
            return None;
        }
        match self.request.value(field) {
            Some(value) => Some(Effective::Given(value)),
            None => self.listing.param(field)?.default.as_ref().map(Effective::Default),
        }
    }

    /// The resolution: as sent, the provider's default, or that of the image's pixels.
    fn resolution(&self) -> Option<&'a str> {
        if let Some(size) = self.size {
            return Some(&size.resolution);
        }
        if let Some(only) = self.only_tier() {
            return Some(only);
        }
        if let Some(param) = self.tier_param {
            return self.request.word(Field::Resolution).or(word_of(param));
        }
        let (width, height) = self.request.media(Field::Image).next()?.pixels?;
        let mut sizes = self.sizes.iter();
        let same = sizes.find(|size| size.pixels() == (width, height))?;
        Some(&same.resolution)
    }

    /// The resolution of a listing that has only one.
    fn only_tier(&self) -> Option<&'a str> {
        let (first, rest) = self.sizes.split_first().filter(|_| self.tier_param.is_none())?;
        let only = rest.iter().all(|size| size.resolution == first.resolution);
        only.then_some(&*first.resolution)
    }
}

/// The value that a field has.
#[derive(Clone, Copy)]
enum Effective<'a> {
    /// In the request.
    Given(&'a Value),
    /// By default.
    Default(&'a Scalar),
    /// A resolution.
    Word(&'a str),
}

impl<'a> Effective<'a> {
    fn is(self, scalar: &Scalar) -> bool {
        match self {
            Effective::Given(value) => scalar.is(value),
            Effective::Default(default) => scalar == default,
            Effective::Word(word) => scalar.is_word(word),
        }
    }

    fn word(self) -> Option<&'a str> {
        match self {
            Effective::Given(value) => value.as_str(),
            Effective::Default(Scalar::Text(word)) => Some(word),
            Effective::Default(_) => None,
            Effective::Word(word) => Some(word),
        }
    }
}

/// The number of videos in a body.
const RESULTS: &str = "numberResults";

/// Values that a message lists; `allowed` has all of them.
const MAX_LISTED: usize = 12;

/// What to do about an unsupported value, as the end of a message: ` Use 5, 10 or 15.`
fn use_one_of(allowed: &[Value]) -> String {
    // Not `Value::to_string`: it would bring a serializer into the module.
    let word = |value: &Value| match value {
        Value::Number(number) => number.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    match allowed.split_last() {
        None => String::new(),
        Some((only, [])) => format!(" Use {}.", word(only)),
        Some((last, rest)) if rest.len() < MAX_LISTED => {
            let rest: Vec<String> = rest.iter().map(word).collect();
            format!(" Use {} or {}.", join(&rest, ", "), word(last))
        }
        Some(_) => " Use a value from `allowed`.".to_owned(),
    }
}

/// The default of a parameter whose values are strings.
fn word_of(param: &Param) -> Option<&str> {
    match &param.default {
        Some(Scalar::Text(word)) => Some(word),
        _ => None,
    }
}
