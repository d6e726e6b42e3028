//! The client: plans a request, submits it to one listing, and finds its job again.

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::download::{Downloaded, download};
use super::driver::now_ms;
use super::job::{Job, JobStatus, Tracked};
use super::options::{ClientBuilder, ResumeOptions, SubmitOptions};
use super::store::{KeyedLocks, Store, StoreError};
use super::task::{New, Seed, after, track};
use super::transport::{Connection, Http};
use super::webhook::{self, WebhookEvent};
use super::{Error, locked};
use crate::catalog::{BUILT_IN, Catalog};
use crate::codec::Codec;
use crate::error::{Charge, ErrorCode};
use crate::handle::Handle;
use crate::job::{Job as Machine, Limits};
use crate::outcome::{Video, VideoResult};
use crate::plan::{self, PlanOptions, Quote, ValidationResult};
use crate::provider_id::ProviderId;
use crate::request::{Candidate, Policy, VideoRequest, is_uuid};
use crate::schedule::MAX_RUN_TIMES;

/// A client of both providers. Clones share everything.
///
/// All calls that send something need a tokio runtime with its time and I/O drivers enabled.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Arc<dyn Store>,
    pub(super) request_timeout: Duration,
    http: Http,
    connections: Vec<Arc<Connection>>,
    allow_private_hosts: bool,
    catalog: Option<Arc<Catalog>>,
    /// The jobs that are tracked in this process, so that none is tracked twice.
    tracked: Mutex<HashMap<String, Weak<Tracked>>>,
    /// Submits with the same id follow each other.
    pub(super) submits: KeyedLocks,
    /// Run times of the last jobs of each listing, in milliseconds.
    run_times: Mutex<HashMap<(ProviderId, String), Vec<u32>>>,
}

