//! A request as the row of its model reads it.

use serde_json::{Map, Value};

use super::parameter::{Default, integer};
use super::{Listing, Parameter, Rule, rate};

#[derive(Clone, Copy)]
pub(crate) struct RequestValues<'a> {
    pub(crate) listing: &'static Listing,
    pub(crate) input: &'a Map<String, Value>,
}

/// Length of a video that follows another video or audio file, which is never inspected.
const FOLLOWED_SECONDS: u32 = 5;

impl<'a> RequestValues<'a> {
    /// The value at a path that the model's page documents, unless another parameter overrides it.
    pub(crate) fn value(&self, path: &str) -> Option<&'a Value> {
        let counts = |_: &&Value| {
            self.listing.passthrough
                || (self.listing.parameter(path).is_some() && !self.is_overridden(path))
        };
        self.at(path).filter(counts)
    }

    fn at(&self, path: &str) -> Option<&'a Value> {
        let (first, rest) = match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        };
        let mut names = rest.into_iter().flat_map(|rest| rest.split('.'));
        names.try_fold(self.input.get(first)?, |value, name| value.get(name))
    }

    fn is_overridden(&self, path: &str) -> bool {
        self.listing.rules().any(
            |rule| matches!(rule, Rule::Overrides(by, each) if *each == path && self.at(by).is_some()),
        )
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.value(path).is_some()
    }

    pub(crate) fn text(&self, path: &str) -> Option<&'a str> {
        self.value(path).and_then(Value::as_str)
    }

    pub(crate) fn integer(&self, path: &str) -> Option<i64> {
        self.value(path).and_then(integer)
    }

    /// A flag or its default; none if neither exists.
    pub(crate) fn flag(&self, path: &str) -> Option<bool> {
        match (self.value(path), self.default(path)) {
            (Some(value), _) => value.as_bool(),
            (None, Some(Default::Flag(default))) => Some(default),
            _ => None,
        }
    }

    /// A word or its default.
    pub(crate) fn word(&self, path: &str) -> Option<&'a str> {
        match (self.value(path), self.default(path)) {
            (Some(value), _) => value.as_str(),
            (None, Some(Default::Word(default))) => Some(default),
            _ => None,
        }
    }

    fn default(&self, path: &str) -> Option<Default> {
        let parameter = self.listing.parameter(path)?;
        parameter.default.filter(|_| !self.is_overridden(path))
    }

    /// Seconds of video. A missing duration without a documented default means the maximum.
    pub(crate) fn seconds(&self) -> u32 {
        const NAME: &str = "duration";
        let Some(Parameter { kind, .. }) = self.listing.parameter(NAME) else {
            return FOLLOWED_SECONDS;
        };
        if self.is_overridden(NAME) {
            return FOLLOWED_SECONDS;
        }
        let followed = self.listing.rules().find_map(|rule| match rule {
            Rule::Length(path, seconds) if self.has(path) => Some(i64::from(*seconds)),
            _ => None,
        });
        let default = match self.default(NAME) {
            Some(Default::Integer(seconds)) => Some(seconds),
            _ => None,
        };
        let seconds = match self.value(NAME) {
            Some(value) => integer(value).or(kind.max_value()),
            None => followed.or(default).or(kind.max_value()),
        };
        u32::try_from(seconds.unwrap_or(0)).unwrap_or(0)
    }

    /// The tier that another parameter decides.
    pub(crate) fn tier(&self) -> Option<&'static str> {
        self.listing.rules().find_map(|rule| match rule {
            Rule::Tier(path, tier) if self.has(path) => Some(*tier),
            _ => None,
        })
    }

    /// The most expensive tier; none if prices do not depend on the tier.
    pub(crate) fn most_expensive_tier(&self) -> Option<&'static str> {
        rate::most_expensive(self, self.seconds())
    }

    /// The price of one video of this tier.
    pub(crate) fn cost(&self, tier: &str) -> u64 {
        rate::cost(self, tier, self.seconds())
    }
}
