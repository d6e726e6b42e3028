//! What the documents say of several parameters together.

use super::Given;

#[derive(Debug, Clone, Copy)]
pub(crate) enum Rule {
    /// At least one of these.
    AnyOf(&'static [&'static str]),
    /// One of these groups, and no other; none is well too where a parameter of `unless` is there.
    OneOf {
        of: &'static [&'static [&'static str]],
        unless: &'static [&'static str],
    },
    /// The first with none of the others.
    Excludes(&'static str, &'static [&'static str]),
    /// What a parameter is held to.
    Limit {
        when: When,
        path: &'static str,
        to: Limit,
        /// Whether it must be there.
        needed: bool,
    },
    /// The second is ignored where the first is there.
    Overrides(&'static str, &'static str),
    /// So many seconds where this is there and no duration is.
    Length(&'static str, u32),
    /// This tier where this is there.
    Tier(&'static str, &'static str),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum When {
    Given(&'static str),
    On(&'static str),
    /// None of these is there.
    Without(&'static [&'static str]),
    Size(u32, u32),
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Limit {
    Anything,
    Wholes(&'static [i64]),
    Words(&'static [&'static str]),
    Items(usize),
    Flag(bool),
    /// One picture, and not as the last.
    FirstFrame,
}

/// `path` is needed where `given` is there.
pub(super) const fn needs(given: &'static str, path: &'static str) -> Rule {
    Rule::Limit {
        when: When::Given(given),
        path,
        to: Limit::Anything,
        needed: true,
    }
}

/// What `path` is held to, where it is there.
pub(super) const fn limit(when: When, path: &'static str, to: Limit) -> Rule {
    Rule::Limit {
        when,
        path,
        to,
        needed: false,
    }
}

impl When {
    pub(crate) fn holds(self, given: &Given<'_>) -> bool {
        match self {
            Self::Given(path) => given.has(path),
            Self::On(path) => given.flag(path) == Some(true),
            Self::Without(paths) => !paths.iter().any(|path| given.has(path)),
            Self::Size(width, height) => {
                given.whole("width") == Some(width.into())
                    && given.whole("height") == Some(height.into())
            }
        }
    }
}

impl Limit {
    /// Whether a parameter keeps to it; one that is not there does.
    pub(crate) fn keeps(self, given: &Given<'_>, path: &str) -> bool {
        let Some(value) = given.value(path) else {
            return match self {
                Self::Flag(wanted) => given.flag(path) == Some(wanted),
                _ => true,
            };
        };
        let items = value.as_array().map(Vec::as_slice).unwrap_or_default();
        match self {
            Self::Anything => true,
            Self::Wholes(wholes) => given
                .whole(path)
                .is_some_and(|whole| wholes.contains(&whole)),
            Self::Words(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Items(most) => items.len() <= most,
            Self::Flag(wanted) => value.as_bool() == Some(wanted),
            Self::FirstFrame => match items {
                [only] => only.get("frame").is_none_or(|place| place != "last"),
                _ => false,
            },
        }
    }
}
