//! Parses prices and their conditions in tables and sentences.

use filmgate::money::Usd;
use serde_json::Value;

use crate::document::{Conditions, Counted, Price};

/// Runware's `x-pricing`: an overview in words, and examples with a configuration each.
pub(crate) fn in_pricing(pricing: &Value) -> Vec<Price> {
    let text = |value: &Value, name: &str| {
        let text = value.get(name).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let examples = pricing.get("examples").and_then(Value::as_array);
    let examples = examples.into_iter().flatten();
    let mut found = in_text(&text(pricing, "overview"), "");
    found
        .extend(examples.flat_map(|one| in_text(&text(one, "price"), &text(one, "configuration"))));
    found
}

/// A table whose first row and first column contain the conditions of its prices.
pub(crate) fn in_table(rows: &[Vec<String>]) -> Vec<Price> {
    let Some((head, body)) = rows.split_first() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for row in body {
        let label = row.first().map_or("", String::as_str);
        for (at, cell) in row.iter().enumerate() {
            let above = head.get(at).map_or("", String::as_str);
            found.extend(in_text(cell, &format!("{label}, {above}")));
        }
    }
    found
}

/// The prices of a text. Missing conditions are taken from the adjacent text.
pub(crate) fn in_text(text: &str, beside: &str) -> Vec<Price> {
    let mut found = Vec::new();
    let mut rest = text;
    // "A video of 5 s costs $0.06 silent and $0.12 with audio": a sentence gives the length once.
    let mut seconds = None;
    while let Some((lead, tail)) = rest.split_once('$') {
        if [". ", "\n"].iter().any(|end| lead.contains(end)) {
            seconds = None;
        }
        let (amount, after) = digits(tail);
        rest = after;
        let Some(amount) = usd(amount) else { continue };
        let until = after.split('$').next().unwrap_or_default();
        let (follows, precedes) = (first_clause(until), last_clause(lead));
        let mut when = Conditions::of(follows).or(Conditions::of(precedes));
        when.seconds = when.seconds.or(seconds);
        seconds = when.seconds;
        when = when.or(Conditions::of(beside));
        let by_second = is_rate(follows) || beside.to_lowercase().contains("per second");
        let per = if by_second { Counted::Second } else { Counted::Video };
        found.push(Price { amount, per, when });
    }
    found
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.');
    let (amount, _) = text.split_at(end.unwrap_or(text.len()));
    // A full stop ends the sentence; it is not part of the amount.
    let amount = amount.trim_end_matches('.');
    (amount, text.get(amount.len()..).unwrap_or_default())
}

/// `0.0375` as micro-dollars, exactly.
pub(crate) fn usd(text: &str) -> Option<Usd> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > 6 {
        return None;
    }
    let whole: i64 = whole.parse().ok()?;
    let fraction: i64 = format!("{fraction:0<6}").parse().ok()?;
    Some(Usd(whole.checked_mul(1_000_000)?.checked_add(fraction)?))
}

const BREAKS: [&str; 6] = [",", ";", ". ", "\n", " and ", " or "];

/// Up to the first break outside parentheses.
fn first_clause(text: &str) -> &str {
    let open = text.find('(');
    let close = text.find(')').filter(|close| open < Some(*close));
    let inside = |at: usize| open.is_some_and(|open| at > open) && Some(at) < close;
    let breaks = BREAKS.iter().flat_map(|word| text.match_indices(word));
    let end = breaks.map(|(at, _)| at).filter(|at| !inside(*at)).min();
    end.and_then(|end| text.get(..end)).unwrap_or(text)
}

/// From the last break.
fn last_clause(text: &str) -> &str {
    let ends = BREAKS.iter().filter_map(|word| Some(text.rfind(word)? + word.len()));
    ends.max().and_then(|end| text.get(end..)).unwrap_or(text)
}

/// Whether this text makes the amount before it a price per second.
fn is_rate(text: &str) -> bool {
    let text = text.trim_start();
    let rate = ["/s", "per second", "a second", "per s"];
    rate.iter().any(|word| {
        let rest = text.strip_prefix(word);
        rest.is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
    }) || text.starts_with("/sec")
}

