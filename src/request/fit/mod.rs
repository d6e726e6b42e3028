//! Whether one listing can take a request, and what it would be sent: the row is interpreted here.

mod params;
mod raw;
mod rules;
mod size;

use crate::json::{Object, Value};
use std::borrow::Cow;

use super::{Field, Request};
use crate::catalog::{Catalog, Listing, Model, Param, Scalar, Size, State, When};
use crate::handle::Handle;
use crate::issue::{Code, Issue, any_error};
use crate::price::{Facts, Price};
use crate::provider_id::ProviderId;

/// What one listing makes of a request.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Who sells it.
    pub provider: ProviderId,
    /// The model's id in the catalog, or the caller's own `provider:wire-id`.
    pub model: String,
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// Errors and warnings.
    pub issues: Vec<Issue>,
    /// What would be sent and what it costs; `None` where there is an error.
    pub order: Option<Order>,
}

/// A checked request, encoded for one listing.
#[derive(Debug, Clone)]
pub struct Order {
    /// The listing's id at the provider.
    pub provider_model_id: String,
    /// The body, but for the envelope that the provider's dialect puts around it.
    pub body: Value,
    /// Its price.
    pub quote: Price,
    /// Videos ordered.
    pub n: u32,
    /// Seconds that the provider is asked to keep the video.
    pub ttl_seconds: Option<u32>,
    /// Whether the provider holds the line until the video is made.
    pub sync: bool,
    /// The caller's own task id.
    pub task_uuid: Option<String>,
    /// See [`Listing::typical_duration_ms`].
    pub typical_duration_ms: u32,
    /// See [`Listing::min_duration_ms`].
    pub min_duration_ms: u32,
}

impl Order {
    /// The order behind a handle whose record is not at hand: nothing that could be sent.
    pub(crate) fn unsent(handle: &Handle, typical_duration_ms: u32) -> Self {
        Order {
            provider_model_id: handle.provider_model_id.clone(),
            body: Value::Null,
            quote: Price::unknown("Known to the record alone."),
            n: handle.n,
            ttl_seconds: handle.ttl_seconds,
            sync: false,
            task_uuid: None,
            typical_duration_ms,
            min_duration_ms: 0,
        }
    }
}

/// A listing, and the name of its model.
pub type Named<'a> = (String, Cow<'a, Listing>);

/// The listings that a request asks for: one model's, a raw one, or all of them.
pub fn listings<'a>(request: &Request, catalog: &'a Catalog) -> Result<Vec<Named<'a>>, Box<Issue>> {
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
    let message = "The catalog has no such model. One that it does not know is reached as \
                   `runpod:endpoint` or `runware:id`, with its raw `input`.";
    let known = catalog.models().map(|model| Value::from(model.id.as_ref()));
    Err(Box::new(
        Issue::error("model", Code::UnknownModel, message).allowed(known),
    ))
}

impl Request {
    /// Checks the request against one listing and encodes it.
    pub fn fit(&self, model: &str, listing: &Listing) -> Fit {
        let mut fitting = Fitting {
            request: self,
            listing,
            raw: self.input.is_some() || listing.is_raw(),
            size: None,
            issues: Vec::new(),
            body: Value::Object(Object::new()),
        };
        let order = fitting.order();
        let order = order.filter(|_| !any_error(&fitting.issues) && self.broken.is_empty());
        Fit {
            provider: listing.provider,
            model: model.to_owned(),
            provider_model_id: listing.provider_model_id.to_string(),
            issues: fitting.issues,
            order,
        }
    }
}

struct Fitting<'a> {
    request: &'a Request,
    listing: &'a Listing,
    /// The input is the caller's own.
    raw: bool,
    /// The size that is sent.
    size: Option<&'a Size>,
    issues: Vec<Issue>,
    body: Value,
}

impl<'a> Fitting<'a> {
    fn order(&mut self) -> Option<Order> {
        self.status();
        self.rules();
        self.untaken();
        self.size = self.size();
        self.needs();
        self.raw_input();
        for param in self.listing.all_params() {
            self.param(param);
        }
        self.raw_options();
        self.body_limit();
        self.notes();
        let n = self.results();
        let facts = Facts {
            duration: self.duration(),
            holds: &|when| self.holds(when),
            results: n,
            raw: self.raw || self.price_is_open(),
        };
        let mut quote = Price::new(self.listing, &facts);
        quote.warnings.clone_from(&self.issues);
        Some(Order {
            provider_model_id: self.listing.provider_model_id.to_string(),
            body: std::mem::take(&mut self.body),
            quote,
            n,
            ttl_seconds: self.integer(Field::TtlSeconds),
            sync: self.request.word(Field::DeliveryMethod) == Some("sync"),
            task_uuid: self.task_uuid(),
            typical_duration_ms: self.listing.typical_duration_ms,
            min_duration_ms: self.listing.min_duration_ms,
        })
    }

