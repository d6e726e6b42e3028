//! Whether a row contradicts itself. Ours are audited by a test, a caller's when they are read.

use super::{Kind, Listing, Mode, Model, Param, Per, Rule, Scalar, State, When, delivery};
use crate::field::Field;
use crate::issue::{Code, Issue};

/// Every contradiction in a model's rows.
pub fn audit(model: &Model) -> Vec<Issue> {
    let mut found = Vec::new();
    // A colon would make an id look like `provider:wire-id`.
    if model.id.is_empty() || model.id.contains(':') {
        found.push(flaw("id", "An id has no colon, and is not empty."));
    }
    if model.listings.is_empty() {
        found.push(flaw("listings", "Nobody sells it."));
    }
    let same = |one: &Listing, other: &Listing| {
        (one.provider, &one.provider_model_id) == (other.provider, &other.provider_model_id)
    };
    if !are_distinct(&model.listings, same) {
        found.push(flaw("listings", "One listing stands here twice."));
    }
    for (at, listing) in model.listings.iter().enumerate() {
        let mut audit = Audit {
            listing,
            at,
            found: &mut found,
        };
        audit.whole();
        audit.params();
        audit.modes();
        audit.rules();
        audit.rates();
    }
    found
}

#[inline(never)]
fn flaw(path: &str, message: &str) -> Issue {
    Issue::error(path, Code::Conflict, message)
}

/// Whether no two are the same. Lists are short.
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

struct Audit<'a> {
    listing: &'a Listing,
    at: usize,
    found: &'a mut Vec<Issue>,
}