impl Client {
    /// Builds a client.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    pub(super) fn with(builder: ClientBuilder) -> Result<Self, Error> {
        let ClientBuilder { providers, store, request_timeout, allow_private_hosts, catalog } =
            builder;
        let http = Http::new(request_timeout)?;
        let connection = |(provider, settings): &(ProviderId, _)| {
            Connection::new(*provider, settings, http.clone()).map(Arc::new)
        };
        let connections = providers.iter().map(connection).collect::<Result<Vec<_>, Error>>()?;
        Ok(Client(Arc::new(Inner {
            store,
            request_timeout,
            http,
            connections,
            allow_private_hosts,
            catalog,
            tracked: Mutex::default(),
            submits: KeyedLocks::default(),
            run_times: Mutex::default(),
        })))
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }

    /// Finds every problem of a request at once, for every listing. Offline.
    pub fn validate(&self, request: &VideoRequest) -> ValidationResult {
        plan::validate(request, self.0.policy())
    }

    /// Prices a request at every listing, the cheapest first. Offline.
    pub fn quote(&self, request: &VideoRequest) -> Vec<Quote> {
        plan::quote(request, self.0.policy())
    }

    /// Submits a request to one listing and tracks the job. Resolves once the provider has accepted the job and its record
    /// is stored. If a listing certainly rejects the request, the next one is tried.
    ///
    /// If the returned future is dropped, a submit that was sent is still finished and recorded: the job is in
    /// [`Client::jobs`]. Nothing is sent after the drop.
    ///
    /// # Errors
    ///
    /// `InvalidRequest`, `BudgetExceeded` or `MissingApiKey` before anything is sent. `SubmissionUnknown` if the response was
    /// lost and the job cannot be looked up: submitting again may pay twice. Otherwise why the job has failed; its
    /// [`Error::charge`] says whether it was charged.
    pub async fn submit(
        &self,
        request: &VideoRequest,
        options: &SubmitOptions,
    ) -> Result<Job, Error> {
        let deadline = after(options.timeout);
        let Some(id) = &options.id else {
            return self.submit_new(request, options, None, deadline).await;
        };
        if !is_uuid(id, Some(4)) || id.bytes().any(|byte| byte.is_ascii_uppercase()) {
            let message = "`id` must be a UUID of version 4, in lower case. Nothing was sent.";
            return Err(Error::new(ErrorCode::InvalidRequest, Charge::None, message));
        }
        let _turn = self.turn(id, deadline).await?;
        if let Some(job) = self.existing(id, options, deadline).await? {
            return Ok(job);
        }
        let submitted = self.submit_new(request, options, Some(id), deadline).await;
        match submitted {
            // A store that rejected the write, and did not fail, has the record of another process.
            Err(error)
                if error.code() == ErrorCode::StoreError
                    && std::error::Error::source(&error).is_none() =>
            {
                self.existing(id, options, deadline).await?.ok_or(error)
            }
            submitted => submitted,
        }
    }

    /// Submits a request and waits for the result.
    ///
    /// # Errors
    ///
    /// Those of [`Client::submit`] and [`Job::result`].
    pub async fn generate(
        &self,
        request: &VideoRequest,
        options: &SubmitOptions,
    ) -> Result<VideoResult, Error> {
        self.submit(request, options).await?.result().await
    }

    /// Tracks a job by its handle, in this or any other process. It waits for the lease of another process that tracks it.
    ///
    /// A job that this process tracks already is returned as it is, without the `options`: it keeps the timeout that its
    /// tracking began with, which is `request_timeout` if [`Client::cancel`] began it. After a `Timeout`, resume it again.
    pub fn resume(&self, handle: &Handle, options: &ResumeOptions) -> Job {
        // Held for both steps, so that two threads do not track it twice.
        let mut tracked = locked(&self.0.tracked);
        if let Some(job) = tracked_in(&tracked, &handle.id) {
            return job;
        }
        let seed = Seed::Stored { handle: Box::new(handle.clone()), options: options.clone() };
        let job = track(self, seed, options.timeout, false);
        register_in(&mut tracked, &handle.id, &job);
        job
    }

    /// Checks the status of a job once, without a polling loop. Of a job that is tracked in this process it returns the last
    /// known status, without a request.
    ///
    /// # Errors
    ///
    /// If the check fails, which does not affect the job.
    pub async fn status(&self, handle: &Handle) -> Result<JobStatus, Error> {
        if let Some(job) = self.0.tracked_job(&handle.id) {
            return Ok(job.status());
        }
        let seed =
            Seed::Stored { handle: Box::new(handle.clone()), options: ResumeOptions::default() };
        track(self, seed, self.0.request_timeout, true).polled().await
    }

    /// Cancels a job, if its provider can.
    ///
    /// # Errors
    ///
    /// Those of [`Job::cancel`].
    pub async fn cancel(&self, handle: &Handle) -> Result<crate::job::CancelResult, Error> {
        let options = ResumeOptions { timeout: self.0.request_timeout, ..ResumeOptions::default() };
        self.resume(handle, &options).cancel().await
    }

    /// The stored jobs, newest first. `pending`: only those that have not ended.
    ///
    /// # Errors
    ///
    /// `StoreError` if the store fails.
    pub async fn jobs(&self, pending: bool) -> Result<Vec<JobStatus>, Error> {
        let entries = self.0.store.list().await.map_err(store_failed)?;
        let jobs = entries.iter().filter_map(|entry| JobStatus::of_record(&entry.record));
        let mut jobs: Vec<_> = jobs.filter(|job| !pending || !job.status.is_end()).collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.handle.created_at));
        Ok(jobs)
    }

    /// Deletes a job from the store. The provider is not notified.
    ///
    /// # Errors
    ///
    /// `StoreError` if the store fails.
    pub async fn delete_job(&self, handle: &Handle) -> Result<(), Error> {
        self.0.store.delete(&handle.id).await.map_err(store_failed)
    }

    /// Downloads a video into a file, which has its name once it is complete. If the connection drops, the download
    /// resumes, also in another process: until then `<path>.part` has what has arrived.
    ///
    /// # Errors
    ///
    /// `ResultExpired` if its URL has expired, `ConnectionError` if the host cannot be reached or sends something else,
    /// `StoreError` if the file cannot be written.
    pub async fn download(
        &self,
        video: &Video,
        path: impl AsRef<Path>,
    ) -> Result<Downloaded, Error> {
        download(&self.0.http.videos, video, path.as_ref()).await
    }

    /// Verifies and parses a webhook of a job that was submitted with a [`Webhook`](super::Webhook). `url` is the requested
    /// URL, or its path and query; `body` the body of the request.
    ///
    /// # Errors
    ///
    /// `Unauthorized` if the URL does not carry the token of its job; nothing else is read before that check.
    /// `InvalidResponse` if the body is not about that job.
    pub fn verify_webhook(
        &self,
        url: &str,
        body: &[u8],
        secret: &str,
    ) -> Result<WebhookEvent, Error> {
        webhook::verify(url, body, secret)
    }

    /// Polls the job of a webhook immediately: the webhook itself is never trusted. If it carries the missing id of a RunPod
    /// job, this resolves once that id is stored: respond to the webhook afterwards.
    ///
    /// # Errors
    ///
    /// `JobNotFound` if the job is not in the store, and those of [`Client::resume`].
    pub async fn handle_webhook(&self, event: &WebhookEvent) -> Result<Job, Error> {
        let running = self.0.tracked_job(&event.id);
        let handle = match &running {
            Some(job) => Some(job.handle()),
            None => {
                let entry = self.0.store.get(&event.id).await.map_err(store_failed)?;
                entry.and_then(|entry| Some(Machine::read(&entry.record)?.handle))
            }
        };
        let handle = handle.filter(|handle| handle.provider == event.provider);
        let Some(handle) = handle else {
            let message = "The webhook is about a job that is not in the store.";
            return Err(Error::new(ErrorCode::JobNotFound, Charge::Unknown, message));
        };
        let has_no_job_id = handle.job_id.is_none() && event.provider == ProviderId::Runpod;
        let job_id = has_no_job_id.then(|| event.job_id.clone());
        let options = ResumeOptions { job_id, ..ResumeOptions::default() };
        let job = running.unwrap_or_else(|| self.resume(&handle, &options));
        // Also of a job that another task has begun to track meanwhile.
        job.on_webhook(event.raw.clone());
        if !has_no_job_id {
            return Ok(job);
        }
        match job.submitted().await {
            // Its tracking ended before it read the webhook.
            Err(error) if error.code() == ErrorCode::SubmissionUnknown => {
                let job = self.resume(&handle, &options);
                job.submitted().await?;
                Ok(job)
            }
            submitted => submitted.map(|()| job),
        }
    }

    /// Submits to the best listing, or to the next one after a certain rejection.
    async fn submit_new(
        &self,
        request: &VideoRequest,
        options: &SubmitOptions,
        id: Option<&String>,
        deadline: Instant,
    ) -> Result<Job, Error> {
        let mut candidates = VecDeque::from(self.0.plan(request, options)?);
        loop {
            let Some(candidate) = candidates.pop_front() else {
                let message = "The plan has no job to submit.";
                return Err(Error::new(ErrorCode::InternalError, Charge::None, message));
            };
            let id = id.cloned().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
            let candidate = self.0.with_webhook(candidate, request, options, &id)?;
            let provider = candidate.provider;
            let count = self.0.connection(provider)?.count_job();
            let timeout = deadline.saturating_duration_since(Instant::now());
            let limits = Limits {
                request_timeout: self.0.request_timeout,
                timeout,
                long_poll: count.long_poll,
            };
            let mut machine = plan::start(now_ms(), candidate, &id, limits).map_err(|error| {
                Error::new(ErrorCode::InternalError, Charge::None, &error.to_string())
            })?;
            self.0.set_run_times(&mut machine);
            let others: Vec<ProviderId> = candidates.iter().map(|other| other.provider).collect();
            let makes_way = move |error: &Error| {
                // A job that was accepted keeps its record, and no other listing is tried.
                let was_accepted =
                    error.handle().is_some_and(|handle| handle.accepted_at.is_some());
                !was_accepted
                    && others.iter().any(|other| may_try(error, provider, *other))
                    && Instant::now() < deadline
            };
            let handle = machine.handle.clone();
            let new = New { machine, count, makes_way: Box::new(makes_way.clone()) };
            let job = track(self, Seed::New(Box::new(new)), timeout, false);
            self.0.register(&handle.id, &job);
            let Err(error) = job.submitted().await else { return Ok(job) };
            if !makes_way(&error) {
                return Err(error);
            }
            candidates.retain(|other| may_try(&error, provider, other.provider));
        }
    }
}

