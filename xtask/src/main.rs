//! The command line: see `cargo xtask --help`.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use xtask::Report;

#[derive(Parser)]
#[command(about = "Tasks of the project")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the differences between the catalog's rows and the providers' documents; exits with 1 if
    /// there are any, with 2 if a file cannot be read.
    Catalog {
        /// Print known differences too, with their reasons.
        #[arg(long)]
        all: bool,
        /// Runware's `schema.json` of a model, or RunPod's page of one (Markdown, MDX).
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
}

fn main() -> ExitCode {
    let Command::Catalog { all, files } = Arguments::parse().command;
    let mut report = Report::new(all);
    for file in files {
        report.add(&file.to_string_lossy(), fs::read(&file));
    }
    let (text, code) = report.end();
    print!("{text}");
    ExitCode::from(code)
}
