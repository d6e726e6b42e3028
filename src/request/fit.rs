//! Whether one listing can take a request, and what it would be sent: the row is interpreted here.

use serde_json::{Map, Value};
use std::borrow::Cow;

use super::{Field, Picture, Request, Text, json_len};
use crate::catalog::{self, ImageForm, Kind, Listing, Param, Rule, Scalar, Size, State, Status};
use crate::issue::{Code, Issue, any_error};
use crate::job::Handle;
use crate::plain::Plain;
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
        && let Some(provider) = ProviderId::ALL
            .iter()
            .find(|known| known.as_str() == provider)
        && provider.is_wire_id(wire_id)
    {
        return Ok(vec![(
            id.to_owned(),
            Cow::Owned(raw_listing(*provider, wire_id)),
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
            task_uuid: self.request.word(Field::TaskUuid).map(str::to_owned),
            usual_ms: self.listing.usual_ms,
            shortest_ms: self.listing.shortest_ms,
        })
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

    // ----------------------------------------------------------------------- rules between fields

    fn rules(&mut self) {
        for rule in self.listing.rules.iter() {
            match rule {
                Rule::OneOf { fields } => self.one_of(fields),
                Rule::Excludes { field, fields } => self.excludes(*field, fields),
                Rule::Overrides { field, fields } => self.overrides(*field, fields),
            }
        }
    }

    fn one_of(&mut self, fields: &[Field]) {
        let said = |field: &Field| match field {
            Field::Size => self.request.has(Field::Size) || self.request.has(Field::Resolution),
            other => self.request.has(*other),
        };
        if fields.iter().any(said) {
            return;
        }
        let names: Vec<&str> = fields.iter().map(|field| field.path()).collect();
        let message = format!("{} wants one of: {}.", self.name(), names.join(", "));
        let path = if fields.contains(&Field::Size) {
            "resolution"
        } else {
            ""
        };
        let issue = Issue::error(path, Code::Missing, message);
        self.issues.push(match self.listing.sizes().first() {
            Some(size) if !path.is_empty() => issue
                .allowed(self.tiers())
                .set("resolution", size.resolution.as_ref()),
            _ => issue,
        });
    }

    fn excludes(&mut self, first: Field, others: &[Field]) {
        for field in others.iter().filter(|field| self.request.has(**field)) {
            if self.request.has(first) {
                let (path, first) = (field.path(), first.path());
                let message = format!("{} takes no `{path}` beside `{first}`.", self.name());
                self.issues
                    .push(Issue::error(path, Code::Conflict, message).remove(path));
            }
        }
    }

    fn overrides(&mut self, first: Field, others: &[Field]) {
        for field in others.iter().filter(|field| self.request.has(**field)) {
            if self.request.has(first) {
                let (path, first) = (field.path(), first.path());
                let message = format!(
                    "{} cannot be told `{path}` beside `{first}`: it is left out.",
                    self.name()
                );
                self.issues
                    .push(Issue::warning(path, Code::Ignored, message).remove(path));
            }
        }
    }

    /// Whether a rule leaves the field out of the body.
    fn is_overridden(&self, field: Field) -> bool {
        self.listing.rules.iter().any(|rule| match rule {
            Rule::Overrides {
                field: first,
                fields,
            } => fields.contains(&field) && self.request.has(*first),
            _ => false,
        })
    }

    // ------------------------------------------------------------- fields that the listing lacks

    fn untaken(&mut self) {
        for (field, value) in &self.request.values {
            let by_size = matches!(field, Field::Resolution | Field::AspectRatio)
                && !self.listing.sizes().is_empty();
            if self.listing.param(*field).is_some() || by_size {
                continue;
            }
            let path = field.path();
            let issue = if self.raw {
                let message = format!("A raw model takes `input` alone: move `{path}` there.");
                Issue::error(path, Code::Unsupported, message).remove(path)
            } else if *field == Field::Size {
                self.size_as_resolution()
            } else if is_harmless(*field, value) {
                let message = format!("{} has no place for `{path}`: left out.", self.name());
                Issue::warning(path, Code::Ignored, message).remove(path)
            } else {
                let message = format!("{} cannot do this: leave `{path}` out.", self.name());
                Issue::error(path, Code::Unsupported, message).remove(path)
            };
            self.issues.push(issue);
        }
    }

    /// A size at a listing that knows resolutions alone: its shorter side names one.
    fn size_as_resolution(&self) -> Issue {
        let message = format!("{} takes a `resolution` in place of a size.", self.name());
        let issue = Issue::error("size", Code::Unsupported, message);
        let tiers = self.listing.param(Field::Resolution);
        let tiers = tiers.map(|param| allowed(&param.kind)).unwrap_or_default();
        let side = self.request.size.map(|(width, height)| width.min(height));
        let tier = side.map(|side| Value::from(format!("{side}p")));
        match tier.filter(|tier| tiers.contains(tier)) {
            Some(tier) => issue.set("resolution", tier).in_place_of("size"),
            None => issue,
        }
    }

    // ------------------------------------------------------------------------------------- sizes

    /// The size that the request names, by itself or by resolution and aspect ratio.
    fn size(&mut self) -> Option<&'a Size> {
        let sizes = self.listing.sizes();
        if sizes.is_empty() {
            return None;
        }
        if let Some((width, height)) = self.request.size {
            return self.exact_size(sizes, width, height);
        }
        let set = |field| {
            self.request
                .word(field)
                .filter(|_| !self.is_overridden(field))
        };
        let (resolution, ratio) = (set(Field::Resolution), set(Field::AspectRatio));
        if resolution.is_none() && ratio.is_none() {
            return None;
        }
        let Some(resolution) = resolution else {
            // Said before, by a rule, or not to be said beside what brings its own size.
            let said = self.issues.iter().any(|issue| issue.path == "resolution");
            let others = [Field::Resolution, Field::Image, Field::Remix];
            if !said && !others.iter().any(|field| self.request.has(*field)) {
                let message = "An aspect ratio wants a `resolution` beside it.";
                let issue = Issue::error("resolution", Code::Missing, message);
                self.issues.push(issue.allowed(self.tiers()));
            }
            return None;
        };
        let of_tier = || sizes.iter().filter(|size| size.resolution == resolution);
        if of_tier().next().is_none() {
            let message = format!("{} makes no {resolution}.", self.name());
            let issue = Issue::error("resolution", Code::NotAllowed, message);
            self.issues.push(issue.allowed(self.tiers()));
            return None;
        }
        let found = of_tier().find(|size| ratio.is_none_or(|ratio| size.ratio == ratio));
        if found.is_none() {
            let ratios = of_tier().filter(|size| !size.ratio.is_empty());
            let ratios = ratios.map(|size| Value::from(size.ratio.as_ref()));
            let message = format!("{} makes no such aspect ratio.", self.name());
            let issue = Issue::error("aspectRatio", Code::NotAllowed, message).allowed(ratios);
            self.issues.push(issue);
        }
        found
    }

    fn exact_size(&mut self, sizes: &'a [Size], width: u32, height: u32) -> Option<&'a Size> {
        let found = sizes
            .iter()
            .find(|size| (size.width, size.height) == (width, height));
        let documented = || sizes.iter().filter(|size| size.documented);
        let words = documented().map(|size| Value::from(word_of(size)));
        match found {
            Some(size) if size.documented => {}
            Some(_) => {
                let message = format!(
                    "{} uses this size in an example, but its list has others.",
                    self.name()
                );
                self.issues
                    .push(Issue::warning("size", Code::Undocumented, message).allowed(words));
            }
            None => {
                let far = |size: &&Size| {
                    let turned = (size.width < size.height) != (width < height);
                    (
                        turned,
                        size.width.abs_diff(width) + size.height.abs_diff(height),
                    )
                };
                let message = format!("{} makes no {width}x{height}.", self.name());
                let issue = Issue::error("size", Code::NotAllowed, message).allowed(words);
                self.issues.push(match documented().min_by_key(far) {
                    Some(near) => issue.set("size", word_of(near)),
                    None => issue,
                });
            }
        }
        found
    }

    /// The resolutions of the sizes, each once.
    fn tiers(&self) -> Vec<Value> {
        let mut tiers: Vec<Value> = Vec::new();
        for size in self.listing.sizes() {
            let tier = Value::from(size.resolution.as_ref());
            if !tiers.contains(&tier) {
                tiers.push(tier);
            }
        }
        tiers
    }

    // -------------------------------------------------------------------------------- parameters

    fn param(&mut self, param: &Param, size: Option<&Size>) {
        let path = param.field.path();
        if let Kind::Size { .. } = param.kind {
            if let (Some(size), Some((width, height))) = (size, param.wire.split_once(' ')) {
                put(&mut self.body, width, size.width.into());
                put(&mut self.body, height, size.height.into());
            }
            return;
        }
        if self.request.broken.contains(&param.field) {
            return;
        }
        let wire = match self.request.value(param.field) {
            Some(value) => self.encode(param, value),
            None if param.required => {
                let message = format!("{} requires `{path}`.", self.name());
                let issue = Issue::error(path, Code::Missing, message);
                self.issues.push(issue.allowed(allowed(&param.kind)));
                None
            }
            None => param
                .default
                .as_ref()
                .filter(|_| param.explicit)
                .map(Scalar::to_json),
        };
        let wire = match (wire, &param.kind) {
            (Some(Value::String(word)), Kind::Choice { allowed }) => {
                let choice = allowed.iter().find(|choice| choice.word == word);
                choice.map(|choice| choice.wire.as_ref().into())
            }
            (wire, _) => wire,
        };
        if let Some(wire) = wire.filter(|_| !param.wire.is_empty()) {
            put(&mut self.body, &param.wire, wire);
        }
    }

    /// The value as the wire wants it (a choice still in our word), or an issue.
    fn encode(&mut self, param: &Param, value: &Value) -> Option<Value> {
        match &param.kind {
            Kind::Text { min, max } => self.text(param.field, value, *min, *max),
            Kind::Integer { min, max, allowed } => {
                self.integer_fits(param.field, value, *min, *max, allowed)
            }
            Kind::Choice { allowed: choices } => {
                let known = choices
                    .iter()
                    .any(|choice| Some(choice.word.as_ref()) == value.as_str());
                if !known {
                    let path = param.field.path();
                    let message = format!("{} does not take this `{path}`.", self.name());
                    let issue = Issue::error(path, Code::NotAllowed, message);
                    let issue = issue.allowed(allowed(&param.kind));
                    self.issues.push(match choices.as_ref() {
                        [only] => issue.set(path, only.word.as_ref()),
                        _ => issue,
                    });
                }
                known.then(|| value.clone())
            }
            Kind::Image {
                forms,
                undocumented,
                list,
            } => {
                let picture = self.request.picture.as_ref()?;
                self.image_fits(picture, forms, undocumented);
                Some(if *list {
                    Value::Array(vec![frame_image(picture)])
                } else {
                    picture.text.clone()
                })
            }
            Kind::Boolean | Kind::Url | Kind::Uuid | Kind::Id | Kind::Size { .. } => {
                Some(value.clone())
            }
        }
    }

    fn text(&mut self, field: Field, value: &Value, min: u32, max: Option<u32>) -> Option<Value> {
        let (path, text) = (field.path(), Text::read(value)?);
        let outside = text.len > text.head.len() as u64;
        let count = if outside {
            text.len
        } else {
            text.head.chars().count() as u64
        };
        let limits = |issue: Issue| issue.limits(Some(min.into()), max.map(i64::from));
        if count < u64::from(min) || text.head.trim().is_empty() {
            let message = format!("{} wants at least {min} characters here.", self.name());
            self.issues
                .push(limits(Issue::error(path, Code::TooShort, message)));
        } else if let Some(max) = max.filter(|max| count > u64::from(*max)) {
            let message = format!("{count} characters; {} takes {max}.", self.name());
            self.issues
                .push(limits(Issue::error(path, Code::TooLong, message)));
        }
        Some(value.clone())
    }

    fn integer_fits(
        &mut self,
        field: Field,
        value: &Value,
        min: Option<i64>,
        max: Option<i64>,
        allowed: &[i64],
    ) -> Option<Value> {
        let (path, number, name) = (field.path(), value.as_i64()?, self.name());
        let error = |code, message: String| Issue::error(path, code, message);
        let issue = if !allowed.is_empty() && !allowed.contains(&number) {
            let nearest = allowed
                .iter()
                .min_by_key(|allowed| allowed.abs_diff(number));
            let message = format!("{name} does not take {number}.");
            let issue = error(Code::NotAllowed, message)
                .allowed(allowed.iter().map(|number| Value::from(*number)));
            nearest.map(|nearest| issue.set(path, *nearest))
        } else if let Some(min) = min.filter(|min| number < *min) {
            let message = format!("{name} wants at least {min}.");
            Some(
                error(Code::TooSmall, message)
                    .limits(Some(min), max)
                    .set(path, min),
            )
        } else if let Some(max) = max.filter(|max| number > *max) {
            let message = if field == Field::N && max == 1 {
                format!("{name} makes one video a request: submit {number} times.")
            } else {
                format!("{name} takes at most {max}.")
            };
            Some(
                error(Code::TooLarge, message)
                    .limits(min, Some(max))
                    .set(path, max),
            )
        } else {
            None
        };
        self.issues.extend(issue);
        Some(number.into())
    }

    fn image_fits(&mut self, picture: &Picture, forms: &[ImageForm], undocumented: &[ImageForm]) {
        if forms.contains(&picture.form) {
            return;
        }
        let words = || forms.iter().map(|form| form.write());
        if !undocumented.contains(&picture.form) {
            let message = format!("{} takes no image of this form.", self.name());
            let issue = Issue::error("image", Code::NotAllowed, message).allowed(words());
            self.issues.push(issue);
        } else if !self.request.inline_image {
            let message = format!(
                "{} documents an address here. `inlineImage: true` sends the bytes all the same, \
                 as its own SDK does.",
                self.name()
            );
            let issue = Issue::error("image", Code::NotAllowed, message).allowed(words());
            self.issues.push(issue.set("inlineImage", true));
        }
    }

    // --------------------------------------------------------------------------------- raw fields

    fn raw_input(&mut self) {
        let Some(input) = self.request.input.as_ref() else {
            if self.raw {
                let message = "A model that the catalogue does not know wants its raw `input`.";
                self.issues
                    .push(Issue::error("input", Code::Missing, message));
            }
            return;
        };
        if self.listing.status.state != State::Unverified || !self.listing.modes.is_empty() {
            let message = "`input` is for models outside the catalogue: use `providerOptions`.";
            self.issues
                .push(Issue::error("input", Code::Conflict, message).remove("input"));
            return;
        }
        self.body = self.listing.provider.raw_body(input.clone());
        self.reserved("input", input);
    }

    fn raw_options(&mut self) {
        let provider = self.listing.provider;
        for (_, fields) in self.request.raw.iter().filter(|(of, _)| *of == provider) {
            self.reserved(&format!("providerOptions.{provider}"), fields);
            merge(&mut self.body, fields);
        }
    }

    /// What finds, bills or settles a job is not for raw fields to change.
    fn reserved(&mut self, path: &str, fields: &Map<String, Value>) {
        for (name, ours) in self.listing.provider.reserved() {
            if fields.contains_key(*name) {
                let message = format!("filmgate sets `{name}` itself{ours}.");
                let path = format!("{path}.{name}");
                self.issues
                    .push(Issue::error(&*path, Code::Reserved, message).remove(&*path));
            }
        }
    }

    /// Whether raw fields may change what is made, and so the price.
    fn price_is_open(&self) -> bool {
        let provider = self.listing.provider;
        let mut of_provider = self.request.raw.iter().filter(|(of, _)| *of == provider);
        of_provider.any(|(_, fields)| fields.keys().any(|name| provider.may_cost(name)))
    }

    fn body_limit(&mut self) {
        let sync = self.request.word(Field::Delivery) == Some("sync");
        let Some(limit) = self.listing.provider.body_limit(sync) else {
            return;
        };
        let len = json_len(&self.body);
        if len > limit {
            let name = self.name();
            let message = format!("The request has {len} bytes; {name} takes {limit}.");
            let form = self.request.picture.as_ref().map(|picture| picture.form);
            let (path, message) = match form {
                Some(ImageForm::DataUri | ImageForm::Base64) => {
                    ("image", format!("{message} Give the image by its address."))
                }
                _ => ("", message),
            };
            let max = i64::try_from(limit).ok();
            self.issues
                .push(Issue::error(path, Code::TooLong, message).limits(None, max));
        }
    }

    // --------------------------------------------------------------------------- what prices need

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

/// Whether the video, its price and its way to the caller are the same without the field.
fn is_harmless(field: Field, value: &Value) -> bool {
    match field {
        Field::AspectRatio
        | Field::OutputType
        | Field::OutputQuality
        | Field::TtlSeconds
        | Field::IncludeCost
        | Field::TaskUuid => true,
        Field::OutputFormat => value.as_str() == Some("mp4"),
        Field::Safety => value.as_str() == Some("none"),
        _ => false,
    }
}

fn word_of(size: &Size) -> String {
    format!("{}x{}", size.width, size.height)
}

/// The values that a kind lists.
fn allowed(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::Integer { allowed, .. } => allowed.iter().map(|number| (*number).into()).collect(),
        Kind::Choice { allowed } => allowed
            .iter()
            .map(|choice| choice.word.as_ref().into())
            .collect(),
        _ => Vec::new(),
    }
}

/// A picture in a list: alone where no frame is named, with it otherwise.
fn frame_image(picture: &Picture) -> Value {
    match &picture.frame {
        None => picture.text.clone(),
        Some(frame) => {
            let mut map = Map::new();
            map.insert("image".to_owned(), picture.text.clone());
            map.insert("frame".to_owned(), frame.clone());
            Value::Object(map)
        }
    }
}

/// Puts a value at a place with dots between levels, making the levels on the way.
fn put(body: &mut Value, place: &str, value: Value) {
    let (name, rest) = match place.split_once('.') {
        Some((name, rest)) => (name, Some(rest)),
        None => (place, None),
    };
    if !body.is_object() {
        *body = Value::Object(Map::new());
    }
    if let Some(map) = body.as_object_mut() {
        match rest {
            None => {
                map.insert(name.to_owned(), value);
            }
            Some(rest) => put(map.entry(name).or_insert(Value::Null), rest, value),
        }
    }
}

/// Lays raw fields over the body, level by level.
fn merge(body: &mut Value, fields: &Map<String, Value>) {
    let Some(map) = body.as_object_mut() else {
        return;
    };
    for (name, value) in fields {
        match (map.get_mut(name), value) {
            (Some(below @ Value::Object(_)), Value::Object(above))
                if Text::read(below).is_none() && Text::read(value).is_none() =>
            {
                merge(below, above);
            }
            _ => {
                map.insert(name.clone(), value.clone());
            }
        }
    }
}
