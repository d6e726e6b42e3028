//! Run times as a distribution: learned, documented, or wrong.

use crate::schedule::times::{Cost, Times};

const SEEDS: u64 = 3;

fn learned(times: &Times, count: usize) -> Cost {
    let costs: Vec<_> =
        (0..SEEDS).map(|seed| times.cost(185_000, &times.happened(count, seed))).collect();
    Cost::mean(&costs)
}

/// Requests × lateness, compared with the bound and with any fixed interval.
fn print(name: &str, cost: Cost, bound: f64) {
    println!(
        "{name:<28} {:>6.1} requests × {:>5.2} s late; bound {bound:>5.1} s, {:.2} of it; \
         fixed {:>5.1} s, {:.2} of it",
        cost.requests,
        cost.late,
        cost.product() / bound,
        cost.fixed,
        cost.of_fixed()
    );
}

#[test]
fn known_run_times_come_close_to_the_bound() {
    println!("after 64 earlier jobs");
    for (name, times, most_of_fixed) in [
        ("narrow, 185 s ± 10 %", Times::around(185.0, 0.1), 0.5),
        ("narrow, 185 s ± 20 %", Times::around(185.0, 0.2), 0.5),
        ("narrow, 40 s ± 20 %", Times::around(40.0, 0.2), 0.5),
        ("narrow, 600 s ± 20 %", Times::around(600.0, 0.2), 0.5),
        ("wide, 185 s ± 50 %", Times::around(185.0, 0.5), 0.9),
        ("wide, 185 s ± 100 %", Times::around(185.0, 1.0), 1.1),
        ("two humps, 60 s and 240 s", Times::humps((0.5, 60.0), (0.5, 240.0)), 0.5),
    ] {
        let (cost, bound) = (learned(&times, 64), times.bound());
        print(name, cost, bound);
        assert!(cost.product() <= 1.3 * bound, "{name}");
        assert!(cost.of_fixed() < most_of_fixed, "{name}");
    }
}

#[test]
fn documented_durations_are_used_with_care() {
    println!("without an earlier job, where 185 s are said");
    for (truth, most) in [(46.0, 1.5), (92.0, 1.5), (185.0, 0.8), (370.0, 1.5), (740.0, 1.5)] {
        let times = Times::around(truth, 0.2);
        let cost = times.cost(185_000, &[]);
        print(&format!("in truth {truth} s ± 20 %"), cost, times.bound());
        assert!(cost.of_fixed() < most, "{truth}");
    }
}

/// Only a provider that became four times faster overnight is seen much later than with a fixed
/// interval, until its first jobs correct the history.
#[test]
fn a_wrong_history_costs_little() {
    println!("after 64 earlier jobs of 185 s ± 10 %");
    for (truth, most) in [(46.0, 3.2), (92.0, 1.8), (370.0, 1.5), (740.0, 1.5)] {
        let times = Times::around(truth, 0.2);
        let costs: Vec<_> = (0..SEEDS)
            .map(|seed| times.cost(185_000, &Times::around(185.0, 0.1).happened(64, seed)))
            .collect();
        let cost = Cost::mean(&costs);
        print(&format!("in truth {truth} s ± 20 %"), cost, times.bound());
        assert!(cost.of_fixed() < most, "{truth}");
    }
}

#[test]
fn a_few_jobs_are_enough() {
    println!("where 185 s are said, and 40 s ± 20 % are true");
    let times = Times::around(40.0, 0.2);
    let costs: Vec<_> = [0, 1, 3, 8, 64].map(|count| (count, learned(&times, count))).into();
    for (count, cost) in &costs {
        print(&format!("after {count} earlier jobs"), *cost, times.bound());
    }
    assert!(costs[2].1.product() < costs[0].1.product());
    assert!(costs[4].1.product() < costs[2].1.product());
}
