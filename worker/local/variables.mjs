/** The variables and secrets of src/env.ts that the worker receives from the environment. */
export const VARIABLES = [
  "ADMIN_TOKEN",
  "RUNPOD_API_KEY",
  "RUNWARE_API_KEY",
  "PUBLIC_URL",
  "CORS_ORIGINS",
  "RUNPOD_BASE_URL",
  "RUNWARE_BASE_URL",
  "TRUSTED_ORIGINS",
  "RECONCILE_WINDOW_MINUTES",
];
