// What is wrong with the gateway's configuration: /healthz and the log say it, where a request would only be refused.
import { MIN_ADMIN_TOKEN_LENGTH } from "./auth.js";
import { providersOf } from "./client.js";
import type { ErrorCode, Status } from "filmgate";
import { type Env, positive } from "./env.js";
import { log } from "./log.js";
import { isSecureUrl, trustedOrigins } from "./public-fetch.js";
import { parsePolicy } from "./unknown-charges.js";

interface Problem {
  code: string;
  message: string;
}

export function configurationProblems(env: Env): Problem[] {
  return [
    ...tokenProblems(env),
    ...(providersOf(env).length === 0 ? [NO_PROVIDER] : []),
    ...variableProblems(env),
  ];
}

function tokenProblems({ ADMIN_TOKEN = "" }: Env): Problem[] {
  if (ADMIN_TOKEN === "") return [NO_ADMIN_TOKEN];
  if (ADMIN_TOKEN.length < MIN_ADMIN_TOKEN_LENGTH) return [SHORT_ADMIN_TOKEN];
  return isWord(ADMIN_TOKEN) && !ADMIN_TOKEN.startsWith("fgw_") ? [] : [INVALID_ADMIN_TOKEN];
}

type Variable = keyof typeof RULES;

/** Variables that cannot be read. Their values are not shown: a URL may contain credentials. */
const variableProblems = (env: Env): Problem[] =>
  (Object.keys(RULES) as Variable[]).flatMap((name) => {
    const { isValid, words } = RULES[name];
    const text = env[name];
    return !text || isValid(text, env) ? [] : [{ code: "invalid_variable", message: `${name} must be ${words}.` }];
  });

const isPositive = (text: string): boolean => positive(text) !== undefined;
const isWhole = (text: string): boolean => positive(text, true) !== undefined;
/** What a header can carry as a token. */
const isWord = (text: string): boolean => /^[!-~]+$/.test(text);
const isUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? "");
/** As a browser sends it: without a path, and without a slash at its end. */
const isOrigin = (text: string): boolean => isUrl(text) && URL.parse(text)?.origin === text;
const areOrigins = (text: string): boolean =>
  text.split(",").map((origin) => origin.trim()).filter(Boolean).every(isOrigin);

const POSITIVE = { isValid: isPositive, words: "a number greater than 0; its default applies until then" };
const WHOLE = { isValid: isWhole, words: "a whole number greater than 0; its default applies until then" };
const API_KEY = { isValid: isWord, words: "an API key, without spaces in it" };
/** `fetch` takes no URL with credentials. */
const isBaseUrl = (text: string): boolean => isUrl(text) && !URL.parse(text)?.username;
const BASE_URL = { isValid: isBaseUrl, words: "a URL without credentials, such as https://api.example/v1" };
const ORIGINS = {
  isValid: areOrigins,
  words: "origins such as https://app.example, separated by commas, each without a path or a slash at its end",
};

type Rule = { isValid: (text: string, env: Env) => boolean; words: string };

const RULES = {
  RUNPOD_API_KEY: API_KEY,
  RUNWARE_API_KEY: API_KEY,
  PUBLIC_URL: {
    isValid: (text) => isOrigin(text.replace(/\/+$/, "")),
    words: "the gateway's URL without a path, such as https://gateway.example",
  },
  CORS_ORIGINS: ORIGINS,
  TRUSTED_ORIGINS: ORIGINS,
  RUNPOD_BASE_URL: BASE_URL,
  RUNWARE_BASE_URL: BASE_URL,
  CATALOG_URL: {
    isValid: (text, env) => isSecureUrl(text, trustedOrigins(env)),
    words: "a public https URL without credentials; the last catalog is used until then",
  },
  RETENTION_DAYS: { isValid: isPositive, words: "a number greater than 0; nothing is deleted until then" },
  RECONCILE_WINDOW_MINUTES: POSITIVE,
  PROVIDER_PROBE_SECONDS: POSITIVE,
  CREATES_PER_MINUTE: WHOLE,
  AUTH_FAILURES_PER_MINUTE: WHOLE,
  UNKNOWN_CHARGES: {
    isValid: (text) => {
      const { policy, invalid } = parsePolicy(text);
      return invalid.length === 0 && [...policy.keys()].every((code) => Object.hasOwn(CHARGE_CODES, code));
    },
    words: "entries such as generation_failed=not_charged@24h, one for each error code of a job; others are ignored",
  },
  JURISDICTION: {
    isValid: (text) => JURISDICTIONS.includes(text),
    words: "eu, us, fedramp or fedramp-high; until then no request succeeds",
  },
} satisfies Partial<Record<keyof Env, Rule>>;

/** What a job whose charge is unknown may have as its error code, or as its status if it has no error. */
const CHARGE_CODES: Record<Exclude<ErrorCode, NeverSent> | Extract<Status, "completed" | "expired">, true> = {
  unauthorized: true,
  insufficient_quota: true,
  rate_limited: true,
  content_policy_violation: true,
  bad_request: true,
  model_unavailable: true,
  generation_failed: true,
  generation_timeout: true,
  cancelled: true,
  result_expired: true,
  submission_unknown: true,
  timeout: true,
  connection_error: true,
  invalid_response: true,
  job_not_found: true,
  internal_error: true,
  completed: true,
  expired: true,
};
type NeverSent = "invalid_request" | "budget_exceeded" | "missing_api_key" | "store_error";

/** Those that Cloudflare knows. */
const JURISDICTIONS = ["eu", "us", "fedramp", "fedramp-high"];

let isLogged = false;

/** Once per isolate. */
export function logConfiguration(env: Env): void {
  if (isLogged) return;
  isLogged = true;
  for (const { code } of configurationProblems(env)) log("error", { step: "configuration", code });
}

const NO_ADMIN_TOKEN: Problem = {
  code: "admin_token_missing",
  message: "ADMIN_TOKEN is not set, so the admin API is closed. Set it: openssl rand -base64 32.",
};

const SHORT_ADMIN_TOKEN: Problem = {
  code: "admin_token_too_short",
  message:
    `ADMIN_TOKEN has fewer than ${MIN_ADMIN_TOKEN_LENGTH} characters, so the admin API is closed. ` +
    "Set a longer one: openssl rand -base64 32.",
};

const INVALID_ADMIN_TOKEN: Problem = {
  code: "admin_token_invalid",
  message:
    "ADMIN_TOKEN has a character that no header can carry as a token, such as a space, or begins with fgw_ like an API key, " +
    "so the admin API is closed. Set another one: openssl rand -base64 32.",
};

const NO_PROVIDER: Problem = {
  code: "no_provider",
  message: "Neither RUNPOD_API_KEY nor RUNWARE_API_KEY is set, so no video can be created.",
};
