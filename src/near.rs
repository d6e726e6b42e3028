//! Names that are spelled differently: what two spellings have in common, and how far apart they are.
//! May import nothing of this crate.
//! Must never be called for a valid name: it is slow.

/// A longer name is never a misspelling.
const MAX_NAME_LEN: usize = 64;

/// The letters and digits of a name, in lower case: `aspect_ratio` and `aspectRatio` are the same.
pub(crate) fn fold(name: &str) -> String {
    let plain = name.chars().filter(char::is_ascii_alphanumeric).take(MAX_NAME_LEN + 1);
    plain.map(|c| c.to_ascii_lowercase()).collect()
}

/// The nearest of the names, and its distance; `None` if none resembles it.
pub(crate) fn nearest<'a>(
    name: &str,
    names: &mut dyn Iterator<Item = &'a str>,
) -> Option<(usize, &'a str)> {
    let folded = fold(name);
    let (distance, best) = names.map(|one| (distance(&folded, &fold(one)), one)).min()?;
    // A name that shares nothing with the best match is not a misspelling of it.
    (distance <= 1 + folded.len() / 4 && distance < folded.len()).then_some((distance, best))
}

/// The edit distance: insert, delete, replace.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > MAX_NAME_LEN {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        let mut next = vec![left];
        for (y, above) in b.bytes().zip(row.iter().skip(1)) {
            let cost = if x == y { diagonal } else { 1 + diagonal.min(*above).min(left) };
            diagonal = *above;
            left = cost;
            next.push(cost);
        }
        row = next;
    }
    row.last().copied().unwrap_or(usize::MAX)
}