    /// The caller's own id, where the provider has a place for it. Elsewhere it names nothing: two
    /// jobs of one request, the second after a refusal of the first, must not share a name.
    fn task_uuid(&self) -> Option<String> {
        self.listing.param(Field::TaskUuid)?;
        self.request.word(Field::TaskUuid).map(str::to_owned)
    }

    fn name(&self) -> &'static str {
        self.listing.provider.name()
    }

    fn status(&mut self) {
        let status = &self.listing.status;
        if status.state == State::Retired {
            let sunset = status.sunset.as_deref().unwrap_or("an unknown day");
            let name = self.name();
            let message = format!(
                "Switched off upstream on {sunset}. {name} decides whether it still answers."
            );
            let instead = status.instead.iter().map(|id| Value::from(id.as_ref()));
            self.issues
                .push(Issue::warning("model", Code::DeprecatedModel, message).allowed(instead));
        }
    }

    fn notes(&mut self) {
        for note in self.listing.notes.iter() {
            if note.when.iter().all(|when| self.holds(when) == Some(true)) {
                let (path, text) = (note.field.path(), note.text.as_ref());
                self.issues
                    .push(Issue::warning(path, Code::Undocumented, text));
            }
        }
    }

    // What the price needs to know.

    fn integer(&self, field: Field) -> Option<u32> {
        u32::try_from(self.request.integer(field)?).ok()
    }

    fn results(&self) -> u32 {
        let sent = self.body.get("numberResults").and_then(Value::as_u64);
        let sent = sent.and_then(|n| u32::try_from(n).ok());
        sent.filter(|n| (1..=20).contains(n)).unwrap_or(1)
    }

    fn duration(&self) -> Option<u32> {
        self.integer(Field::Duration)
            .filter(|_| !self.is_overridden(Field::Duration))
    }

    /// Whether it holds for what is sent; `None` where nothing sent says so.
    fn holds(&self, when: &When) -> Option<bool> {
        match when {
            When::Given(field, given) => Some(self.is_given(*field) == *given),
            When::Is(field, scalar) => Some(scalar.is(&self.effective(*field)?)),
        }
    }

    fn all_hold(&self, when: &[When]) -> bool {
        when.iter().all(|when| self.holds(when) == Some(true))
    }

    /// Whether the caller has said it. A size can be said in two ways.
    fn is_given(&self, field: Field) -> bool {
        self.request.has(field) || (field == Field::Size && self.request.has(Field::Resolution))
    }

    /// The value that a field has, as said or by default.
    fn effective(&self, field: Field) -> Option<Value> {
        if field == Field::Resolution {
            return self.resolution().map(Value::from);
        }
        if self.is_overridden(field) {
            return None;
        }
        let default = || Some(self.listing.param(field)?.default.as_ref()?.to_json());
        self.request.value(field).cloned().or_else(default)
    }

    /// The resolution as sent, as the provider's default, or as the picture's own pixels tell.
    fn resolution(&self) -> Option<&'a str> {
        if let Some(size) = self.size {
            return Some(&size.resolution);
        }
        if let Some(only) = self.only_tier() {
            return Some(only);
        }
        if let Some(param) = self.listing.param(Field::Resolution) {
            return self.request.word(Field::Resolution).or(word_of(param));
        }
        let (width, height) = self.request.media(Field::Image).next()?.pixels?;
        let mut sizes = self.listing.sizes().iter();
        let same = sizes.find(|size| (size.width.into(), size.height.into()) == (width, height))?;
        Some(&same.resolution)
    }

    /// The resolution of a listing that makes one alone.
    fn only_tier(&self) -> Option<&'a str> {
        let (first, rest) = self.listing.sizes().split_first()?;
        let only = rest.iter().all(|size| size.resolution == first.resolution);
        (only && self.listing.param(Field::Resolution).is_none()).then_some(&*first.resolution)
    }
}

/// The default of a parameter whose values are words.
fn word_of(param: &Param) -> Option<&str> {
    match &param.default {
        Some(Scalar::Text(word)) => Some(word),
        _ => None,
    }
}
