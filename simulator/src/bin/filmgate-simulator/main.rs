//! The simulated providers as a local server.
//!
//! When ready, it prints one line of JSON: its own origin and each provider's base URL.
//! Port 0 picks a free port.

mod connection;
mod delivery;

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use filmgate_simulator::{Config, FieldMode, Oddity, Simulator};
use tokio::net::TcpListener;

/// RunPod and Runware, simulated: nothing leaves this machine and nothing is paid.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Port to listen on; 0 picks a free one.
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    host: String,
    /// Milliseconds from a job's acceptance to its end.
    #[arg(long, default_value_t = Config::default().job_duration_ms)]
    job_duration_ms: u64,
    /// Seed of ids and randomness.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Field mode: answers have odd forms. A seed, or names of forms with commas between them.
    #[arg(long, value_parser = field_mode)]
    field_mode: Option<FieldMode>,
}

fn field_mode(text: &str) -> Result<FieldMode, String> {
    if let Ok(seed) = text.parse() {
        return Ok(FieldMode::Seed(seed));
    }
    let named = |name: &str| {
        let mut all = Oddity::ALL.iter().copied();
        all.find(|oddity| oddity.name() == name).ok_or_else(|| {
            let names: Vec<_> = Oddity::ALL.iter().map(|oddity| oddity.name()).collect();
            format!("`{name}` is not a form; use a seed or one of {}", names.join(", "))
        })
    };
    text.split(',').map(named).collect::<Result<_, _>>().map(FieldMode::Only)
}

/// The simulator, shared by all connections.
#[derive(Clone)]
struct Shared(Arc<Mutex<Simulator>>);

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Simulator> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let arguments = Arguments::parse();
    let listener = TcpListener::bind((arguments.host.as_str(), arguments.port)).await?;
    let origin = format!("http://{}", listener.local_addr()?);
    let config = Config {
        job_duration_ms: arguments.job_duration_ms,
        field_mode: arguments.field_mode,
        ..Config::default()
    };
    let simulator = Simulator::new(config, arguments.seed, &origin);
    let shared = Shared(Arc::new(Mutex::new(simulator)));

    let mut out = std::io::stdout();
    writeln!(
        out,
        r#"{{"origin":"{origin}","runpod":"{origin}/runpod/v2","runware":"{origin}/runware/v1"}}"#
    )?;
    out.flush()?;

    tokio::spawn(delivery::deliver(shared.clone()));
    loop {
        // A failed accept concerns that client, not the server.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection::serve(stream, shared.clone()));
        }
    }
}
