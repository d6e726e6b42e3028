//! The campaign: drives the real core through every fault there is, against the simulated providers,
//! in simulated time, and holds what it says against the providers' books.
//!
//! | file | what is there |
//! |---|---|
//! | `shape` | the jobs: what is ordered, and how the provider behaves |
//! | `fault` | what can go wrong, and at which points |
//! | `fate` | who decides what goes wrong: nobody, a schedule, chance |
//! | `world`, `wire` | the network and the providers |
//! | `film`, `news`, `outputs`, `store` | one job and its driver: process, store, clock |
//! | `run` | the jobs of one world, from their orders to the verdict |
//! | `rules`, `verdict`, `seen` | what must hold, and how it is checked |
//! | `exhaustive`, `random` | which runs there are |
//! | `trace`, `tally` | what happened in one run, and in all |

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

use crate::fault_plan::{Schedule, Strike};
use crate::run::Report;
use crate::scenario::Shape;

#[derive(Parser)]
#[command(about = "Faults without end, against the simulated providers")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Every schedule of up to so many faults, for every shape of a job.
    Exhaustive {
        #[arg(long, default_value_t = 3)]
        depth: usize,
        /// These shapes alone.
        #[arg(long = "shape")]
        shapes: Vec<String>,
        #[arg(long, default_value_t = threads::cores())]
        threads: usize,
    },
    /// Jobs and faults by chance.
    Random {
        #[arg(long, default_value_t = 1_000_000)]
        jobs: u64,
        /// How many of a hundred points are struck.
        #[arg(long, default_value = "30%", value_parser = percent)]
        faults: u8,
        /// The first seed; each run has the next one.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        #[arg(long, default_value_t = threads::cores())]
        threads: usize,
    },
    /// One run in words: by its seed, or by its shape and schedule.
    Replay {
        #[arg(long, conflicts_with_all = ["shape", "schedule"])]
        seed: Option<u64>,
        #[arg(long, default_value = "30%", value_parser = percent)]
        faults: u8,
        #[arg(long, required_unless_present = "seed")]
        shape: Option<String>,
        /// Faults and the points that they strike: `4:response-lost,9:killed`.
        #[arg(long, default_value = "")]
        schedule: String,
    },
}

fn percent(text: &str) -> Result<u8, String> {
    let number = text.strip_suffix('%').unwrap_or(text).parse::<u8>();
    number
        .ok()
        .filter(|number| *number <= 100)
        .ok_or_else(|| "0% to 100%".to_owned())
}

fn main() -> ExitCode {
    let holds = match Arguments::parse().command {
        Command::Exhaustive {
            depth,
            shapes,
            threads,
        } => match chosen(&shapes) {
            Ok(shapes) => exhaustive::run(depth, &shapes, threads),
            Err(problem) => complain(&problem),
        },
        Command::Random {
            jobs,
            faults,
            seed,
            threads,
        } => random::run(jobs, faults, seed, threads),
        Command::Replay {
            seed: Some(seed),
            faults,
            ..
        } => show(&random::play(seed, faults, true)),
        Command::Replay {
            shape, schedule, ..
        } => match find(shape.as_deref(), &schedule) {
            Ok((shape, strikes)) => {
                let mut schedule = Schedule::new(&strikes);
                show(&run::film(shape, 1, 7, &mut schedule, true))
            }
            Err(problem) => complain(&problem),
        },
    };
    if holds {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn complain(problem: &str) -> bool {
    eprintln!("{problem}");
    false
}

/// The shapes of these names; all, where none is named.
fn chosen(names: &[String]) -> Result<Vec<&'static Shape>, String> {
    if names.is_empty() {
        return Ok(scenario::ALL.iter().collect());
    }
    names.iter().map(|name| named(name)).collect()
}

fn named(name: &str) -> Result<&'static Shape, String> {
    Shape::named(name).ok_or_else(|| {
        let names: Vec<_> = scenario::ALL.iter().map(|shape| shape.name).collect();
        format!(
            "no shape is called `{name}`; there are {}",
            names.join(", ")
        )
    })
}

fn find(shape: Option<&str>, schedule: &str) -> Result<(&'static Shape, Vec<Strike>), String> {
    Ok((
        named(shape.unwrap_or_default())?,
        fault_plan::read(schedule)?,
    ))
}

/// Prints a run; returns whether every rule held.
fn show(report: &Report) -> bool {
    for line in report.trace.lines.iter().flatten() {
        println!("{line}");
    }
    for verdict in &report.verdicts {
        let end = (verdict.provider, verdict.end, verdict.charge);
        println!(
            "{} {}: charge {}, billed: {}",
            end.0, end.1, end.2, verdict.billed
        );
    }
    if let Some(broken) = &report.broken {
        println!("BROKEN {broken}");
    }
    report.broken.is_none()
}
