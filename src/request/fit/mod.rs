//! Whether one listing can take a request, and what it would be sent: the row is interpreted here.

mod params;
mod raw;
mod rules;
mod size;

use serde_json::{Map, Value};
use std::borrow::Cow;

use super::{Field, Request};
use crate::catalog::{self, Listing, Scalar, Size, State, Status};
use crate::issue::{Code, Issue, any_error};
use crate::job::Handle;
use crate::price::{Basis, Facts, Quote};
use crate::provider::ProviderId;

/// What one listing makes of a request.
#[derive(Debug, Clone)]
pub struct Fit {
    /// Who sells it.
    pub provider: ProviderId,
    /// The model's id in the catalogue, or the caller's own `provider:wire-id`.
    pub model: String,
    /// Errors and warnings.
    pub issues: Vec<Issue>,
    /// What would be sent and what it costs; `None` where there is an error.
    pub order: Option<Order>,
}

/// A checked request, encoded for one listing.
#[derive(Debug, Clone)]
pub struct Order {
    /// The listing's id at the provider.
    pub wire_id: String,
    /// The body, but for the envelope that the provider's dialect puts around it.
    pub body: Value,
    /// Its price.
    pub quote: Quote,
    /// Videos ordered.
    pub n: u32,
    /// Seconds that the provider is asked to keep the video.
    pub ttl_seconds: Option<u32>,
    /// Whether the provider holds the line until the video is made.
    pub sync: bool,
    /// The caller's own task id.
    pub task_uuid: Option<String>,
    /// See [`Listing::usual_ms`].
    pub usual_ms: u32,
    /// See [`Listing::shortest_ms`].
    pub shortest_ms: u32,
}

impl Order {
    /// The order behind a handle whose record is not at hand: nothing that could be sent.
    pub(crate) fn unsent(handle: &Handle, usual_ms: u32) -> Self {
        Order {
            wire_id: handle.wire_id.clone(),
            body: Value::Null,
            quote: Quote::unknown("Known to the record alone."),
            n: handle.n,
            ttl_seconds: handle.ttl_seconds,
            sync: false,
            task_uuid: None,
            usual_ms,
            shortest_ms: 0,
        }
    }
}

/// A listing, and the name of its model.
pub type Named = (String, Cow<'static, Listing>);

/// The listings that a request asks for: one model's, a raw one, or all of them.
pub fn listings(request: &Request) -> Result<Vec<Named>, Box<Issue>> {
    let of = |model: &'static catalog::Model| {
        model
            .listings
            .iter()
            .map(|listing| (model.id.to_string(), Cow::Borrowed(listing)))
    };
    let Some(id) = request.model.as_deref() else {
        return Ok(catalog::MODELS.iter().flat_map(of).collect());
    };
    if let Some(model) = catalog::model(id) {
        return Ok(of(model).collect());
    }
    if let Some((provider, wire_id)) = id.split_once(':')
        && let Some(provider) = ProviderId::named(provider)
        && provider.is_wire_id(wire_id)
    {
        return Ok(vec![(
            id.to_owned(),
            Cow::Owned(raw_listing(provider, wire_id)),
        )]);
    }
    let message = "The catalogue has no such model. One that it does not know is reached as \
                   `runpod:endpoint` or `runware:id`, with its raw `input`.";
    let known = catalog::MODELS
        .iter()
        .map(|model| Value::from(model.id.as_ref()));
    Err(Box::new(
        Issue::error("model", Code::UnknownModel, message).allowed(known),
    ))
}

/// A row for what the catalogue does not know: the delivery alone is ours, the input is the caller's.
fn raw_listing(provider: ProviderId, wire_id: &str) -> Listing {
    let known = catalog::MODELS
        .iter()
        .flat_map(|model| model.listings.iter());
    let delivery = [
        Field::WebhookUrl,
        Field::Delivery,
        Field::IncludeCost,
        Field::TaskUuid,
    ];
    let params = known
        .filter(|listing| listing.provider == provider)
        .take(1)
        .flat_map(|listing| listing.params.iter())
        .filter(|param| delivery.contains(&param.field));
    Listing {
        provider,
        wire_id: wire_id.to_owned().into(),
        modes: Cow::Borrowed(&[]),
        params: params.cloned().collect(),
        rules: Cow::Borrowed(&[]),
        rates: Cow::Borrowed(&[]),
        basis: Basis::Unknown,
        status: Status {
            state: State::Unverified,
            evidence: Cow::Borrowed(""),
            sunset: None,
        },
        usual_ms: 60_000,
        // Nothing is known of it, so nothing is sent twice.
        shortest_ms: 0,
    }
}

impl Request {
    /// Checks the request against one listing and encodes it.
    pub fn fit(&self, model: &str, listing: &Listing) -> Fit {
        let mut fitting = Fitting {
            request: self,
            listing,
            raw: self.input.is_some() || model.contains(':'),
            issues: Vec::new(),
            body: Value::Object(Map::new()),
        };
        let order = fitting.order();
        let order = order.filter(|_| !any_error(&fitting.issues) && self.broken.is_empty());
        Fit {
            provider: listing.provider,
            model: model.to_owned(),
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
    issues: Vec<Issue>,
    body: Value,
}

impl<'a> Fitting<'a> {
    fn order(&mut self) -> Option<Order> {
        self.status();
        self.rules();
        self.untaken();
        let size = self.size();
        self.raw_input();
        for param in self.listing.params.iter() {
            self.param(param, size);
        }
        self.raw_options();
        self.body_limit();
        let n = self.results();
        let facts = Facts {
            duration: self.duration(),
            resolution: self.resolution(size),
            results: n,
            raw: self.raw || self.price_is_open(),
        };
        let mut quote = Quote::new(self.listing, facts);
        quote.warnings.clone_from(&self.issues);
        Some(Order {
            wire_id: self.listing.wire_id.to_string(),
            body: std::mem::take(&mut self.body),
            quote,
            n,
            ttl_seconds: self.integer(Field::TtlSeconds),
            sync: self.request.word(Field::Delivery) == Some("sync"),
            task_uuid: self.task_uuid(),
            usual_ms: self.listing.usual_ms,
            shortest_ms: self.listing.shortest_ms,
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
        if self.listing.status.state == State::Retired {
            let sunset = self
                .listing
                .status
                .sunset
                .as_deref()
                .unwrap_or("an unknown day");
            let message = format!(
                "Switched off upstream on {sunset}. {} decides whether it still answers.",
                self.name()
            );
            self.issues
                .push(Issue::warning("model", Code::Retired, message));
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
    }

    /// The resolution as sent, as the provider's default, or as the picture's own pixels tell.
    fn resolution(&self, size: Option<&'a Size>) -> Option<&'a str> {
        if let Some(size) = size {
            return Some(&size.resolution);
        }
        if let Some(param) = self.listing.param(Field::Resolution) {
            let default = match &param.default {
                Some(Scalar::Text(word)) => Some(word.as_ref()),
                _ => None,
            };
            return self.request.word(Field::Resolution).or(default);
        }
        let (width, height) = self.request.picture.as_ref()?.pixels?;
        let mut sizes = self.listing.sizes().iter();
        let same = sizes.find(|size| (size.width, size.height) == (width, height))?;
        Some(&same.resolution)
    }
}
