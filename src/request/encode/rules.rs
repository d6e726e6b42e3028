//! Rules between fields, and fields that a listing does not have.

use crate::json::Value;

use super::Encoder;
use super::params::nearest;
use crate::catalog::{Rule, Scalar, When};
use crate::field::Field;
use crate::issue::{Code, Issue};
use crate::json::text::join;

impl Encoder<'_> {
    pub(super) fn rules(&mut self) {
        for rule in self.listing.rules.iter() {
            match rule {
                Rule::OneOf { fields } => self.one_of(fields),
                Rule::Excludes { field, fields } => self.excludes(*field, fields),
                Rule::Overrides { field, fields } => self.overrides(*field, fields),
                // They depend on the size, which is not known yet.
                Rule::Needs { .. } | Rule::AtMost { .. } => {}
            }
        }
    }

    /// The rules about values. The size is known by now.
    pub(super) fn conditional_requirements(&mut self) {
        for rule in self.listing.rules.iter() {
            match rule {
                Rule::Needs { when, field, allowed, strict } if self.all_hold(when) => {
                    self.need(when, *field, allowed, *strict)
                }
                Rule::AtMost { when, field, max } if self.all_hold(when) => {
                    self.at_most(*field, *max);
                }
                _ => {}
            }
        }
    }

    fn need(&mut self, when: &[When], field: Field, allowed: &[Scalar], strict: bool) {
        let path = field.path();
        // An invalid or missing field is reported elsewhere, and another rule about it suggests what all accept.
        let param = self.listing.param(field);
        let is_missing = param.is_some_and(|param| param.required && !self.request.has(field));
        let is_broken = self.request.broken.contains(&field) || self.is_reported(field);
        if is_missing || is_broken || self.is_overridden(field) {
            return;
        }
        let case = match when.first() {
            Some(When::Given(field, true)) => format!("With `{}`", field.path()),
            Some(When::Given(field, false)) => format!("Without `{}`", field.path()),
            Some(When::Is(field, scalar)) => {
                format!("With `{}`: {scalar}", field.path())
            }
            None => "In this case".to_owned(),
        };
        let name = self.name();
        if allowed.is_empty() {
            if !self.request.has(field) {
                let message = format!("{case}, {name} requires `{path}`.");
                self.report(Issue::error(path, Code::Required, message));
            }
            return;
        }
        let value = self.effective(field);
        if value.is_some_and(|value| allowed.iter().any(|one| value.is(one))) {
            return;
        }
        let is_possible = allowed.iter().any(|one| self.rules_accept(field, &one.to_json()));
        let (mut words, mut values) = (Vec::new(), Vec::new());
        for one in allowed {
            let value = one.to_json();
            if !is_possible || self.rules_accept(field, &value) {
                words.push(one.to_string());
                values.push(value);
            }
        }
        let wanted = format!("`{path}`: {}", join(&words, " or "));
        let issue = if strict {
            let message = format!("{case}, {name} requires {wanted}.");
            Issue::error(path, Code::Conflict, message)
        } else {
            let message = format!(
                "{name}'s documentation requires {wanted} here but contradicts itself, so {name} may reject this."
            );
            Issue::warning(path, Code::Undocumented, message)
        };
        let issue = self.respelled(field, &values, issue);
        // Another number than the caller's is a nearby value, another word is another wish.
        let near = match self.request.integer(field) {
            Some(given) => nearest(&values, given),
            None => {
                values.first().filter(|_| values.len() == 1 && !self.request.has(field)).cloned()
            }
        };
        let issue = issue.allowed(values);
        self.report(match near.filter(|_| strict && is_possible) {
            Some(value) => issue.suggest_set(path, value),
            None => issue,
        });
    }

    /// Whether every rule that applies accepts the value.
    pub(super) fn rules_accept(&self, field: Field, value: &Value) -> bool {
        self.listing.rules.iter().all(|rule| match rule {
            Rule::Needs { when, field: other, allowed, strict: true } if *other == field => {
                allowed.is_empty()
                    || allowed.iter().any(|one| one.is(value))
                    || !self.all_hold(when)
            }
            _ => true,
        })
    }

    /// Whether the request would lack the field without it.
    pub(super) fn is_needed(&self, field: Field) -> bool {
        let others =
            |fields: &[Field]| fields.iter().any(|other| *other != field && self.is_given(*other));
        let is_ruled = self.listing.rules.iter().any(|rule| match rule {
            Rule::OneOf { fields } => fields.contains(&field) && !others(fields),
            Rule::Needs { when, field: other, .. } => *other == field && self.all_hold(when),
            _ => false,
        });
        is_ruled || self.listing.param(field).is_none_or(|param| param.required)
    }

    pub(super) fn one_of(&mut self, fields: &[Field]) {
        if fields.iter().any(|field| self.is_given(*field)) {
            return;
        }
        let names: Vec<&str> = fields.iter().map(|field| field.path()).collect();
        let message = format!("{} requires one of: {}.", self.name(), join(&names, ", "));
        let path = if fields.contains(&Field::Size) { "resolution" } else { "" };
        let issue = Issue::error(path, Code::Required, message);
        self.report(match self.sizes.first() {
            Some(size) if !path.is_empty() => {
                issue.allowed(self.tiers()).suggest_set("resolution", size.resolution.as_ref())
            }
            _ => issue,
        });
    }

    pub(super) fn excludes(&mut self, first: Field, others: &[Field]) {
        for field in others.iter().filter(|field| self.request.has(**field)) {
            if self.request.has(first) {
                let (path, first) = (field.path(), first.path());
                let message = format!(
                    "{} does not accept `{path}` together with `{first}`. Remove one of them.",
                    self.name()
                );
                self.report(Issue::error(path, Code::Conflict, message));
            }
        }
    }

    pub(super) fn overrides(&mut self, first: Field, others: &[Field]) {
        for field in others.iter().filter(|field| self.request.has(**field)) {
            // A listing with a single resolution uses it for images, too.
            let only = self.only_tier().filter(|_| *field == Field::Resolution);
            if self.request.has(first) && only.is_none() {
                let (path, first) = (field.path(), first.path());
                let message = format!(
                    "{} does not accept `{path}` together with `{first}`, so it is not sent.",
                    self.name()
                );
                self.report(Issue::warning(path, Code::Ignored, message));
            }
        }
    }

    /// Whether a rule removes the field from the body.
    pub(super) fn is_overridden(&self, field: Field) -> bool {
        self.listing.rules.iter().any(|rule| match rule {
            Rule::Overrides { field: first, fields } => {
                self.request.has(*first) && fields.contains(&field)
            }
            _ => false,
        })
    }

    /// Whether a rule stops a default from being sent because a given field excludes it.
    pub(super) fn is_excluded(&self, field: Field) -> bool {
        self.listing.rules.iter().any(|rule| match rule {
            Rule::Excludes { field: first, fields } => {
                self.request.has(*first) && fields.contains(&field)
            }
            _ => false,
        })
    }

    pub(super) fn unsupported_fields(&mut self) {
        for (field, value) in &self.request.values {
            let by_size =
                matches!(field, Field::Resolution | Field::AspectRatio) && !self.sizes.is_empty();
            if self.listing.param(*field).is_some() || by_size {
                continue;
            }
            let path = field.path();
            let issue = if self.raw {
                let message = format!(
                    "A model outside the catalog accepts only `input`. Move `{path}` there."
                );
                Issue::error(path, Code::Unsupported, message)
            } else if *field == Field::Size {
                self.size_as_resolution()
            } else if is_harmless(*field, value)
                || (*field == Field::AspectRatio && self.has_source_media())
            {
                let message =
                    format!("{} does not support `{path}`, so it is not sent.", self.name());
                Issue::warning(path, Code::Ignored, message)
            } else {
                let message = format!(
                    "{} does not support `{path}` for this model. Remove it, or choose a model that has it.",
                    self.name()
                );
                Issue::error(path, Code::Unsupported, message)
            };
            self.report(issue);
        }
    }

    /// A size at a listing that has only resolutions: the shorter side names one.
    pub(super) fn size_as_resolution(&self) -> Box<Issue> {
        let message = format!(
            "{} does not support `size` for this model. Use `resolution` instead.",
            self.name()
        );
        let issue = Issue::error("size", Code::Unsupported, message);
        let tier = self.request.size.and_then(|size| self.tier_of(size));
        // Another resolution beside it is another wish.
        let given = self.request.value(Field::Resolution);
        match tier.filter(|tier| given.is_none_or(|given| given == tier)) {
            Some(tier) => issue.suggest_set("resolution", tier).replacing("size"),
            None => issue,
        }
    }
}

/// Whether the field can be dropped: the video, its price and its delivery stay the same, or the loss is
/// acceptable (a seed only makes a video repeatable).
fn is_harmless(field: Field, value: &Value) -> bool {
    match field {
        Field::Seed
        | Field::OutputType
        | Field::OutputQuality
        | Field::TtlSeconds
        | Field::IncludeCost
        | Field::TaskUuid => true,
        Field::GenerateAudio
        | Field::Music
        | Field::EnhancePrompt
        | Field::Draft
        | Field::CameraFixed
        | Field::Loop
        | Field::Hdr
        | Field::Exr => value.as_bool() == Some(false),
        Field::MotionAmount => value.as_str() == Some("auto"),
        Field::ShotType => value.as_str() == Some("single"),
        Field::Style => value.as_str() == Some("general"),
        Field::OutputFormat => value.as_str().is_some_and(|word| word.eq_ignore_ascii_case("mp4")),
        Field::ContentCheck => value.as_str() == Some("none"),
        _ => false,
    }
}
