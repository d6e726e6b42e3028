//! The rules between fields, and the fields that a listing lacks.

use serde_json::Value;

use super::Fitting;
use super::params::allowed;
use crate::catalog::Rule;
use crate::issue::{Code, Issue};
use crate::request::Field;

impl Fitting<'_> {
    pub(super) fn rules(&mut self) {
        for rule in self.listing.rules.iter() {
            match rule {
                Rule::OneOf { fields } => self.one_of(fields),
                Rule::Excludes { field, fields } => self.excludes(*field, fields),
                Rule::Overrides { field, fields } => self.overrides(*field, fields),
            }
        }
    }

    pub(super) fn one_of(&mut self, fields: &[Field]) {
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
    pub(super) fn is_overridden(&self, field: Field) -> bool {
        self.listing.rules.iter().any(|rule| match rule {
            Rule::Overrides {
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
    /// A size at a listing that knows resolutions alone: its shorter side names one.
    pub(super) fn size_as_resolution(&self) -> Issue {
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
