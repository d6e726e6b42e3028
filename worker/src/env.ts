// What the gateway is deployed with: bindings, secrets and variables.

/** Bindings of wrangler.jsonc, and what the owner sets. Texts may be absent or empty. stubs.ts types the objects. */
export interface Env {
  JOBS: DurableObjectNamespace;
  ACCOUNTS: DurableObjectNamespace;
  JOB_INDEX: DurableObjectNamespace;
  REGISTRY: DurableObjectNamespace;
  VIDEO_BUCKET: R2Bucket;
  /** The files of public/. */
  ASSETS: Fetcher;
  /** Optional: without a limiter, or if it fails, its requests are not limited. */
  CREATE_LIMITER?: RateLimit;
  READ_LIMITER?: RateLimit;
  /** Optional: an account has to enable Analytics Engine first. */
  METRICS?: AnalyticsEngineDataset;

  /** Secret: grants access to the admin API and page. At least 32 characters. */
  ADMIN_TOKEN?: string;
  /** Secret: the API key for RunPod. Without it RunPod is not offered. */
  RUNPOD_API_KEY?: string;
  /** Secret: the API key for Runware. Without it Runware is not offered. */
  RUNWARE_API_KEY?: string;

  /** The gateway's public URL, such as `https://gateway.example`. Default: the origin of each request. */
  PUBLIC_URL?: string;
  /** Origins of pages that may call the API, separated by commas. Default: none. */
  CORS_ORIGINS?: string;
  /** The providers' base URLs, if they are not the public ones. */
  RUNPOD_BASE_URL?: string;
  RUNWARE_BASE_URL?: string;
  /** Origins that may be private, separated by commas: simulators and receivers on this machine. */
  TRUSTED_ORIGINS?: string;
  /** How many minutes a webhook can recover a submit whose response was lost. Default: 60. */
  RECONCILE_WINDOW_MINUTES?: string;
}
