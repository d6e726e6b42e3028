//! Deterministic simulation test: drives the real core through faults, in simulated time, against the
//! simulated providers, and checks its results against the providers' ledger.
//! It imports the core and the simulator, and never a clock, a socket or an unseeded random source.
//!
//! | module | content |
//! |---|---|
//! | `scenario` | the jobs: their requests, and how the provider behaves |
//! | `fault`, `fault_plan` | the faults and their points; a schedule or a random plan injects them |
//! | `world`, `network` | the network and the providers |
//! | `job_run`, `inbox`, `outputs`, `store` | one job and its driver: process, store, clock |
//! | `run` | the jobs of one world, from their submits to the verdict |
//! | `invariants`, `checker`, `history` | what must hold, and how it is checked |
//! | `exhaustive`, `random` | the runs of each command |
//! | `trace`, `stats` | the events of one run, and the totals of all |

mod checker;
mod exhaustive;
mod fault;
mod fault_plan;
mod history;
mod inbox;
mod invariants;
mod job_run;
mod network;
mod outputs;
mod random;
mod run;
mod scenario;
mod stats;
mod store;
mod threads;
mod trace;
mod world;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use filmgate_simulator::Oddity;

use crate::fault_plan::{Schedule, ScheduledFault};
use crate::run::Report;
use crate::scenario::Scenario;

#[derive(Parser)]
#[command(about = "Drives the core through faults, against the simulated providers")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every schedule of up to `depth` faults, for every scenario.
    Exhaustive {
        #[arg(long, default_value_t = 3)]
        depth: usize,
        /// Only these scenarios.
        #[arg(long = "scenario")]
        scenarios: Vec<String>,
        /// In field mode: each odd form of the answers with the faults.
        #[arg(long)]
        field: bool,
        #[arg(long, default_value_t = threads::cores())]
        threads: usize,
    },
    /// Random jobs and faults.
    Random {
        #[arg(long, default_value_t = 1_000_000)]
        jobs: u64,
        /// The share of points with a fault, from 0 to 1.
        #[arg(long, default_value = "0.3", value_parser = percent)]
        fault_rate: u8,
        /// The first seed; each run uses the next one.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// In field mode: the answers have odd forms at random.
        #[arg(long)]
        field: bool,
        #[arg(long, default_value_t = threads::cores())]
        threads: usize,
    },
    /// One run with its trace: by its seed, or by its scenario and schedule.
    Replay {
        #[arg(long, conflicts_with_all = ["scenario", "schedule"])]
        seed: Option<u64>,
        /// The run of the seed in field mode.
        #[arg(long)]
        field: bool,
        #[arg(long, default_value = "0.3", value_parser = percent)]
        fault_rate: u8,
        #[arg(long, required_unless_present = "seed")]
        scenario: Option<String>,
        /// Faults and the points they are injected at: `4:response-lost,9:killed`.
        #[arg(long, default_value = "")]
        schedule: String,
        /// An odd form that the answers have.
        #[arg(long = "oddity")]
        oddities: Vec<String>,
    },
}

/// A rate from 0 to 1 as a percentage.
#[allow(clippy::float_arithmetic, reason = "a rate is not money")]
fn percent(text: &str) -> Result<u8, String> {
    let rate = text.parse::<f64>().ok().filter(|rate| (0.0..=1.0).contains(rate));
    rate.map(|rate| (rate * 100.0).round() as u8)
        .ok_or_else(|| "expected a number from 0 to 1".to_owned())
}

fn main() -> ExitCode {
    let holds = match Arguments::parse().command {
        Command::Exhaustive { depth, scenarios, field, threads } => match select(&scenarios, field)
        {
            Ok(scenarios) => exhaustive::run(depth, &scenarios, field, threads),
            Err(problem) => print_error(&problem),
        },
        Command::Random { jobs, fault_rate, seed, field, threads } => {
            random::run(jobs, fault_rate, seed, field, threads)
        }
        Command::Replay { seed: Some(seed), fault_rate, field, .. } => {
            show(&random::simulate_run(seed, fault_rate, field, true))
        }
        Command::Replay { scenario, schedule, oddities, .. } => {
            match find(scenario.as_deref(), &oddities, &schedule) {
                Ok((scenario, scheduled)) => {
                    let mut schedule = Schedule::new(&scheduled);
                    show(&run::simulate(&scenario, 1, 7, &mut schedule, true))
                }
                Err(problem) => print_error(&problem),
            }
        }
    };
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print_error(problem: &str) -> bool {
    eprintln!("{problem}");
    false
}

/// The scenarios with these names; all if there are none. In field mode those with odd answers come
/// after them.
fn select(names: &[String], field: bool) -> Result<Vec<&'static Scenario>, String> {
    let mut chosen: Vec<&'static Scenario> = if names.is_empty() {
        scenario::ALL.iter().collect()
    } else {
        names.iter().map(|name| by_name(name)).collect::<Result<_, _>>()?
    };
    if field {
        let odd = |one: &&Scenario| names.is_empty() || names.iter().any(|name| name == one.name);
        chosen.extend(scenario::FIELD.iter().filter(odd));
    }
    Ok(chosen)
}

fn by_name(name: &str) -> Result<&'static Scenario, String> {
    Scenario::by_name(name).ok_or_else(|| {
        let names: Vec<_> = scenario::ALL.iter().map(|scenario| scenario.name).collect();
        format!("unknown scenario `{name}`; use one of {}", names.join(", "))
    })
}

fn find(
    scenario: Option<&str>,
    oddities: &[String],
    schedule: &str,
) -> Result<(Scenario, Vec<ScheduledFault>), String> {
    let scenario = by_name(scenario.unwrap_or_default())?;
    let named = |name: &String| {
        let mut all = Oddity::ALL.iter().copied();
        all.find(|oddity| oddity.name() == name).ok_or(format!("unknown oddity `{name}`"))
    };
    let oddities: Vec<Oddity> = oddities.iter().map(named).collect::<Result<_, _>>()?;
    let scenario =
        if oddities.is_empty() { scenario.clone() } else { scenario.with_oddities(oddities) };
    Ok((scenario, fault_plan::read(schedule)?))
}

/// Prints a run; returns whether every invariant held.
fn show(report: &Report) -> bool {
    for line in report.trace.lines.iter().flatten() {
        println!("{line}");
    }
    for verdict in &report.verdicts {
        let end = (verdict.provider, verdict.end, verdict.charge);
        println!("{} {}: charge {}, billed: {}", end.0, end.1, end.2, verdict.billed);
    }
    if let Some(violation) = &report.violation {
        println!("VIOLATION {violation}");
    }
    report.violation.is_none()
}