impl Inner {
    fn policy(&self) -> Policy<'_> {
        let catalog = self.catalog.as_deref().unwrap_or(&BUILT_IN);
        Policy { allow_private_hosts: self.allow_private_hosts, catalog }
    }

    pub(super) fn connection(&self, provider: ProviderId) -> Result<Arc<Connection>, Error> {
        let found = self.connections.iter().find(|connection| connection.provider == provider);
        let found = found.filter(|connection| connection.is_ready()).cloned();
        found.ok_or_else(|| {
            let message = format!("No API key for {}: set one. Nothing was sent.", provider.name());
            Error::new(ErrorCode::MissingApiKey, Charge::None, &message)
        })
    }

    /// The listings to try, in order.
    fn plan(
        &self,
        request: &VideoRequest,
        options: &SubmitOptions,
    ) -> Result<Vec<Candidate>, Error> {
        let SubmitOptions { providers, max_cost, allow_unknown_cost, webhook, .. } = options;
        let ready = self.connections.iter().filter(|connection| connection.is_ready());
        let options = PlanOptions {
            providers: providers.clone(),
            available_providers: ready.map(|connection| connection.provider).collect(),
            max_cost: *max_cost,
            allow_unknown_cost: *allow_unknown_cost,
        };
        let Some(webhook) = webhook else {
            return Ok(plan::plan(request, &options, self.policy())?);
        };
        if request.as_value().get("webhookUrl").is_some_and(|url| !url.is_null()) {
            let message = "Pass either `webhook_url` of the request or `webhook` of the options, not both. Nothing was sent.";
            return Err(Error::new(ErrorCode::InvalidRequest, Charge::None, message));
        }
        let request = request.clone().webhook_url(&webhook.url);
        Ok(plan::plan(&request, &options, self.policy())?)
    }

    /// Plans the listing again with the signed URL of the webhook, which depends on the job's id.
    fn with_webhook(
        &self,
        candidate: Candidate,
        request: &VideoRequest,
        options: &SubmitOptions,
        id: &str,
    ) -> Result<Candidate, Error> {
        let Some(webhook) = &options.webhook else { return Ok(candidate) };
        let own_id = candidate.prepared.as_ref().and_then(|order| order.task_uuid.as_deref());
        let url = webhook::signed_url(webhook, candidate.provider, own_id.unwrap_or(id))?;
        let request = request.clone().model(&candidate.model).webhook_url(url);
        let narrowed = SubmitOptions {
            providers: Some(vec![candidate.provider]),
            webhook: None,
            ..options.clone()
        };
        let again = self.plan(&request, &narrowed)?;
        let same = |other: &Candidate| {
            other.provider == candidate.provider
                && other.provider_model_id == candidate.provider_model_id
        };
        again.into_iter().find(same).ok_or_else(|| {
            let message = "The URL of the webhook changed the plan. Nothing was sent.";
            Error::new(ErrorCode::InternalError, Charge::None, message)
        })
    }

    pub(super) fn tracked_job(&self, id: &str) -> Option<Job> {
        tracked_in(&locked(&self.tracked), id)
    }

    fn register(&self, id: &str, job: &Job) {
        register_in(&mut locked(&self.tracked), id, job);
    }

    /// Run times of earlier jobs make polling more efficient.
    pub(super) fn set_run_times(&self, machine: &mut Machine) {
        let Handle { provider, provider_model_id, .. } = &machine.handle;
        let listing = (*provider, provider_model_id.clone());
        let times = locked(&self.run_times).get(&listing).cloned();
        if let Some(times) = times {
            machine.set_run_time_history(&times);
        }
    }

    pub(super) fn record_run_time(&self, handle: &Handle, result: &VideoResult) {
        // The run time of several videos in one job says nothing about that of one.
        let time = result.execution_time_ms.filter(|_| handle.n == 1);
        let Some(time) = time.and_then(|time| u32::try_from(time).ok()) else { return };
        let listing = (handle.provider, handle.provider_model_id.clone());
        let mut all = locked(&self.run_times);
        let times = all.entry(listing).or_default();
        if times.len() >= MAX_RUN_TIMES {
            times.remove(0);
        }
        times.push(time);
    }
}

