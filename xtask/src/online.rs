//! The addresses of the documents, and how they are fetched: by `curl`, and the SDK from PyPI by `pip`.

use std::fs;
use std::io;
use std::path::Path;
use std::process::Command;
use std::thread;

use filmgate::catalog::{Listing, MODELS, State};
use filmgate::provider::ProviderId;

/// The most documents that are fetched at once.
const MAX_CONNECTIONS: usize = 8;

/// The folders of the documents, below that of all.
pub const FOLDERS: [&str; 3] = ["runware", "runpod", "sdk"];

const CONFIGS: &str = "https://api.runpod.io/graphql";
const CONFIGS_QUERY: &str = "{\"query\":\"{ allAiApiPublicConfigs \
     { id aiApiId modelName displayName description metadata isLive createdAt updatedAt schema } }\"}";

/// A document of a provider.
pub struct Address {
    /// Its file in the folder of documents.
    pub file: String,
    /// Its URL.
    pub url: String,
    /// The listing that it is about; none for a list of all models.
    pub row: Option<&'static Listing>,
}

/// Every document of the listings that are still sold, by the page that their `evidence` names.
pub fn addresses() -> Vec<Address> {
    let mut found = vec![Address {
        file: "runpod/configs.json".to_owned(),
        url: CONFIGS.to_owned(),
        row: None,
    }];
    let rows = MODELS.iter().flat_map(|model| model.listings.iter());
    for row in rows.filter(|row| row.status.state != State::Retired) {
        let page = row.evidence.as_ref().map_or("", |evidence| &*evidence.source);
        let Some((_, slug)) = page.rsplit_once("/models/") else { continue };
        let mut add = |file: String, url: String| found.push(Address { file, url, row: Some(row) });
        match row.provider {
            ProviderId::Runpod => add(format!("runpod/pages/{slug}.md"), format!("{page}.md")),
            _ => {
                add(format!("runware/schema/{slug}.json"), format!("{page}/schema.json"));
                let url = format!("https://content.runware.ai/models/{slug}/pricing");
                add(format!("runware/pricing/{slug}.json"), url);
            }
        }
    }
    found
}

/// What came of fetching a document.
pub enum Fetched {
    /// It is in its file.
    Here,
    /// The provider no longer has it: 404 or 410.
    Gone,
    /// It cannot be fetched, with the reason.
    Failed(String),
}

/// Fetches the documents into their files, some at once, and says what came of each, in their order.
///
/// # Errors
///
/// A folder that cannot be created, or a machine without `curl`.
pub fn fetch_all(folder: &Path, addresses: &[Address]) -> io::Result<Vec<Fetched>> {
    let mut found = Vec::new();
    for some in addresses.chunks(MAX_CONNECTIONS) {
        let fetched: Vec<io::Result<Fetched>> = thread::scope(|scope| {
            let one = |address| scope.spawn(move || fetch(folder, address));
            let running: Vec<_> = some.iter().map(one).collect();
            let stopped = |_| Err(io::Error::other("A fetch stopped."));
            running.into_iter().map(|one| one.join().unwrap_or_else(stopped)).collect()
        });
        found.extend(fetched.into_iter().collect::<io::Result<Vec<_>>>()?);
    }
    Ok(found)
}

fn fetch(folder: &Path, address: &Address) -> io::Result<Fetched> {
    let file = folder.join(&address.file);
    fs::create_dir_all(file.parent().unwrap_or(folder))?;
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--show-error", "--location", "--proto", "=https", "--max-time", "60"]);
    // As large as the largest document that is read.
    curl.args(["--max-filesize", "4194304"]);
    curl.args(["--connect-timeout", "10", "--write-out", "%{http_code}", "--output"]).arg(&file);
    if address.url == CONFIGS {
        curl.args(["--header", "Content-Type: application/json", "--data", CONFIGS_QUERY]);
    }
    let output = curl.arg(&address.url).output()?;
    let code = String::from_utf8_lossy(&output.stdout);
    let fetched = match (output.status.success(), code.trim()) {
        (true, "200") => return Ok(Fetched::Here),
        (true, "404" | "410") => Fetched::Gone,
        (true, code) => Fetched::Failed(format!("{} answers {code}.", address.url)),
        (false, _) => Fetched::Failed(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
    };
    // An answer that is not the document must not be taken for it.
    fs::remove_file(&file).or_else(|error| match error.kind() {
        io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    Ok(fetched)
}

/// Fetches the newest SDK from PyPI, and keeps its types.
///
/// # Errors
///
/// A machine without Python, or a folder that cannot be written.
pub fn fetch_sdk(folder: &Path) -> io::Result<Fetched> {
    let package = folder.join("sdk");
    let mut pip = Command::new("python3");
    pip.args(["-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]);
    pip.args(["--only-binary", ":all:", "--target"]).arg(&package).arg("runware-sdk");
    let output = pip.output()?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Ok(Fetched::Failed(reason));
    }
    let kept = folder.join("runware");
    fs::create_dir_all(&kept)?;
    let moved = fs::rename(package.join("runware/types/task_map.py"), kept.join("task_map.py"));
    fs::remove_dir_all(&package)?;
    Ok(match moved {
        Ok(()) => Fetched::Here,
        Err(_) => Fetched::Failed("a package without `runware/types/task_map.py`.".to_owned()),
    })
}
