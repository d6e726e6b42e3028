//! A request as the row of its model sees it.

use serde_json::{Map, Value};

use super::parameter::{Usual, whole};
use super::{Listing, Parameter, Rule, rate};

#[derive(Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) listing: &'static Listing,
    pub(crate) input: &'a Map<String, Value>,
}

/// How long a film is whose length follows a video or a sound: neither is ever looked at.
const FOLLOWED_SECONDS: u32 = 5;

impl<'a> Given<'a> {
    /// The value at a place that the model's page knows, unless another parameter makes it count for
    /// nothing.
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

    pub(crate) fn whole(&self, path: &str) -> Option<i64> {
        self.value(path).and_then(whole)
    }

    /// A flag, or what it is where the request does not say; nothing, where nobody does.
    pub(crate) fn flag(&self, path: &str) -> Option<bool> {
        match (self.value(path), self.usual(path)) {
            (Some(value), _) => value.as_bool(),
            (None, Some(Usual::Flag(usual))) => Some(usual),
            _ => None,
        }
    }

    /// A word, or the one where the request does not say.
    pub(crate) fn word(&self, path: &str) -> Option<&'a str> {
        match (self.value(path), self.usual(path)) {
            (Some(value), _) => value.as_str(),
            (None, Some(Usual::Word(usual))) => Some(usual),
            _ => None,
        }
    }

    fn usual(&self, path: &str) -> Option<Usual> {
        let parameter = self.listing.parameter(path)?;
        parameter.usual.filter(|_| !self.is_overridden(path))
    }

    /// Seconds of film. What a missing duration means, where the documents do not say: the longest.
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
        let usual = match self.usual(NAME) {
            Some(Usual::Whole(seconds)) => Some(seconds),
            _ => None,
        };
        let seconds = match self.value(NAME) {
            Some(value) => whole(value).or(kind.longest()),
            None => followed.or(usual).or(kind.longest()),
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

    /// The tier that costs most; nothing, where prices do not depend on it.
    pub(crate) fn dearest_tier(&self) -> Option<&'static str> {
        rate::dearest(self, self.seconds())
    }

    /// The price of one film of this tier.
    pub(crate) fn cost(&self, tier: &str) -> u64 {
        rate::cost(self, tier, self.seconds())
    }
}
