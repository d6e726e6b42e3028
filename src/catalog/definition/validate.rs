//! Finds contradictions in a model's definition: the build script runs it for the built-in ones, `read` for a caller's.

use super::{
    Evidence, Kind, Listing, Mode, Model, Param, Per, Rule, Scalar, State, When, common_params,
};
use crate::field::Field;
use crate::issue::{Code, Issue};
use crate::money::Basis;

/// Every contradiction in a model's definition.
pub fn validate(model: &Model) -> Vec<Issue> {
    let mut found = Vec::new();
    // An id with a colon would look like `provider:id`.
    if model.id.is_empty() || model.id.contains(':') {
        found.push(issue("id", "Use an id that is not empty and has no colon."));
    }
    if model.listings.is_empty() {
        found.push(issue("listings", "A model requires at least one listing."));
    }
    let same = |one: &Listing, other: &Listing| {
        (one.provider, &one.provider_model_id) == (other.provider, &other.provider_model_id)
    };
    if !are_distinct(&model.listings, same) {
        found.push(issue(
            "listings",
            "Two listings have the same `provider` and `providerModelId`. Remove one.",
        ));
    }
    for (at, listing) in model.listings.iter().enumerate() {
        let mut validator = Validator { listing, at, found: &mut found };
        validator.listing();
        validator.params();
        validator.modes();
        validator.rules();
        validator.rates();
    }
    found
}

#[inline(never)]
fn issue(path: &str, message: &str) -> Issue {
    *Issue::error(path, Code::Conflict, message)
}

/// Whether no two items are the same. The lists are short.
fn are_distinct<T>(items: &[T], same: impl Fn(&T, &T) -> bool) -> bool {
    let mut rest = items;
    while let Some((one, others)) = rest.split_first() {
        if others.iter().any(|other| same(one, other)) {
            return false;
        }
        rest = others;
    }
    true
}

struct Validator<'a> {
    listing: &'a Listing,
    at: usize,
    found: &'a mut Vec<Issue>,
}

