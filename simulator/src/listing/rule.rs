//! Documented rules about several parameters.

use super::RequestValues;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// At least one of these.
    AnyOf(&'static [&'static str]),
    /// Exactly one of these groups; none is fine if a parameter of `unless` is present.
    OneOf { of: &'static [&'static [&'static str]], unless: &'static [&'static str] },
    /// The first excludes the others.
    Excludes(&'static str, &'static [&'static str]),
    /// A constraint on a parameter.
    Limit {
        when: Condition,
        path: &'static str,
        to: Limit,
        /// Whether it is required.
        needed: bool,
    },
    /// The second is ignored if the first is present.
    Overrides(&'static str, &'static str),
    /// This many seconds if this is present and no duration is.
    Length(&'static str, u32),
    /// This tier if this is present.
    Tier(&'static str, &'static str),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Condition {
    Given(&'static str),
    On(&'static str),
    /// None of these is present.
    Without(&'static [&'static str]),
    Size(u32, u32),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    Anything,
    Integers(&'static [i64]),
    Words(&'static [&'static str]),
    Items(usize),
    Flag(bool),
    /// One image, and not the last frame.
    FirstFrame,
}

/// `path` is required if `present` is present.
pub(super) const fn needs(present: &'static str, path: &'static str) -> Rule {
    Rule::Limit { when: Condition::Given(present), path, to: Limit::Anything, needed: true }
}

/// A constraint on `path`, if it is present.
pub(super) const fn limit(when: Condition, path: &'static str, to: Limit) -> Rule {
    Rule::Limit { when, path, to, needed: false }
}

impl Condition {
    pub(crate) fn holds(self, values: &RequestValues<'_>) -> bool {
        match self {
            Self::Given(path) => values.has(path),
            Self::On(path) => values.flag(path) == Some(true),
            Self::Without(paths) => !paths.iter().any(|path| values.has(path)),
            Self::Size(width, height) => {
                values.integer("width") == Some(width.into())
                    && values.integer("height") == Some(height.into())
            }
        }
    }
}

impl Limit {
    /// Whether a parameter meets the constraint; an absent one does.
    pub(crate) fn is_met(self, values: &RequestValues<'_>, path: &str) -> bool {
        let Some(value) = values.value(path) else {
            return match self {
                Self::Flag(wanted) => values.flag(path) == Some(wanted),
                _ => true,
            };
        };
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match self {
            Self::Anything => true,
            Self::Integers(integers) => {
                values.integer(path).is_some_and(|value| integers.contains(&value))
            }
            Self::Words(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Items(max) => items.len() <= max,
            Self::Flag(wanted) => value.as_bool() == Some(wanted),
            Self::FirstFrame => match items {
                [only] => only.get("frame").is_none_or(|place| place != "last"),
                _ => false,
            },
        }
    }
}