impl Conditions {
    /// The conditions in a text. Two resolutions count as none.
    pub(crate) fn of(text: &str) -> Self {
        let mut found = Conditions::default();
        let mut resolutions = Vec::new();
        let lower = text.to_lowercase();
        let words = lower.split(|c: char| !c.is_ascii_alphanumeric());
        let words: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
        let mut last = "";
        for word in words {
            let (number, unit) = split_number(word);
            let counted = if number.is_empty() { last } else { number };
            match unit {
                "p" | "k" if !number.is_empty() => resolutions.push(word.to_owned()),
                "s" | "sec" | "second" | "seconds" => {
                    found.seconds = counted.parse().ok().or(found.seconds);
                }
                "silent" | "muted" => found.sound = Some(false),
                "audio" | "sound" => found.sound = Some(!["no", "without"].contains(&last)),
                "draft" => found.draft = Some(true),
                "standard" => found.draft = Some(false),
                _ => {}
            }
            last = word;
        }
        resolutions.dedup();
        found.resolution = resolutions.pop().filter(|_| resolutions.is_empty());
        found
    }

    fn or(self, other: Self) -> Self {
        Conditions {
            seconds: self.seconds.or(other.seconds),
            resolution: self.resolution.or(other.resolution),
            sound: self.sound.or(other.sound),
            draft: self.draft.or(other.draft),
        }
    }

    /// Whether both can apply at once.
    pub(crate) fn agree(&self, other: &Self) -> bool {
        fn either<T: PartialEq>(a: Option<&T>, b: Option<&T>) -> bool {
            a.is_none() || b.is_none() || a == b
        }
        either(self.seconds.as_ref(), other.seconds.as_ref())
            && either(self.resolution.as_ref(), other.resolution.as_ref())
            && either(self.sound.as_ref(), other.sound.as_ref())
            && either(self.draft.as_ref(), other.draft.as_ref())
    }
}

/// `720p` as `720` and `p`.
fn split_number(word: &str) -> (&str, &str) {
    let end = word.find(|c: char| !c.is_ascii_digit());
    word.split_at(end.unwrap_or(word.len()))
}

#[cfg(test)]
mod tests {
    use filmgate::money::Usd;

    use super::in_text;
    use crate::document::Counted;

    /// The amount, its unit and its conditions.
    type Said = (i64, Counted, Option<i64>, Option<&'static str>, Option<bool>);

    #[test]
    fn a_price_has_the_adjacent_conditions() {
        use Counted::{Second, Video};
        let cases: [(&str, &[Said]); 7] = [
            (
                "$0.3/s for 720p, or $0.5/s for 1080p.",
                &[
                    (300_000, Second, None, Some("720p"), None),
                    (500_000, Second, None, Some("1080p"), None),
                ],
            ),
            (
                "480p: $0.06, 720p: $0.13",
                &[
                    (60_000, Video, None, Some("480p"), None),
                    (130_000, Video, None, Some("720p"), None),
                ],
            ),
            (
                "It costs $0.60 (720p, silent) and $1.2 (720p, with audio)",
                &[
                    (600_000, Video, None, Some("720p"), Some(false)),
                    (1_200_000, Video, None, Some("720p"), Some(true)),
                ],
            ),
            (
                "10s cost $1 without audio and $2 with audio. A video costs $3.",
                &[
                    (1_000_000, Video, Some(10), None, Some(false)),
                    (2_000_000, Video, Some(10), None, Some(true)),
                    (3_000_000, Video, None, None, None),
                ],
            ),
            ("$0.05/sec at 4k", &[(50_000, Second, None, Some("4k"), None)]),
            ("$7 for 720p 1080p", &[(7_000_000, Video, None, None, None)]),
            ("$0.0000001, $x and $", &[]),
        ];
        for (text, expected) in cases {
            let found = in_text(text, "");
            let said = found.iter().map(|price| {
                let when = &price.when;
                let resolution = when.resolution.as_deref();
                (price.amount, price.per, when.seconds, resolution, when.sound)
            });
            let expected = expected.iter().map(|(micros, per, seconds, resolution, sound)| {
                (Usd(*micros), *per, *seconds, *resolution, *sound)
            });
            assert_eq!(said.collect::<Vec<_>>(), expected.collect::<Vec<_>>(), "{text}");
        }
    }
}
