// What the gateway is deployed with: bindings, secrets, variables.
import type { Account } from "./account/account.js";
import type { JobIndex } from "./account/job-index.js";
import type { Registry } from "./account/registry.js";
import type { Job } from "./job/job.js";

/** Bindings of wrangler.jsonc, and what the owner sets. All that is a text may be absent or empty. */
export interface Env {
  JOBS: DurableObjectNamespace<Job>;
  ACCOUNTS: DurableObjectNamespace<Account>;
  JOB_INDEX: DurableObjectNamespace<JobIndex>;
  REGISTRY: DurableObjectNamespace<Registry>;
  VIDEO_BUCKET: R2Bucket;
  /** The files of public/. */
  ASSETS: Fetcher;
  CREATE_LIMITER: RateLimit;
  READ_LIMITER: RateLimit;
  METRICS: AnalyticsEngineDataset;

  /** Secret: opens the admin's calls and page. At least 32 characters. */
  ADMIN_TOKEN?: string;
  /** Secret: the key for RunPod. Without it RunPod is not offered. */
  RUNPOD_API_KEY?: string;
  /** Secret: the key for Runware. */
  RUNWARE_API_KEY?: string;

  /** Where the gateway is reached from outside, such as `https://films.example`. Default: as it was called. */
  PUBLIC_URL?: string;
  /** Origins of pages that may call the API, divided by commas. Default: none. */
  CORS_ORIGINS?: string;
  /** The providers' addresses, where they are not the public ones. */
  RUNPOD_BASE_URL?: string;
  RUNWARE_BASE_URL?: string;
  /** Origins that may be private: simulated providers and receivers on one's own machine. Divided by commas. */
  TRUSTED_ORIGINS?: string;
  /** Minutes in which a webhook may still bring back a submit whose answer was lost. Default: 60. */
  RECONCILE_WINDOW_MINUTES?: string;
}
