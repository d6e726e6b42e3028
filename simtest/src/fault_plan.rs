//! Who decides what goes wrong: nobody, a schedule, or chance.

use crate::fault::{Fault, Point, Reach};

/// Decides at each point of a run.
pub(crate) trait Fate {
    fn at(&mut self, point: Point) -> Option<Fault>;
}

/// Nothing goes wrong.
pub(crate) struct Quiet;

impl Fate for Quiet {
    fn at(&mut self, _: Point) -> Option<Fault> {
        None
    }
}

/// One fault, and the number of the point that it strikes.
pub(crate) type Strike = (usize, Fault);

/// Faults at given points; it notes the points that a run comes by.
pub(crate) struct Schedule<'a> {
    strikes: &'a [Strike],
    pub(crate) points: Vec<Point>,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(strikes: &'a [Strike]) -> Self {
        let points = Vec::new();
        Schedule { strikes, points }
    }
}

impl Fate for Schedule<'_> {
    fn at(&mut self, point: Point) -> Option<Fault> {
        let number = self.points.len();
        self.points.push(point);
        let strike = self.strikes.iter().find(|(at, _)| *at == number);
        strike.map(|(_, fault)| *fault)
    }
}

/// Faults by chance, the same ones for the same seed. They stop at last, so that every job can end.
pub(crate) struct Chance {
    dice: fastrand::Rng,
    percent: u8,
    left: u32,
}

/// The most faults of one run.
const MOST: u32 = 60;

impl Chance {
    pub(crate) fn new(seed: u64, percent: u8) -> Self {
        let dice = fastrand::Rng::with_seed(seed);
        Chance {
            dice,
            percent,
            left: MOST,
        }
    }
}

impl Fate for Chance {
    fn at(&mut self, point: Point) -> Option<Fault> {
        if self.left == 0 || self.dice.u8(0..100) >= self.percent {
            return None;
        }
        self.left -= 1;
        let count = Fault::at(point, Reach::Chance).count();
        let chosen = self.dice.usize(0..count.max(1));
        Fault::at(point, Reach::Chance).nth(chosen)
    }
}

/// A schedule in words: `4:response-lost,9:killed`.
pub(crate) fn write(strikes: &[Strike]) -> String {
    let words: Vec<String> = strikes
        .iter()
        .map(|(at, fault)| format!("{at}:{fault}"))
        .collect();
    words.join(",")
}

/// Reads a schedule's words.
pub(crate) fn read(text: &str) -> Result<Vec<Strike>, String> {
    let words = text.split(',').filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (at, name) = word
                .split_once(':')
                .ok_or(format!("`{word}` is no `4:fault`"))?;
            let at = at.parse().map_err(|_| format!("`{at}` is no number"))?;
            let fault = Fault::named(name).ok_or(format!("no fault is called `{name}`"))?;
            Ok((at, fault))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_comes_back_from_its_words() {
        for (number, fault) in Fault::ALL.iter().enumerate() {
            let strikes = vec![(number, *fault), (number + 7, Fault::Killed)];
            assert_eq!(read(&write(&strikes)), Ok(strikes));
        }
        assert_eq!(read(""), Ok(Vec::new()));
        assert!(read("4:no-such-fault").is_err());
        assert!(read("killed").is_err());
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let faults = |seed| {
            let mut chance = Chance::new(seed, 30);
            let at = |_| chance.at(Point::Submit);
            (0..1_000).map(at).collect::<Vec<_>>()
        };
        assert_eq!(faults(1), faults(1));
        assert_ne!(faults(1), faults(2));
        let struck = faults(3).iter().flatten().count();
        assert_eq!(struck, MOST as usize, "they stop at last");
    }
}