impl Validator<'_> {
    fn expect(&mut self, holds: bool, path: &str, message: &str) {
        if !holds {
            let path = format!("listings.{}.{path}", self.at);
            self.found.push(issue(&path, message));
        }
    }

    /// The same for an item of one of the listing's lists; `path` is empty or begins with a dot.
    #[inline(never)]
    fn expect_of(&mut self, holds: bool, (list, at): (&str, usize), path: &str, message: &str) {
        if !holds {
            self.expect(false, &format!("{list}.{at}{path}"), message);
        }
    }

    fn listing(&mut self) {
        let listing = self.listing;
        let is_id = listing.provider.is_provider_model_id(&listing.provider_model_id);
        self.expect(
            is_id,
            "providerModelId",
            "Not an id of this provider. Use the id from its documentation.",
        );
        self.expect(!listing.modes.is_empty(), "modes", "Give at least one mode.");
        let status = &listing.status;
        let dated = status.state != State::Retired || status.sunset.as_deref().is_some_and(is_date);
        self.expect(
            dated,
            "status.sunset",
            "A retired listing requires a date such as `2026-08-20`.",
        );
        let is_dated = status.verified_at.is_empty() || is_date(&status.verified_at);
        self.expect(is_dated, "status.verifiedAt", "Invalid date. Use the form `2026-08-20`.");
        self.evidence(listing.evidence.as_ref(), "evidence");
        let is_explained = !listing.rates.is_empty() || listing.no_price_reason.is_some();
        self.expect(
            is_explained,
            "noPriceReason",
            "A listing without `prices` requires a `noPriceReason`.",
        );
    }

    fn evidence(&mut self, evidence: Option<&Evidence>, path: &str) {
        let Some(evidence) = evidence else {
            return;
        };
        let message = "Name the document: its URL, or a package and its version.";
        self.expect(!evidence.source.is_empty(), &format!("{path}.source"), message);
        let (day, minute) = evidence.date.split_at_checked(10).unwrap_or_default();
        let message = "Invalid date. Use the form `2026-08-20` or `2026-08-20T14:05Z`.";
        self.expect(is_date(day) && is_minute(minute), &format!("{path}.date"), message);
    }

    fn params(&mut self) {
        let listing = self.listing;
        for (at, param) in listing.params.iter().enumerate() {
            let before = listing.params.get(..at).unwrap_or_default();
            let at = ("params", at);
            let new = before.iter().all(|other| other.field != param.field);
            self.expect_of(new, at, "", "Two parameters have the same `field`. Remove one.");
            // Both frames share one list.
            let is_shared = |kind: &Kind| matches!(kind, Kind::Media { list: true, .. });
            let collides = |other: &Param| {
                !is_shared(&other.kind) && other.provider_field == param.provider_field
            };
            let is_own = is_shared(&param.kind) || param.provider_field.is_empty();
            let is_own = is_own || !before.iter().any(collides);
            self.expect_of(
                is_own,
                at,
                ".providerField",
                "Another parameter has this `providerField`.",
            );
            self.expect_of(
                is_body_path(param),
                at,
                ".providerField",
                "Invalid path. Use names of letters, digits and `_`, separated by dots.",
            );
            let free = self.is_free(param);
            self.expect_of(
                free,
                at,
                ".providerField",
                "filmgate sets this field itself. Remove the parameter.",
            );
            let sent =
                !param.always_sent || (param.default.is_some() && !param.provider_field.is_empty());
            self.expect_of(
                sent,
                at,
                ".alwaysSent",
                "`alwaysSent` requires a `default` and a `providerField`.",
            );
            let open = !param.required || param.default.is_none();
            self.expect_of(open, at, ".required", "A required parameter cannot have a `default`.");
            let default = param.default.as_ref();
            let accepted = default.is_none_or(|default| accepts(&param.kind, default));
            self.expect_of(accepted, at, ".default", "The parameter does not accept this default.");
            self.expect_of(
                is_possible(&param.kind),
                at,
                "",
                "No value is valid for this parameter. Check its limits and lists.",
            );
        }
    }

    /// Whether a definition may set this field. Those that identify, bill or deliver a job are reserved.
    fn is_free(&self, param: &Param) -> bool {
        let provider = self.listing.provider;
        let top = param.provider_field.split('.').next().unwrap_or_default();
        let is_reserved = provider.reserved().iter().any(|(name, _)| *name == top);
        let same =
            |own: &Param| own.field == param.field && own.provider_field == param.provider_field;
        !is_reserved || common_params::params(provider, false).iter().any(same)
    }

    fn modes(&mut self) {
        let mode = |mode: Mode| self.listing.modes.contains(&mode);
        let has = |field: Field| self.listing.param(field).is_some();
        let needs = |field: Field| self.listing.param(field).is_some_and(|param| param.required);
        let agrees = [
            (mode(Mode::TextToVideo), !needs(Field::Image) && has(Field::Prompt)),
            (mode(Mode::ImageToVideo), has(Field::Image)),
            (mode(Mode::FirstLastFrame), has(Field::LastFrameImage)),
            (mode(Mode::Remix), has(Field::RemixId)),
            (mode(Mode::AudioToVideo), has(Field::Audio)),
            (mode(Mode::TalkingPortrait), has(Field::Audio) && has(Field::Image)),
            (mode(Mode::MotionControl), has(Field::ReferenceVideos)),
            (mode(Mode::VideoToVideo), has(Field::Video)),
            (mode(Mode::Extend), has(Field::Video)),
            (mode(Mode::Reframe), has(Field::Video)),
            (
                mode(Mode::ReferenceToVideo),
                has(Field::ReferenceImages) || has(Field::ReferenceVideos),
            ),
        ];
        let possible = agrees.iter().all(|(offered, possible)| !offered || *possible);
        self.expect(
            possible,
            "modes",
            "A mode requires a parameter that is missing, such as `image` for `image-to-video`.",
        );
    }

    fn rules(&mut self) {
        for (at, rule) in self.listing.rules.iter().enumerate() {
            let at = ("rules", at);
            let (first, fields, when) = match rule {
                Rule::OneOf { fields } => (None, &**fields, None),
                Rule::Excludes { field, fields } | Rule::Overrides { field, fields } => {
                    (Some(*field), &**fields, None)
                }
                Rule::Needs { when, field, .. } | Rule::AtMost { when, field, .. } => {
                    (Some(*field), &[][..], Some(when))
                }
            };
            let exists = first.iter().chain(fields).all(|field| self.has_field(*field));
            let distinct = are_distinct(fields, |one, other| one == other);
            let distinct = distinct && first.is_none_or(|first| !fields.contains(&first));
            let message = "The rule names a field twice, or one that the listing does not have.";
            self.expect_of(exists && distinct, at, "", message);
            let met = when.is_none_or(|when| when.iter().all(|when| self.can_hold(when)));
            self.expect_of(met, at, ".when", "This condition can never be true.");
            if let Rule::Needs { field, allowed, .. } = rule {
                let accepted = allowed.iter().all(|value| self.can_be(*field, value));
                self.expect_of(
                    accepted,
                    at,
                    ".allowed",
                    "The parameter does not accept one of these values.",
                );
            }
        }
    }

    fn rates(&mut self) {
        for (at, rate) in self.listing.rates.iter().enumerate() {
            let at = ("prices", at);
            let reached = rate.when.iter().all(|when| self.can_hold(when));
            self.expect_of(reached, at, "", "The conditions of this price can never be true.");
            let blocks = (rate.per == Per::Block) == rate.block.is_some_and(|block| block > 0);
            self.expect_of(blocks, at, ".blockSeconds", "`per: \"block\"` requires a positive `blockSeconds`; other units must not have it.");
            let is_a_price = matches!(rate.basis, Basis::Exact | Basis::Estimate | Basis::Custom);
            self.expect_of(is_a_price, at, ".basis", "`basis` must be `exact` or `estimate`.");
            self.evidence(rate.evidence.as_ref(), &format!("prices.{}.evidence", at.1));
            let timed = rate.per == Per::Video || self.listing.param(Field::Duration).is_some();
            self.expect_of(
                timed,
                at,
                ".per",
                "A price per second or block requires a `duration` parameter.",
            );
        }
    }

    fn has_field(&self, field: Field) -> bool {
        let by_size = matches!(field, Field::Size | Field::Resolution | Field::AspectRatio);
        let has_resolution = self.listing.param(Field::Resolution).is_some();
        (by_size && !self.listing.sizes().is_empty())
            || (field == Field::Size && has_resolution)
            || self.listing.param(field).is_some()
    }

    fn can_hold(&self, when: &When) -> bool {
        match when {
            When::Given(field, _) => self.has_field(*field),
            When::Is(field, value) => self.can_be(*field, value),
        }
    }

    fn can_be(&self, field: Field, value: &Scalar) -> bool {
        let tier = |size: &super::Size| value.is_word(&size.resolution);
        let by_size = field == Field::Resolution && self.listing.sizes().iter().any(tier);
        let param = self.listing.param(field);
        by_size || param.is_some_and(|param| accepts(&param.kind, value))
    }
}

