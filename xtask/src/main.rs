//! The command line: see `cargo xtask --help`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io, io::Write};

use clap::{Parser, Subcommand};
use xtask::draft::Draft;
use xtask::missing::missing;
use xtask::online::{self, Fetched};
use xtask::pages::PAGES;
use xtask::{End, Report};

#[derive(Parser)]
#[command(about = "Tasks of the project")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Prints the differences between the catalog and the providers' documents; exits with 1 if there are any, with 2 if
    /// a document cannot be read.
    Catalog {
        /// Print known differences too, with their reasons.
        #[arg(long)]
        all: bool,
        /// Write a draft of each model's file that the catalog does not have to this folder.
        #[arg(long, value_name = "DIR")]
        draft: Option<PathBuf>,
        /// Fetch the documents first, into the folder of `--from` or into `target/catalog`.
        #[arg(long)]
        online: bool,
        /// Compare every document of a folder: `.json`, `.md`, `.mdx`, and `task_map.py`.
        #[arg(long, value_name = "DIR")]
        from: Option<PathBuf>,
        /// Runware's `schema.json`, pricing answer or `task_map.py`; RunPod's page (Markdown, MDX) or public configs.
        #[arg(required_unless_present_any = ["online", "from"])]
        files: Vec<PathBuf>,
    },
    /// Writes the pages that are made from `catalog/`, and prints what a listing still lacks; exits with 1 if it lacks
    /// something.
    Models,
}

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let done = match Arguments::parse().command {
        Command::Catalog { all, draft, online, from, files } => {
            compare(&root, Report::new(all), draft.as_deref(), online, from, files)
        }
        Command::Models => complete(&root),
    };
    done.unwrap_or_else(|error| {
        eprintln!("{error}");
        ExitCode::from(2)
    })
}

fn compare(
    root: &Path,
    mut report: Report,
    drafts: Option<&Path>,
    online: bool,
    from: Option<PathBuf>,
    mut files: Vec<PathBuf>,
) -> io::Result<ExitCode> {
    let folder = from.or_else(|| online.then(|| root.join("target/catalog")));
    if let Some(folder) = &folder {
        if online {
            fetch(folder, &mut report)?;
        }
        documents(folder, &mut files)?;
    }
    if files.is_empty() {
        return Err(io::Error::other("No document was found."));
    }
    for file in files {
        report.add(&file.to_string_lossy(), fs::File::open(&file));
    }
    let End { text, code, drafts: drafted } = report.end();
    print!("{text}");
    if let Some(folder) = drafts {
        write_drafts(folder, &drafted)?;
    }
    Ok(ExitCode::from(code))
}

/// Fetches every document. Those of the last time are removed, so that none is taken for a new one.
fn fetch(folder: &Path, report: &mut Report) -> io::Result<()> {
    for old in online::FOLDERS.map(|name| folder.join(name)).iter().filter(|old| old.exists()) {
        fs::remove_dir_all(old)?;
    }
    fs::create_dir_all(folder)?;
    if let Fetched::Failed(reason) = online::fetch_sdk(folder)? {
        report.add_unreadable("runware-sdk", &reason);
    }
    let addresses = online::addresses();
    for (address, fetched) in addresses.iter().zip(online::fetch_all(folder, &addresses)?) {
        match (fetched, address.row) {
            (Fetched::Here, _) => {}
            (Fetched::Gone, Some(row)) => report.add_gone(row, &address.url),
            (Fetched::Gone, None) => report.add_unreadable(&address.url, "gone."),
            (Fetched::Failed(reason), _) => report.add_unreadable(&address.url, &reason),
        }
    }
    Ok(())
}

/// Every document below a folder, in the order of the names.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<io::Result<Vec<_>>>()?;
    paths.sort();
    for path in paths {
        let is_document = path.file_name().is_some_and(|name| name == "task_map.py")
            || path
                .extension()
                .is_some_and(|end| ["json", "md", "mdx"].iter().any(|one| end == *one));
        if path.is_dir() {
            documents(&path, found)?;
        } else if is_document {
            found.push(path);
        }
    }
    Ok(())
}

/// Writes each draft to a file of its own, and prints what is left to decide. A file that exists is kept.
fn write_drafts(folder: &Path, drafts: &[Draft]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    for Draft { id, text, open } in drafts {
        let file = folder.join(format!("{id}.json"));
        match fs::File::create_new(&file) {
            Ok(mut new) => new.write_all(text.as_bytes())?,
            Err(error) => println!("{}: not written: {error}", file.display()),
        }
        for line in open {
            println!("{}: to decide: {line}", file.display());
        }
    }
    Ok(())
}

fn complete(root: &Path) -> io::Result<ExitCode> {
    for (name, made) in PAGES {
        let text = fs::read_to_string(root.join(name))?;
        let new = made(&text);
        if new != text {
            fs::write(root.join(name), new)?;
            println!("{name}: written");
        }
    }
    let missing = missing(root)?;
    missing.iter().for_each(|line| println!("{line}"));
    if missing.is_empty() {
        println!(
            "Nothing is missing. Run: cargo test --test core -- catalog listings_vs_simulator"
        );
    }
    Ok(ExitCode::from(u8::from(!missing.is_empty())))
}
