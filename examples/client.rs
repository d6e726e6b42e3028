//! Generates a video with the client, and continues the jobs of a run that was killed:
//!
//! ```sh
//! RUNWARE_API_KEY=… cargo run --features client --example client -- videos "A lighthouse in the rain"
//! RUNWARE_API_KEY=… cargo run --features client --example client -- videos
//! ```
//!
//! The folder has the records of all jobs. The program first continues those whose videos it lacks, and then submits the
//! prompt, if there is one, for at most 60 cents. Set `RUNPOD_BASE_URL` and `RUNWARE_BASE_URL` to use simulated providers:
//! `cargo run -p filmgate-simulator --features server` prints their URLs.

use std::env;
use std::error::Error;
use std::path::{Path, PathBuf};

use filmgate::client::{
    Client, FolderStore, Job, JobStatus, ProviderSettings, ResumeOptions, SubmitOptions,
};
use filmgate::handle::Handle;
use filmgate::money::Usd;
use filmgate::provider::ProviderId;
use filmgate::request::VideoRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args().skip(1);
    let folder = arguments.next().ok_or("Pass a folder and a prompt.")?;
    let folder = Path::new(&folder);
    let client = client(folder)?;
    let mut has_failed = false;
    for stored in client.jobs(false).await? {
        if is_over(&stored, folder) {
            continue;
        }
        let job = client.resume(&stored.handle, &ResumeOptions::default());
        if let Err(error) = finish(&client, &job, folder).await {
            eprintln!("{}: {error}", stored.handle.id);
            has_failed = true;
        }
    }
    if let Some(prompt) = arguments.next() {
        let request = VideoRequest::new("wan-2.6").prompt(prompt).duration(5).resolution("720p");
        let options = SubmitOptions { max_cost: Some(Usd(600_000)), ..SubmitOptions::default() };
        let job = client.submit(&request, &options).await?;
        finish(&client, &job, folder).await?;
    }
    if has_failed { Err("An earlier job has failed.".into()) } else { Ok(()) }
}

/// A client with the keys and base URLs of the environment.
fn client(folder: &Path) -> Result<Client, Box<dyn Error>> {
    let mut builder = Client::builder().store(FolderStore::open(folder.join("jobs"))?);
    for provider in ProviderId::ALL {
        let base_url = env::var(format!("{}_BASE_URL", provider.as_str().to_uppercase())).ok();
        if base_url.is_some() {
            builder = builder
                .provider(*provider, ProviderSettings { base_url, ..ProviderSettings::default() });
        }
    }
    Ok(builder.api_keys_from_env().build()?)
}

/// Whether a job has failed, or all its videos are in the folder: a run may have been killed while it downloaded them.
fn is_over(stored: &JobStatus, folder: &Path) -> bool {
    match &stored.result {
        Some(Ok(result)) => {
            (0..result.videos.len()).all(|number| path(folder, &stored.handle, number).exists())
        }
        Some(Err(_)) => true,
        None => false,
    }
}

fn path(folder: &Path, handle: &Handle, number: usize) -> PathBuf {
    folder.join(format!("{}-{number}.mp4", handle.id))
}

/// Waits for the end of a job, and downloads its videos.
async fn finish(client: &Client, job: &Job, folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut updates = job.updates();
    while let Some(update) = updates.next().await {
        println!("{} {}", update.status, update.progress.unwrap_or(0));
    }
    let result = job.result().await?;
    for (number, video) in result.videos.iter().enumerate() {
        let path = path(folder, &job.handle(), number);
        if !path.exists() {
            client.download(video, &path).await?;
            println!("video {}", path.display());
        }
    }
    Ok(())
}
