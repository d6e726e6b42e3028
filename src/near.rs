//! Names that are spelled differently: what two spellings have in common, and how far apart they are.
//! May import nothing of this crate.
//! Must never be called for a valid name: it is slow.

/// A longer name is never a misspelling.
const MAX_NAME_LEN: usize = 64;

#[cfg(test)]
thread_local! {
    /// The names that were folded, for tests of the work that a name causes.
    pub(crate) static FOLDED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The letters and digits of a name, in lower case: `aspect_ratio` and `aspectRatio` are the same.
pub(crate) fn fold(name: &str) -> String {
    #[cfg(test)]
    FOLDED.set(FOLDED.get() + 1);
    let plain = name.chars().filter(char::is_ascii_alphanumeric).take(MAX_NAME_LEN + 1);
    plain.map(|c| c.to_ascii_lowercase()).collect()
}

/// The nearest of the names, and its distance; `None` if none resembles it.
pub(crate) fn nearest<'a>(
    name: &str,
    names: &mut dyn Iterator<Item = &'a str>,
) -> Option<(usize, &'a str)> {
    let folded = fold(name);
    let mut near = Near::of(&folded);
    names.for_each(|one| near.offer(&fold(one), one));
    near.best
}

/// The search for the name that is nearest to a folded one.
pub(crate) struct Near<'a, 'b> {
    folded: &'b str,
    /// The nearest so far that resembles it, and its distance.
    pub(crate) best: Option<(usize, &'a str)>,
}

impl<'a, 'b> Near<'a, 'b> {
    pub(crate) const fn of(folded: &'b str) -> Self {
        Near { folded, best: None }
    }

    /// Takes a name, which `other` is without capitals and separators, if it is nearer.
    pub(crate) fn offer(&mut self, other: &str, one: &'a str) {
        let len = self.folded.len();
        let limit = 1 + len / 4;
        // A length that differs by more is a distance beyond the limit: most names are not compared.
        if len.abs_diff(other.len()) > limit {
            return;
        }
        let near = (distance(self.folded, other), one);
        // A name that shares nothing with the best match is not a misspelling of it.
        if near.0 <= limit && near.0 < len && self.best.is_none_or(|best| near < best) {
            self.best = Some(near);
        }
    }
}

/// The edit distance: insert, delete, replace.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > MAX_NAME_LEN {
        return usize::MAX;
    }
    // Of the table's last row: the cells behind the first, which is `i`.
    let mut row: Vec<usize> = (1..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (y, cell) in b.bytes().zip(&mut row) {
            let cost = if x == y { diagonal } else { 1 + diagonal.min(*cell).min(left) };
            diagonal = *cell;
            left = cost;
            *cell = cost;
        }
    }
    row.last().copied().unwrap_or(a.len())
}
