//! Compares a document's prices with a row's rates.

use filmgate::catalog::{Per, Rate, Scalar, When};
use filmgate::money::Usd;
use filmgate::request::Field;

use crate::compare::Found;
use crate::document::{Conditions, Counted, Price};

/// Prices that no rate explains, and, if the document has all prices, rates that no price confirms.
pub(crate) fn compare(prices: &[Price], rates: &[Rate], has_all: bool, found: &mut Found) {
    for price in distinct(prices) {
        if !rates.iter().any(|rate| explains(rate, price)) {
            let price = show(price);
            found.add("prices", format!("price {price}: in the document, not in the row"));
        }
    }
    for (at, rate) in rates.iter().enumerate().filter(|_| has_all) {
        if !prices.iter().any(|price| explains(rate, price)) {
            let (rate, place) = (show_rate(rate), format!("prices.{at}"));
            found.add(&place, format!("price {rate}: in the row, not in the document"));
        }
    }
}

/// The prices without duplicates and without those that follow from others.
pub(crate) fn distinct(prices: &[Price]) -> Vec<&Price> {
    let mut kept: Vec<&Price> = Vec::new();
    for price in prices {
        let by_second = |other: &Price| {
            other.per == Counted::Second
                && price.per == Counted::Video
                && other.when.agree(&price.when)
                && total(other.amount, price.when.seconds) == Some(price.amount)
        };
        if !prices.iter().any(by_second) && !kept.contains(&price) {
            kept.push(price);
        }
    }
    kept
}

fn total(amount: Usd, count: Option<i64>) -> Option<Usd> {
    amount.0.checked_mul(count?).map(Usd)
}

/// Whether the rate results in the document's price.
fn explains(rate: &Rate, price: &Price) -> bool {
    let ours = conditions(rate);
    if !ours.agree(&price.when) {
        return false;
    }
    let seconds = price.when.seconds.or(ours.seconds);
    let blocks = |block: Option<u32>| {
        let (seconds, block) = (u64::try_from(seconds?).ok()?, u64::from(block?));
        i64::try_from(seconds.checked_div(block)? + u64::from(seconds % block > 0)).ok()
    };
    match (price.per, rate.per) {
        (Counted::Second, Per::Second) => rate.amount == price.amount,
        (Counted::Second, Per::Video) => total(price.amount, seconds) == Some(rate.amount),
        (Counted::Second, Per::Block) => {
            let block = rate.block.map(i64::from);
            total(price.amount, block) == Some(rate.amount)
        }
        (Counted::Video, Per::Video) => rate.amount == price.amount,
        (Counted::Video, Per::Second) => {
            let whole = total(rate.amount, seconds);
            whole.unwrap_or(rate.amount) == price.amount
        }
        (Counted::Video, Per::Block) => {
            let whole = total(rate.amount, blocks(rate.block));
            whole.unwrap_or(rate.amount) == price.amount
        }
    }
}

/// The conditions that a document can express.
fn conditions(rate: &Rate) -> Conditions {
    let mut found = Conditions::default();
    for when in rate.when.iter() {
        match when {
            When::Is(Field::Resolution, Scalar::Text(word)) => {
                found.resolution = Some(word.to_string());
            }
            When::Is(Field::Duration, Scalar::Integer(seconds)) => {
                found.seconds = Some((*seconds).into())
            }
            When::Is(Field::GenerateAudio, Scalar::Boolean(yes)) => found.sound = Some(*yes),
            When::Is(Field::Draft, Scalar::Boolean(yes)) => found.draft = Some(*yes),
            _ => {}
        }
    }
    found
}

fn show(price: &Price) -> String {
    let amount = price.amount;
    let counted = match price.per {
        Counted::Second => format!("{amount} a second"),
        Counted::Video => format!("{amount} a video"),
    };
    format!("{counted}{}", under(&price.when))
}

fn show_rate(rate: &Rate) -> String {
    let amount = rate.amount;
    let counted = match rate.block {
        Some(block) => format!("{amount} for each started {block} s"),
        None => format!("{amount} a {}", rate.per.as_str()),
    };
    let given = rate.when.iter().filter_map(|when| match when {
        When::Given(field, true) => Some(format!(", with {}", field.path())),
        When::Given(field, false) => Some(format!(", without {}", field.path())),
        When::Is(field @ (Field::Hdr | Field::Exr), Scalar::Boolean(yes)) => {
            let not = if *yes { "" } else { "no " };
            Some(format!(", {not}{}", field.path()))
        }
        When::Is(..) => None,
    });
    let given: String = given.collect();
    format!("{counted}{}{given}", under(&conditions(rate)))
}

fn under(when: &Conditions) -> String {
    let mut text = String::new();
    if let Some(seconds) = when.seconds {
        text.push_str(&format!(" of {seconds} s"));
    }
    if let Some(resolution) = &when.resolution {
        text.push_str(&format!(" at {resolution}"));
    }
    match when.sound {
        Some(true) => text.push_str(", with sound"),
        Some(false) => text.push_str(", silent"),
        None => {}
    }
    match when.draft {
        Some(true) => text.push_str(", draft"),
        Some(false) => text.push_str(", no draft"),
        None => {}
    }
    text
}
