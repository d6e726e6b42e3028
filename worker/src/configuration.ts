// What is wrong with the gateway's configuration: /healthz and the log say it, where a request would only be refused.
import { MIN_ADMIN_TOKEN_LENGTH } from "./auth.js";
import { providersOf } from "./client.js";
import type { Env } from "./env.js";
import { log } from "./log.js";
import { isSecureUrl, trustedOrigins } from "./public-fetch.js";
import { parsePolicy } from "./unknown-charges.js";

interface Problem {
  code: string;
  message: string;
}

export function configurationProblems(env: Env): Problem[] {
  const { ADMIN_TOKEN = "" } = env;
  const isShort = ADMIN_TOKEN.length < MIN_ADMIN_TOKEN_LENGTH;
  return [
    ...(ADMIN_TOKEN === "" ? [NO_ADMIN_TOKEN] : isShort ? [SHORT_ADMIN_TOKEN] : []),
    ...(providersOf(env).length === 0 ? [NO_PROVIDER] : []),
    ...variableProblems(env),
  ];
}

type Variable = keyof typeof RULES;

/** Variables that cannot be read. Their values are not shown: a URL may contain credentials. */
const variableProblems = (env: Env): Problem[] =>
  (Object.keys(RULES) as Variable[]).flatMap((name) => {
    const { isValid, words } = RULES[name];
    const text = env[name]?.trim();
    return !text || isValid(text, env) ? [] : [{ code: "invalid_variable", message: `${name} must be ${words}.` }];
  });

const isPositive = (text: string): boolean => Number(text) > 0 && Number.isFinite(Number(text));
const isUrl = (text: string): boolean => /^https?:$/.test(URL.parse(text)?.protocol ?? "");
/** As a browser sends it: without a path, and without a slash at its end. */
const isOrigin = (text: string): boolean => isUrl(text) && URL.parse(text)?.origin === text;
const areOrigins = (text: string): boolean =>
  text.split(",").map((origin) => origin.trim()).filter(Boolean).every(isOrigin);

const POSITIVE = { isValid: isPositive, words: "a number greater than 0; its default applies until then" };
const BASE_URL = { isValid: isUrl, words: "a URL such as https://api.example/v1" };
const ORIGINS = {
  isValid: areOrigins,
  words: "origins such as https://app.example, separated by commas, each without a path or a slash at its end",
};

type Rule = { isValid: (text: string, env: Env) => boolean; words: string };

const RULES = {
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
  CREATES_PER_MINUTE: POSITIVE,
  AUTH_FAILURES_PER_MINUTE: POSITIVE,
  UNKNOWN_CHARGES: {
    isValid: (text) => parsePolicy(text).invalid.length === 0,
    words: "entries such as generation_failed=not_charged@24h, one for each error code; others are ignored",
  },
  JURISDICTION: {
    isValid: (text) => JURISDICTIONS.includes(text),
    words: "eu, us, fedramp or fedramp-high; until then no request succeeds",
  },
} satisfies Partial<Record<keyof Env, Rule>>;

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

const NO_PROVIDER: Problem = {
  code: "no_provider",
  message: "Neither RUNPOD_API_KEY nor RUNWARE_API_KEY is set, so no video can be created.",
};
