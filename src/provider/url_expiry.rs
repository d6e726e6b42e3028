//! When a signed URL expires, according to its own parameters.
//! Source: AWS "Query string authentication" (Signature Version 4), which Google Cloud Storage, Alibaba and
//! Volcengine follow; AWS CloudFront "Canned policy"; Azure "Service SAS"; Tencent COS "Request signature".

/// Epoch times are at least this many seconds (2001). A smaller number is a duration, or something else.
const MIN_EPOCH_SECONDS: u64 = 1_000_000_000;
/// Larger numbers are milliseconds.
const MAX_EPOCH_SECONDS: u64 = 100_000_000_000;
/// The latest time that a handle holds, in milliseconds.
const MAX_TIME_MS: u64 = 1 << 52;

/// When the URL expires, in milliseconds since 1970; `None` if it does not say so. The earliest time of several.
pub(in crate::provider) fn expiry_ms(url: &str) -> Option<u64> {
    let (_, query) = url.split('#').next()?.split_once('?')?;
    let parameters = || {
        // The last name of `hdnts=exp=1`, which is separated by `~`.
        query.split(['&', '~'].as_slice()).filter_map(|pair| {
            let (name, value) = pair.rsplit_once('=')?;
            Some((name.rsplit('=').next()?, value))
        })
    };
    let value_of = |name: &[&str; 3]| {
        let is_name = |other: &str| {
            let parts = other.split('-');
            parts.clone().count() == name.len()
                && parts.zip(name).all(|(part, name)| part.eq_ignore_ascii_case(name))
        };
        parameters().find(|(other, _)| is_name(other)).map(|(_, value)| value)
    };
    let signed = ["amz", "goog", "oss", "tos"].into_iter().filter_map(|vendor| {
        let from = date_ms(value_of(&["x", vendor, "date"])?)?;
        let seconds: u64 = value_of(&["x", vendor, "expires"])?.parse().ok()?;
        from.checked_add(seconds.checked_mul(1000)?)
    });
    let named = parameters().filter_map(|(name, value)| {
        let is = |names: &[&str]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
        if is(&["expires", "expiry", "exp", "x-expires"]) {
            epoch_ms(value)
        } else if is(&["se"]) {
            date_ms(value)
        } else if is(&["q-sign-time", "q-key-time"]) {
            epoch_ms(value.rsplit([';', 'B', 'b'].as_slice()).next()?)
        } else {
            None
        }
    });
    signed.chain(named).filter(|time| *time <= MAX_TIME_MS).min()
}

/// The milliseconds of an epoch time in seconds or milliseconds.
fn epoch_ms(text: &str) -> Option<u64> {
    let number: u64 = text.parse().ok()?;
    match number {
        ..MIN_EPOCH_SECONDS => None,
        MIN_EPOCH_SECONDS..MAX_EPOCH_SECONDS => Some(number * 1000),
        _ => Some(number),
    }
}

/// The milliseconds of `20261129T040000Z`, `2026-11-29T04:00:00Z` or `2026-11-29`, in UTC. Percent-encoded
/// separators are read as well.
fn date_ms(text: &str) -> Option<u64> {
    let mut digits = [0; 14];
    let mut count = 0;
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '0'..='9' => {
                *digits.get_mut(count)? = u64::from(letter).checked_sub(u64::from('0'))?;
                count += 1;
            }
            '-' | ':' | 'T' | 't' => {}
            '%' if matches!(
                (letters.next()?, letters.next()?),
                ('2', 'D' | 'd') | ('3', 'A' | 'a')
            ) => {}
            'Z' | 'z' | '.' => break,
            _ => return None,
        }
    }
    if !matches!(count, 8 | 12 | 14) {
        return None;
    }
    let number = |from: usize, to: usize| {
        digits.iter().take(to).skip(from).fold(0, |number, digit| number * 10 + digit)
    };
    let (year, month, day) = (number(0, 4), number(4, 6), number(6, 8));
    let (hour, minute, second) = (number(8, 10), number(10, 12), number(12, 14));
    let is_date = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let days = is_date.then(|| days_since_1970(year, month, day))?;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

/// The days from 1970-01-01 to a date of the Gregorian calendar. The year begins in March, so that the leap
/// day is the last one.
fn days_since_1970(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days = year * 365 + year / 4 - year / 100 + year / 400 + (month * 153 + 2) / 5 + day - 1;
    // 1970-01-01, counted in the same way.
    days - 719_468
}
