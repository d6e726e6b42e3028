/**
 * The variables and secrets of src/env.ts that the worker receives from the environment. All but JURISDICTION: it chooses
 * among Cloudflare's data centers, and workerd fails on it.
 */
export const VARIABLES = [
  "ADMIN_TOKEN",
  "RUNPOD_API_KEY",
  "RUNWARE_API_KEY",
  "PUBLIC_URL",
  "DEFAULT_MODEL",
  "MODEL_ALIASES",
  "CATALOG_URL",
  "CORS_ORIGINS",
  "RUNPOD_BASE_URL",
  "RUNWARE_BASE_URL",
  "TRUSTED_ORIGINS",
  "RECONCILE_WINDOW_MINUTES",
  "PROVIDER_PROBE_SECONDS",
  "UNKNOWN_CHARGES",
  "CREATES_PER_MINUTE",
  "AUTH_FAILURES_PER_MINUTE",
  "RETENTION_DAYS",
];