impl Audit<'_> {
    fn expect(&mut self, holds: bool, place: &str, message: &str) {
        if !holds {
            let path = format!("listings.{}.{place}", self.at);
            self.found.push(flaw(&path, message));
        }
    }

    /// The same of an item of one of the listing's lists; `place` is empty, or begins with a dot.
    #[inline(never)]
    fn expect_of(&mut self, holds: bool, (list, at): (&str, usize), place: &str, message: &str) {
        if !holds {
            self.expect(false, &format!("{list}.{at}{place}"), message);
        }
    }

    fn whole(&mut self) {
        let listing = self.listing;
        let fits = listing
            .provider
            .is_provider_model_id(&listing.provider_model_id);
        self.expect(fits, "providerModelId", "The provider has no such ids.");
        self.expect(!listing.modes.is_empty(), "modes", "It makes nothing.");
        let status = &listing.status;
        let dated = status.state != State::Retired || status.sunset.as_deref().is_some_and(is_day);
        self.expect(dated, "status.sunset", "What is retired has a last day.");
        let evidence = status.evidence.is_empty() || is_day(&status.evidence);
        self.expect(
            evidence,
            "status.verifiedAt",
            "A day is written as 2026-08-20.",
        );
        let told = !listing.rates.is_empty() || listing.no_price_reason.is_some();
        self.expect(told, "noPriceReason", "No price, and no reason why.");
    }

    fn params(&mut self) {
        let listing = self.listing;
        for (at, param) in listing.params.iter().enumerate() {
            let before = listing.params.get(..at).unwrap_or_default();
            let at = ("params", at);
            let new = before.iter().all(|other| other.field != param.field);
            self.expect_of(new, at, "", "The field stands here twice.");
            // Both frames stand in one list.
            let is_shared = |kind: &Kind| matches!(kind, Kind::Media { list: true, .. });
            let has_place = |other: &Param| !is_shared(&other.kind) && other.wire == param.wire;
            let alone = is_shared(&param.kind) || param.wire.is_empty();
            let alone = alone || !before.iter().any(has_place);
            self.expect_of(alone, at, ".providerField", "Two fields have one place.");
            self.expect_of(is_place(param), at, ".providerField", "No place in a body.");
            let free = self.is_free(param);
            self.expect_of(
                free,
                at,
                ".providerField",
                "filmgate writes this place itself.",
            );
            let sent = !param.explicit || (param.default.is_some() && !param.wire.is_empty());
            self.expect_of(
                sent,
                at,
                ".alwaysSent",
                "There is nothing to send, or no place.",
            );
            let open = !param.required || param.default.is_none();
            self.expect_of(open, at, ".required", "Required, and yet with a default.");
            let default = param.default.as_ref();
            let taken = default.is_none_or(|default| takes(&param.kind, default));
            self.expect_of(taken, at, ".default", "It refuses its own default.");
            self.expect_of(
                is_possible(&param.kind),
                at,
                "",
                "Nothing can be given here.",
            );
        }
    }

    /// Whether a row may write there: what finds, bills or delivers a job stands where it always does.
    fn is_free(&self, param: &Param) -> bool {
        let provider = self.listing.provider;
        let top = param.wire.split('.').next().unwrap_or_default();
        let is_reserved = provider.reserved().iter().any(|(name, _)| *name == top);
        let same = |own: &Param| own.field == param.field && own.wire == param.wire;
        !is_reserved || delivery::params(provider, false).iter().any(same)
    }

    fn modes(&mut self) {
        let mode = |mode: Mode| self.listing.modes.contains(&mode);
        let has = |field: Field| self.listing.param(field).is_some();
        let needs = |field: Field| {
            self.listing
                .param(field)
                .is_some_and(|param| param.required)
        };
        let agrees = [
            (
                mode(Mode::TextToVideo),
                !needs(Field::Image) && has(Field::Prompt),
            ),
            (mode(Mode::ImageToVideo), has(Field::Image)),
            (mode(Mode::FirstLastFrame), has(Field::LastFrameImage)),
            (mode(Mode::Remix), has(Field::RemixId)),
            (mode(Mode::AudioToVideo), has(Field::Audio)),
            (
                mode(Mode::TalkingPortrait),
                has(Field::Audio) && has(Field::Image),
            ),
            (mode(Mode::MotionControl), has(Field::ReferenceVideos)),
            (mode(Mode::VideoToVideo), has(Field::Video)),
            (mode(Mode::Extend), has(Field::Video)),
            (mode(Mode::Reframe), has(Field::Video)),
            (
                mode(Mode::ReferenceToVideo),
                has(Field::ReferenceImages) || has(Field::ReferenceVideos),
            ),
        ];
        let possible = agrees.iter().all(|(sold, can)| !sold || *can);
        self.expect(
            possible,
            "modes",
            "A mode lacks the field that it works from.",
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
            let known = first.iter().chain(fields).all(|field| self.knows(*field));
            let distinct = are_distinct(fields, |one, other| one == other);
            let distinct = distinct && first.is_none_or(|first| !fields.contains(&first));
            let message = "It names a field twice, or one not taken here.";
            self.expect_of(known && distinct, at, "", message);
            let met = when.is_none_or(|when| when.iter().all(|when| self.can_hold(when)));
            self.expect_of(met, at, ".when", "This never holds.");
            if let Rule::Needs { field, allowed, .. } = rule {
                let taken = allowed.iter().all(|value| self.can_be(*field, value));
                self.expect_of(taken, at, ".allowed", "It wants what is not taken.");
            }
        }
    }

    fn rates(&mut self) {
        for (at, rate) in self.listing.rates.iter().enumerate() {
            let at = ("prices", at);
            let reached = rate.when.iter().all(|when| self.can_hold(when));
            self.expect_of(reached, at, "", "Nobody can reach this price.");
            let blocks = (rate.per == Per::Block) == rate.block.is_some_and(|block| block > 0);
            self.expect_of(blocks, at, ".blockSeconds", "Blocks have a length.");
            let timed = rate.per == Per::Video || self.listing.param(Field::Duration).is_some();
            self.expect_of(timed, at, ".per", "Nothing says how many seconds.");
        }
    }

    fn knows(&self, field: Field) -> bool {
        let by_size = matches!(field, Field::Size | Field::Resolution | Field::AspectRatio);
        let takes_resolution = self.listing.param(Field::Resolution).is_some();
        (by_size && !self.listing.sizes().is_empty())
            || (field == Field::Size && takes_resolution)
            || self.listing.param(field).is_some()
    }

    fn can_hold(&self, when: &When) -> bool {
        match when {
            When::Given(field, _) => self.knows(*field),
            When::Is(field, value) => self.can_be(*field, value),
        }
    }

    fn can_be(&self, field: Field, value: &Scalar) -> bool {
        let tier = |size: &super::Size| value.is_word(&size.resolution);
        let by_size = field == Field::Resolution && self.listing.sizes().iter().any(tier);
        let param = self.listing.param(field);
        by_size || param.is_some_and(|param| takes(&param.kind, value))
    }
}

/// Whether a value can stand in a parameter.
fn takes(kind: &Kind, value: &Scalar) -> bool {
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

/// A place has plain names with dots between; a size may have two places.
fn is_place(param: &Param) -> bool {
    let is_name = |name: &str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        !name.is_empty() && name.bytes().all(letter) && name != "__proto__"
    };
    // Deeper than any provider's, and no deeper than a body can be read again.
    let is_one = |place: &str| {
        place.len() <= 100 && place.split('.').count() <= 8 && place.split('.').all(is_name)
    };
    match param.wire.split_once(' ') {
        Some((width, height)) => param.field == Field::Size && is_one(width) && is_one(height),
        None => param.wire.is_empty() || is_one(&param.wire),
    }
}

/// `2026-08-20`
fn is_day(text: &str) -> bool {
    let dash = |at: usize| at == 4 || at == 7;
    text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| byte.is_ascii_digit() != dash(at) && (byte == b'-') == dash(at))
}
