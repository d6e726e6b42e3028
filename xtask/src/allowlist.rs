//! The known and accepted differences, with a reason each: `allowlist.txt`.

use std::collections::BTreeSet;

/// The end of the difference of a model that no file of the catalog has.
pub(crate) const NOT_IN_CATALOG: &str = ": not in the catalog";

const TEXT: &str = include_str!("../allowlist.txt");

/// The known differences.
pub struct Allowlist {
    entries: Vec<Entry>,
}

struct Entry {
    line: usize,
    reason: &'static str,
    /// A difference as it is printed; `*` matches anything.
    pattern: &'static str,
    used: bool,
}

impl Allowlist {
    /// Loads `allowlist.txt`: a reason, and indented below it the differences that it applies to.
    pub fn load() -> Self {
        Allowlist::parse(TEXT)
    }

    fn parse(text: &'static str) -> Self {
        let mut reason = "";
        let mut known = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let pattern = line.trim();
            if pattern.is_empty() || line.starts_with('#') {
                continue;
            }
            if !line.starts_with(' ') {
                reason = pattern;
                continue;
            }
            known.push(Entry { line: at + 1, reason, pattern, used: false });
        }
        Allowlist { entries: known }
    }

    /// The reason of a known difference; none if it is unexpected.
    pub fn reason(&mut self, difference: &str) -> Option<&'static str> {
        let mut fitting = self.entries.iter_mut();
        let known = fitting.find(|known| fits(known.pattern, difference))?;
        known.used = true;
        Some(known.reason)
    }

    /// The known differences that no longer occur, although everything that could show them was read: the whole document
    /// of one listing, or a list of all of the provider's models.
    pub fn outdated(
        &self,
        listings: &BTreeSet<String>,
        listed: &BTreeSet<&'static str>,
    ) -> Vec<String> {
        let was_read = |known: &&Entry| {
            let listing = known.pattern.split(' ').next().unwrap_or_default();
            let provider = listing.split(':').next().unwrap_or_default();
            let is_listed = known.pattern.ends_with(NOT_IN_CATALOG) && listed.contains(provider);
            is_listed || listings.contains(listing)
        };
        let outdated = self.entries.iter().filter(|known| !known.used).filter(was_read);
        outdated
            .map(|known| {
                let Entry { line, pattern, .. } = known;
                format!("allowlist.txt, line {line}: outdated: {pattern}")
            })
            .collect()
    }
}

/// Whether a pattern matches a text; `*` matches anything.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((head, mut rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(head) else {
        return false;
    };
    while let Some((middle, more)) = rest.split_once('*') {
        let Some((_, after)) = text.split_once(middle) else {
            return false;
        };
        (text, rest) = (after, more);
    }
    text.ends_with(rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::{Allowlist, fits};

    #[test]
    fn a_star_matches_anything() {
        assert!(fits("a b", "a b"));
        assert!(!fits("a b", "a bc"));
        assert!(fits("a:* b*", "a:x b: c"));
        assert!(!fits("a:* b", "a:x c"));
        assert!(fits("size 1*0*", "size 1*0 in"));
        assert!(!fits("aa*aa", "aaa"));
    }

    #[test]
    fn every_known_difference_has_a_reason() {
        for known in Allowlist::load().entries {
            assert!(known.reason.ends_with('.'), "line {}", known.line);
        }
    }

    #[test]
    fn an_outdated_difference_is_reported_if_its_listing_was_read() {
        let mut allowlist = Allowlist::parse("Why.\n    a:b c\n    a:b d\n    a:* e\n    x:y z\n");
        assert_eq!(allowlist.reason("a:b c"), Some("Why."));
        assert_eq!(allowlist.reason("a:b f"), None);
        let read = BTreeSet::from(["a:b".to_owned()]);
        let outdated = allowlist.outdated(&read, &BTreeSet::new());
        assert_eq!(outdated, ["allowlist.txt, line 3: outdated: a:b d"]);
    }

    #[test]
    fn a_model_that_is_left_out_on_purpose_is_outdated_once_the_list_lacks_it() {
        let mut allowlist = Allowlist::parse(
            "Why.\n    a:b: not in the catalog\n    a:c: not in the catalog\n    x:y: not in the catalog\n",
        );
        assert_eq!(allowlist.reason("a:b: not in the catalog"), Some("Why."));
        let outdated = allowlist.outdated(&BTreeSet::new(), &BTreeSet::from(["a"]));
        assert_eq!(outdated, ["allowlist.txt, line 3: outdated: a:c: not in the catalog"]);
    }
}