/// Whether a parameter accepts a value.
fn accepts(kind: &Kind, value: &Scalar) -> bool {
    match (kind, value) {
        (Kind::Choice { allowed }, Scalar::Text(word)) => {
            allowed.iter().any(|choice| choice.word == *word)
        }
        (Kind::Integer { min, max, allowed }, Scalar::Integer(number)) => {
            (allowed.is_empty() || allowed.contains(number))
                && min.is_none_or(|min| min <= *number)
                && max.is_none_or(|max| max >= *number)
        }
        (Kind::Number { min, max }, Scalar::Integer(number)) => {
            min.is_none_or(|min| min <= *number) && max.is_none_or(|max| max >= *number)
        }
        (Kind::Boolean { only }, Scalar::Boolean(yes)) => only.is_none_or(|only| only == *yes),
        (Kind::Size { allowed }, Scalar::Text(word)) => {
            allowed.iter().any(|size| size.word() == **word)
        }
        _ => false,
    }
}

/// Whether a parameter can have any value at all.
fn is_possible(kind: &Kind) -> bool {
    match kind {
        Kind::Text { min, max } => max.is_none_or(|max| *min <= max),
        Kind::Integer { min, max, allowed } => {
            allowed.is_sorted() && min.is_none_or(|min| max.is_none_or(|max| min <= max))
        }
        Kind::Number { min, max } => min.is_none_or(|min| max.is_none_or(|max| min <= max)),
        Kind::Choice { allowed } => !allowed.is_empty(),
        Kind::Size { allowed } => {
            !allowed.is_empty() && allowed.iter().all(|size| size.width > 0 && size.height > 0)
        }
        Kind::Media { forms, max, .. } => !forms.is_empty() && *max > 0,
        Kind::Boolean { .. } | Kind::Url | Kind::Uuid | Kind::Id => true,
    }
}

/// Whether the parameter's field is a dotted path of plain names; a size may have two.
fn is_body_path(param: &Param) -> bool {
    let is_name = |name: &str| {
        let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !name.is_empty() && name.bytes().all(is_plain) && name != "__proto__"
    };
    // Deeper than any provider's, but not too deep for a stored body to be parsed again.
    let is_path = |path: &str| {
        path.len() <= 100 && path.split('.').count() <= 8 && path.split('.').all(is_name)
    };
    match param.provider_field.split_once(' ') {
        Some((width, height)) => param.field == Field::Size && is_path(width) && is_path(height),
        None => param.provider_field.is_empty() || is_path(&param.provider_field),
    }
}

/// Whether the text is a date such as `2026-08-20`.
pub(crate) fn is_date(text: &str) -> bool {
    let dash = |at: usize| at == 4 || at == 7;
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte.is_ascii_digit() != dash(at) && (byte == b'-') == dash(at))
}

/// Whether the text is empty or a minute such as `T14:05Z`.
fn is_minute(text: &str) -> bool {
    let expected = b"T00:00Z";
    let fits = |(byte, expected): (u8, &u8)| match expected {
        b'0' => byte.is_ascii_digit(),
        other => byte == *other,
    };
    text.is_empty() || (text.len() == expected.len() && text.bytes().zip(expected).all(fits))
}