type TrackedJobs = HashMap<String, Weak<Tracked>>;

fn tracked_in(jobs: &TrackedJobs, id: &str) -> Option<Job> {
    let job = Job::from_weak(jobs.get(id)?)?;
    job.is_tracked().then_some(job)
}

fn register_in(jobs: &mut TrackedJobs, id: &str, job: &Job) {
    jobs.retain(|_, job| job.strong_count() > 0);
    jobs.insert(id.to_owned(), job.weak());
}

/// Whether a listing may be tried after this error of another one: only if it is certain that nothing was created or
/// billed, and if the error does not concern all listings of the provider.
fn may_try(error: &Error, failed: ProviderId, other: ProviderId) -> bool {
    use ErrorCode::*;
    let is_of_listing = matches!(
        error.code(),
        BadRequest | ContentPolicyViolation | RateLimited | ModelUnavailable
    );
    let is_of_provider =
        matches!(error.code(), Unauthorized | InsufficientQuota | ConnectionError | MissingApiKey);
    error.charge() == Charge::None && (is_of_listing || is_of_provider && other != failed)
}

fn store_failed(source: StoreError) -> Error {
    let message = "The store failed: see the source.";
    Error::new(ErrorCode::StoreError, Charge::Unknown, message).with_source(Some(Arc::from(source)))
}
