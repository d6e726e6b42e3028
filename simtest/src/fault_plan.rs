//! Fault plans: none, a schedule, or random.

use crate::fault::{Fault, Point, Reach};

/// Decides the fault at each point of a run.
pub(crate) trait FaultPlan {
    fn at(&mut self, point: Point) -> Option<Fault>;
}

/// Injects no fault.
pub(crate) struct NoFaults;

impl FaultPlan for NoFaults {
    fn at(&mut self, _: Point) -> Option<Fault> {
        None
    }
}

/// A fault and the index of the point at which it is injected.
pub(crate) type ScheduledFault = (usize, Fault);

/// Faults at given points; it records the points that a run passes.
pub(crate) struct Schedule<'a> {
    scheduled: &'a [ScheduledFault],
    pub(crate) points: Vec<Point>,
}

impl<'a> Schedule<'a> {
    pub(crate) fn new(scheduled: &'a [ScheduledFault]) -> Self {
        Schedule::after(Vec::new(), scheduled)
    }

    /// For a run that has passed these points.
    pub(crate) fn after(points: Vec<Point>, scheduled: &'a [ScheduledFault]) -> Self {
        Schedule { scheduled, points }
    }
}

impl FaultPlan for Schedule<'_> {
    fn at(&mut self, point: Point) -> Option<Fault> {
        let number = self.points.len();
        self.points.push(point);
        let entry = self.scheduled.iter().find(|(at, _)| *at == number);
        entry.map(|(_, fault)| *fault)
    }
}

/// Random faults, the same for the same seed. Their number is limited, so that every job can end.
pub(crate) struct RandomFaults {
    rng: fastrand::Rng,
    percent: u8,
    left: u32,
    reach: Reach,
}

/// Faults per run at most.
const MAX_FAULTS: u32 = 60;

impl RandomFaults {
    pub(crate) fn new(seed: u64, percent: u8, reach: Reach) -> Self {
        let rng = fastrand::Rng::with_seed(seed);
        RandomFaults { rng, percent, left: MAX_FAULTS, reach }
    }
}

impl FaultPlan for RandomFaults {
    fn at(&mut self, point: Point) -> Option<Fault> {
        if self.left == 0 || self.rng.u8(0..100) >= self.percent {
            return None;
        }
        self.left -= 1;
        let count = Fault::at(point, self.reach).count();
        let chosen = self.rng.usize(0..count.max(1));
        Fault::at(point, self.reach).nth(chosen)
    }
}

/// A schedule as text: `4:response-lost,9:killed`.
pub(crate) fn write(scheduled: &[ScheduledFault]) -> String {
    let words: Vec<String> = scheduled.iter().map(|(at, fault)| format!("{at}:{fault}")).collect();
    words.join(",")
}

/// Parses a schedule.
pub(crate) fn read(text: &str) -> Result<Vec<ScheduledFault>, String> {
    let words = text.split(',').filter(|word| !word.is_empty());
    words
        .map(|word| {
            let (at, name) = word.split_once(':').ok_or(format!("`{word}`: expected `4:fault`"))?;
            let at = at.parse().map_err(|_| format!("`{at}` is not a number"))?;
            let fault = Fault::by_name(name).ok_or(format!("unknown fault `{name}`"))?;
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
            let scheduled = vec![(number, *fault), (number + 7, Fault::Killed)];
            assert_eq!(read(&write(&scheduled)), Ok(scheduled));
        }
        assert_eq!(read(""), Ok(Vec::new()));
        assert!(read("4:no-such-fault").is_err());
        assert!(read("killed").is_err());
    }

    #[test]
    fn chance_is_the_same_for_the_same_seed() {
        let faults = |seed| {
            let mut chance = RandomFaults::new(seed, 30, Reach::Random);
            let at = |_| chance.at(Point::Submit);
            (0..1_000).map(at).collect::<Vec<_>>()
        };
        assert_eq!(faults(1), faults(1));
        assert_ne!(faults(1), faults(2));
        let struck = faults(3).iter().flatten().count();
        assert_eq!(struck, MAX_FAULTS as usize, "their number is limited");
    }
}
