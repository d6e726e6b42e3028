//! The differences that are known and wanted, with a reason each: `accepted.txt`.

use std::collections::BTreeSet;

const TEXT: &str = include_str!("../allowlist.txt");

/// The known differences.
pub struct Accepted {
    known: Vec<Known>,
}

struct Known {
    line: usize,
    reason: &'static str,
    /// A difference as it is printed; `*` stands for anything.
    pattern: &'static str,
    used: bool,
}

impl Accepted {
    /// Those of `accepted.txt`: a reason, and indented below it the differences that it is for.
    pub fn ours() -> Self {
        Accepted::of(TEXT)
    }

    fn of(text: &'static str) -> Self {
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
            known.push(Known {
                line: at + 1,
                reason,
                pattern,
                used: false,
            });
        }
        Accepted { known }
    }

    /// Why a difference is wanted; nothing where it is news.
    pub fn reason(&mut self, difference: &str) -> Option<&'static str> {
        let mut fitting = self.known.iter_mut();
        let known = fitting.find(|known| fits(known.pattern, difference))?;
        known.used = true;
        Some(known.reason)
    }

    /// The differences of these listings alone that are there no longer.
    pub fn outdated(&self, listings: &BTreeSet<String>) -> Vec<String> {
        let of_one = |known: &&Known| {
            let listing = known.pattern.split(' ').next().unwrap_or_default();
            !known.used && listings.contains(listing)
        };
        let outdated = self.known.iter().filter(of_one);
        outdated
            .map(|known| {
                let Known { line, pattern, .. } = known;
                format!("accepted.txt, line {line}: no longer so: {pattern}")
            })
            .collect()
    }
}

/// Whether a text is a pattern's, where `*` stands for anything.
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

    use super::{Accepted, fits};

    #[test]
    fn a_star_stands_for_anything() {
        assert!(fits("a b", "a b"));
        assert!(!fits("a b", "a bc"));
        assert!(fits("a:* b*", "a:x b: c"));
        assert!(!fits("a:* b", "a:x c"));
        assert!(fits("size 1*0*", "size 1*0 in"));
        assert!(!fits("aa*aa", "aaa"));
    }

    #[test]
    fn every_known_difference_has_a_reason() {
        for known in Accepted::ours().known {
            assert!(known.reason.ends_with('.'), "line {}", known.line);
        }
    }

    #[test]
    fn a_known_difference_that_is_gone_is_told_where_its_listing_was_read() {
        let mut accepted = Accepted::of("Why.\n    a:b c\n    a:b d\n    a:* e\n    x:y z\n");
        assert_eq!(accepted.reason("a:b c"), Some("Why."));
        assert_eq!(accepted.reason("a:b f"), None);
        let read = BTreeSet::from(["a:b".to_owned()]);
        let outdated = accepted.outdated(&read);
        assert_eq!(outdated, ["accepted.txt, line 3: no longer so: a:b d"]);
    }
}
