//! The rules between fields, and the fields that a listing lacks.

use crate::json::Value;

use super::Fitting;
use crate::catalog::{Rule, Scalar, When};
use crate::field::Field;
use crate::issue::{Code, Issue};

impl Fitting<'_> {
    pub(super) fn rules(&mut self) {
        for rule in self.listing.rules.iter() {
            match rule {
                Rule::OneOf { fields } => self.one_of(fields),
                Rule::Excludes { field, fields } => self.excludes(*field, fields),
                Rule::Overrides { field, fields } => self.overrides(*field, fields),
                // They ask what is sent, which is not known yet.
                Rule::Needs { .. } | Rule::AtMost { .. } => {}
            }
        }
    }

    /// The rules about values: what is sent is known by now.
    pub(super) fn needs(&mut self) {
        for rule in self.listing.rules.iter() {
            match rule {
                Rule::Needs {
                    when,
                    field,
                    allowed,
                    strict,
                } if self.all_hold(when) => self.need(when, *field, allowed, *strict),
                Rule::AtMost { when, field, max } if self.all_hold(when) => {
                    self.at_most(*field, *max);
                }
                _ => {}
            }
        }
    }

    fn need(&mut self, when: &[When], field: Field, allowed: &[Scalar], strict: bool) {
        let path = field.path();
        // What is broken or missing altogether is said elsewhere.
        let param = self.listing.param(field);
        let is_said = param.is_some_and(|param| param.required && !self.request.has(field));
        if is_said || self.request.broken.contains(&field) || self.is_overridden(field) {
            return;
        }
        let beside = match when.first() {
            Some(When::Given(field, true)) => format!("Beside `{}`", field.path()),
            Some(When::Given(field, false)) => format!("Without `{}`", field.path()),
            Some(When::Is(field, scalar)) => {
                format!("With `{}`: {scalar}", field.path())
            }
            None => "Here".to_owned(),
        };
        let name = self.name();
        if allowed.is_empty() {
            if !self.request.has(field) {
                let message = format!("{beside}, {name} wants `{path}` as well.");
                self.issues
                    .push(Issue::error(path, Code::Required, message));
            }
            return;
        }
        let value = self.effective(field);
        if value
            .as_ref()
            .is_some_and(|value| allowed.iter().any(|one| one.is(value)))
        {
            return;
        }
        let values = || allowed.iter().map(Scalar::to_json);
        let words: Vec<String> = allowed.iter().map(Scalar::to_string).collect();
        let wanted = format!("`{path}`: {}", words.join(" or "));
        let issue = if strict {
            let message = format!("{beside}, {name} wants {wanted}.");
            Issue::error(path, Code::Conflict, message)
        } else {
            let message = format!(
                "{name}'s documents want {wanted} here, and contradict themselves: {name} decides."
            );
            Issue::warning(path, Code::Undocumented, message)
        };
        let issue = issue.allowed(values());
        self.issues.push(match allowed {
            [only] if strict => issue.set(path, only.to_json()),
            _ => issue,
        });
    }

    pub(super) fn one_of(&mut self, fields: &[Field]) {
        if fields.iter().any(|field| self.is_given(*field)) {
            return;
        }
        let names: Vec<&str> = fields.iter().map(|field| field.path()).collect();
        let message = format!("{} wants one of: {}.", self.name(), names.join(", "));
        let path = if fields.contains(&Field::Size) {
            "resolution"
        } else {
            ""
        };
        let issue = Issue::error(path, Code::Required, message);
        self.issues.push(match self.listing.sizes().first() {
            Some(size) if !path.is_empty() => issue
                .allowed(self.tiers())
                .set("resolution", size.resolution.as_ref()),
            _ => issue,
        });
    }

    pub(super) fn excludes(&mut self, first: Field, others: &[Field]) {
        for field in others.iter().filter(|field| self.request.has(**field)) {
            if self.request.has(first) {
                let (path, first) = (field.path(), first.path());
                let message = format!("{} takes no `{path}` beside `{first}`.", self.name());
                self.issues
                    .push(Issue::error(path, Code::Conflict, message).remove(path));
            }
        }
    }

    pub(super) fn overrides(&mut self, first: Field, others: &[Field]) {
        for field in others.iter().filter(|field| self.request.has(**field)) {
            // A listing that makes one resolution alone makes it of a picture as well.
            let only = self.only_tier().filter(|_| *field == Field::Resolution);
            if self.request.has(first) && only.is_none() {
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
    pub(super) fn is_overridden(&self, field: Field) -> bool {
        self.listing.rules.iter().any(|rule| match rule {
            Rule::Overrides {
                field: first,
                fields,
            } => fields.contains(&field) && self.request.has(*first),
            _ => false,
        })
    }

    /// Whether a rule keeps a default from being sent: the caller has given what excludes it.
    pub(super) fn is_excluded(&self, field: Field) -> bool {
        self.listing.rules.iter().any(|rule| match rule {
            Rule::Excludes {
                field: first,
                fields,
            } => fields.contains(&field) && self.request.has(*first),
            _ => false,
        })
    }

    pub(super) fn untaken(&mut self) {
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
    pub(super) fn size_as_resolution(&self) -> Issue {
        let message = format!("{} takes a `resolution` in place of a size.", self.name());
        let issue = Issue::error("size", Code::Unsupported, message);
        let tiers = self.listing.param(Field::Resolution);
        let tiers = tiers.map(|param| param.kind.allowed()).unwrap_or_default();
        let side = self.request.size.map(|(width, height)| width.min(height));
        let tier = side.map(|side| Value::from(format!("{side}p")));
        match tier.filter(|tier| tiers.contains(tier)) {
            Some(tier) => issue.set("resolution", tier).in_place_of("size"),
            None => issue,
        }
    }
}

/// Whether the video, its price and its way to the caller are the same without the field, or what is
/// lost can be borne: a seed makes a video repeatable, and no better.
fn is_harmless(field: Field, value: &Value) -> bool {
    match field {
        Field::AspectRatio
        | Field::Seed
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
        Field::OutputFormat => value.as_str() == Some("mp4"),
        Field::ContentCheck => value.as_str() == Some("none"),
        _ => false,
    }
}
