// What the gateway is deployed with: bindings, secrets and variables.

/** Bindings of wrangler.jsonc, and what the owner sets. Texts may be absent or empty. stubs.ts types the objects. */
export interface Env {
  JOBS: DurableObjectNamespace;
  ACCOUNTS: DurableObjectNamespace;
  JOB_INDEX: DurableObjectNamespace;
  REGISTRY: DurableObjectNamespace;
  BATCHES: DurableObjectNamespace;
  PROVIDER_HEALTH: DurableObjectNamespace;
  VIDEO_BUCKET: R2Bucket;
  /** The files of public/. */
  ASSETS: Fetcher;
  /** Optional: without a limiter, or if it fails, its requests are not limited. */
  CREATE_LIMITER?: RateLimit;
  READ_LIMITER?: RateLimit;
  /** Optional: rejected API keys and admin tokens, by address. Without it each isolate counts alone. */
  AUTH_LIMITER?: RateLimit;
  /** Optional: an account has to enable Analytics Engine first. */
  METRICS?: AnalyticsEngineDataset;
  /** Optional: takes the posters from the videos. Without it only posters that the providers send are kept. */
  MEDIA?: MediaBinding;

  /** Secret: grants access to the admin API and page. At least 32 characters. */
  ADMIN_TOKEN?: string;
  /** Secret: the API key for RunPod. Without it RunPod is not offered. */
  RUNPOD_API_KEY?: string;
  /** Secret: the API key for Runware. Without it Runware is not offered. */
  RUNWARE_API_KEY?: string;

  /** The gateway's public URL, such as `https://gateway.example`. Default: the origin of each request. */
  PUBLIC_URL?: string;
  /** The model of requests without one, by its id in the catalog. Default: `wan-2.6`. */
  DEFAULT_MODEL?: string;
  /** Other names of models, such as `sora-2=wan-2.6, sora-2-2025-12-08=wan-2.6`. Default: none. */
  MODEL_ALIASES?: string;
  /** Where a newer catalog is fetched every hour, by https. Default: none, so the built-in catalog is used. */
  CATALOG_URL?: string;
  /** Origins of pages that may call the API, separated by commas. Default: none. */
  CORS_ORIGINS?: string;
  /** The providers' base URLs, if they are not the public ones. */
  RUNPOD_BASE_URL?: string;
  RUNWARE_BASE_URL?: string;
  /** Origins that may be private, separated by commas: simulators and receivers on this machine. */
  TRUSTED_ORIGINS?: string;
  /**
   * How many minutes a webhook can recover a submit whose response was lost, and Runware has to respond that it does not know
   * one before that is taken for not charged. Default: 60.
   */
  RECONCILE_WINDOW_MINUTES?: string;
  /** How often a provider that does not respond is polled, in seconds. All waits for it are multiples. Default: 5. */
  PROVIDER_PROBE_SECONDS?: string;
  /**
   * What is assumed of a charge that stays unknown, by error code, such as
   * `content_policy_violation=not_charged@1h, submission_unknown=charged@72h`. Default: nothing, so it stays pending. A
   * policy that comes later decides on what is pending by then, too.
   */
  UNKNOWN_CHARGES?: string;
  /** Where the objects are stored: `eu`, `us`, `fedramp` or `fedramp-high`. It cannot be changed later. Default: anywhere. */
  JURISDICTION?: string;
  /** How many videos an API key may create per minute, worldwide. Default: 60. */
  CREATES_PER_MINUTE?: string;
  /** How many unknown API keys and wrong admin tokens an address may send per minute and isolate. Default: 20. */
  AUTH_FAILURES_PER_MINUTE?: string;
  /** How many days after its end a job's files, prompt and result are kept. Default: until their owner deletes them. */
  RETENTION_DAYS?: string;
}

/** Without the spaces and line ends around texts: a file of secrets or a shell leaves them, and no value begins or ends with one. */
export function trimmed(env: Env): Env {
  let copy = copies.get(env);
  if (!copy) {
    const entries = Object.entries(env).map(([name, value]: [string, unknown]) => [name, typeof value === "string" ? value.trim() : value]);
    copies.set(env, (copy = Object.fromEntries(entries) as unknown as Env));
  }
  return copy;
}

/** All requests and objects of an isolate have the same environment. */
const copies = new WeakMap<Env, Env>();

/** A variable's number, if it is above 0. `undefined`: its default applies. */
export function positive(text = "", isWhole = false): number | undefined {
  const number = Number(text);
  const isNumber = isWhole ? Number.isInteger(number) : Number.isFinite(number);
  return isNumber && number > 0 ? number : undefined;
}
