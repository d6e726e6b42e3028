//! Processes that are killed at their worst moments: the next one finds the job, and nothing is paid twice.

use filmgate::provider::ProviderId;
use serde_json::json;

use crate::child::{Process, generate, open};
use crate::support::{Folder, KEY, PROVIDERS, Simulator, fault, is_video, wait_until};

const STORES: [&str; 2] = ["folder", "sqlite"];

fn has_video(folder: &Folder) {
    assert!(is_video(&std::fs::read(folder.join("video.mp4")).unwrap()));
}

/// No file that the process has left holds the key.
fn holds_no_key(folder: &Folder) {
    let mut folders = vec![folder.path().to_owned()];
    while let Some(each) = folders.pop() {
        for entry in std::fs::read_dir(each).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            // A process that is ending removes its lock and journal meanwhile.
            let Ok(bytes) = std::fs::read(&path) else { continue };
            assert!(!bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()), "{path:?}");
        }
    }
}

#[tokio::test]
async fn after_the_save_and_before_the_submit() {
    for store in STORES {
        for provider in PROVIDERS {
            let (sim, folder) = (Simulator::start(), Folder::new());
            let mut work = generate(&sim, &folder, store, provider);
            work["hangAfterPut"] = json!(1);
            let mut first = Process::start(&work);
            first.wait_for("hangs");
            first.kill();
            assert_eq!(sim.submissions(), 0);
            holds_no_key(&folder);

            work["hangAfterPut"] = json!(null);
            work["timeoutMs"] = json!(5_000);
            let mut second = Process::start(&work);
            if provider == ProviderId::Runpod {
                // It cannot know that nothing was sent, and RunPod cannot be asked.
                assert_eq!(second.wait_for("error"), "submission_unknown");
                assert_eq!(sim.submissions(), 0);
            } else {
                // Runware is asked first. Within three seconds of the save the task may be sent again, or it stays unknown.
                second.wait_for("job");
                assert!(second.ends());
                assert!(sim.submissions() <= 1);
            }
        }
    }
}

#[tokio::test]
async fn after_the_submit_and_before_its_response() {
    for store in STORES {
        for provider in PROVIDERS {
            let (sim, folder) = (Simulator::start(), Folder::new());
            sim.faults(fault("submit", 1, json!({ "kind": "latency", "ms": 60_000 })));
            let work = generate(&sim, &folder, store, provider);
            let mut first = Process::start(&work);
            wait_until(|| sim.submissions() > 0).await;
            first.kill();

            let mut second = Process::start(&work);
            if provider == ProviderId::Runpod {
                assert_eq!(second.wait_for("error"), "submission_unknown");
            } else {
                second.wait_for("video");
                has_video(&folder);
            }
            assert_eq!((sim.submissions(), sim.accepted()), (1, 1));
            holds_no_key(&folder);
        }
    }
}

#[tokio::test]
async fn after_the_response_and_before_its_save() {
    for provider in PROVIDERS {
        let (sim, folder) = (Simulator::start(), Folder::new());
        let mut work = generate(&sim, &folder, "folder", provider);
        work["hangBeforePut"] = json!(2);
        let mut first = Process::start(&work);
        first.wait_for("hangs");
        first.kill();
        assert_eq!(sim.accepted(), 1);

        work["hangBeforePut"] = json!(null);
        let mut second = Process::start(&work);
        match provider {
            ProviderId::Runpod => assert_eq!(second.wait_for("error"), "submission_unknown"),
            _ => {
                second.wait_for("video");
                has_video(&folder);
            }
        }
        assert_eq!((sim.submissions(), sim.accepted()), (1, 1));
    }
}

#[tokio::test]
async fn after_the_save_of_the_response() {
    for provider in PROVIDERS {
        let (sim, folder) = (Simulator::start(), Folder::new());
        let mut work = generate(&sim, &folder, "sqlite", provider);
        work["hangAfterPut"] = json!(2);
        let mut first = Process::start(&work);
        first.wait_for("hangs");
        first.kill();
        work["hangAfterPut"] = json!(null);
        Process::start(&work).wait_for("video");
        has_video(&folder);
        assert_eq!((sim.submissions(), sim.charges()), (1, 1));
    }
}

#[tokio::test]
async fn while_the_job_is_polled() {
    for store in STORES {
        for provider in PROVIDERS {
            let (sim, folder) = (Simulator::with_duration(600_000), Folder::new());
            let work = generate(&sim, &folder, store, provider);
            let mut first = Process::start(&work);
            first.wait_for("job");
            first.kill();
            sim.post("advance", &json!({ "ms": 700_000 }));
            Process::start(&work).wait_for("video");
            has_video(&folder);
            assert_eq!((sim.submissions(), sim.charges()), (1, 1));
        }
    }
}

#[tokio::test]
async fn while_the_video_is_downloaded() {
    for provider in PROVIDERS {
        let (sim, folder) = (Simulator::start(), Folder::new());
        sim.faults(fault("download", 50, json!({ "kind": "truncatedStream" })));
        let work = generate(&sim, &folder, "folder", provider);
        let mut first = Process::start(&work);
        first.wait_for("downloading");
        let part = folder.join("video.mp4.part");
        wait_until(|| std::fs::metadata(&part).is_ok_and(|part| part.len() > 0)).await;
        first.kill();
        assert!(!folder.join("video.mp4").exists());

        sim.faults(json!([]));
        Process::start(&work).wait_for("video");
        has_video(&folder);
        assert!(!part.exists());
        assert_eq!((sim.submissions(), sim.charges()), (1, 1));
    }
}

#[tokio::test]
async fn one_process_drives_a_job_and_the_next_one_continues() {
    for store in STORES {
        let (sim, folder) = (Simulator::with_duration(600_000), Folder::new());
        let work = generate(&sim, &folder, store, ProviderId::Runware);
        let mut first = Process::start(&work);
        let id = first.wait_for("job");
        let mut second = Process::start(&work);
        second.wait_for("job");
        // The second waits for the lease of the first.
        let lease = open(store, folder.path());
        let waits = tokio::time::timeout(std::time::Duration::from_millis(300), lease.lease(&id));
        assert!(waits.await.is_err());
        first.kill();
        sim.post("advance", &json!({ "ms": 700_000 }));
        second.wait_for("video");
        has_video(&folder);
        assert_eq!((sim.submissions(), sim.charges()), (1, 1));
    }
}
