// Checks the URLs in a request that a provider will call: they must be public and use TLS.
import type { Issue, VideoRequest } from "filmgate";
import type { Env } from "../env.js";
import { publicUrl, trustedOrigins } from "../public-fetch.js";
import { mapImages } from "./create-request.js";

/** A placeholder for a URL of the gateway, or of an origin that its owner trusts. */
export const PLACEHOLDER_URL = "https://filmgate.example/";

const FIELDS = [
  "image",
  "lastFrameImage",
  "referenceImages",
  "video",
  "referenceVideos",
  "audio",
  "uploadUrl",
];

/** Raw fields, which are passed to a provider unchanged. */
const RAW = ["providerOptions", "input"];

/** The issues of the URLs in a request, each with its path. */
export function urlIssues(env: Env, request: Record<string, unknown>): Issue[] {
  const trusted = trustedOrigins(env);
  const issue = (path: string, address: string): Issue[] => {
    const url = publicUrl(address, trusted);
    if (!url) return [error(path, "private_host", PRIVATE)];
    const isSafe = url.protocol === "https:" || trusted.has(url.origin);
    return isSafe ? [] : [error(path, "invalid_format", "The URL must begin with `https://`.")];
  };
  const checkField = (value: unknown, path: string): Issue[] => {
    if (typeof value === "string") return /^https?:/i.test(value) ? issue(path, value) : [];
    if (Array.isArray(value)) return value.flatMap((item, at) => checkField(item, `${path}.${at}`));
    return hasImage(value) ? checkField(value.image, `${path}.image`) : [];
  };
  const checkRaw = (value: unknown, path: string): Issue[] => {
    if (typeof value === "string") return /^https?:\/\/\S+$/i.test(value) ? issue(path, value) : [];
    if (typeof value !== "object" || value === null) return [];
    return Object.entries(value).flatMap(([name, inner]) => checkRaw(inner, `${path}.${name}`));
  };
  return [
    ...FIELDS.flatMap((field) => checkField(request[field], field)),
    ...RAW.flatMap((field) => checkRaw(request[field], field)),
  ];
}

/** The request for the core to validate: trusted URLs are replaced, so that all others have to be public. */
export function requestForCore(env: Env, request: Record<string, unknown>): VideoRequest {
  const trusted = trustedOrigins(env);
  const isTrusted = (value: string) => {
    const url = publicUrl(value, trusted);
    return url !== undefined && trusted.has(url.origin);
  };
  const masked = (value: unknown): unknown => {
    if (typeof value === "string") return isTrusted(value) ? PLACEHOLDER_URL : value;
    if (Array.isArray(value)) return value.map(masked);
    return hasImage(value) ? { ...value, image: masked(value.image) } : value;
  };
  const whole = mapImages(request, ({ name }) => PLACEHOLDER_URL + name);
  const fields = FIELDS.filter((field) => field in whole);
  const swapped = fields.map((field) => [field, masked(whole[field])]);
  // Raw fields must not set what the gateway sends itself: the core reports that if there is a webhook.
  return { ...whole, ...Object.fromEntries(swapped), webhookUrl: PLACEHOLDER_URL } as VideoRequest;
}

/** A result of the core about that request. A fix cannot have an image that was sent, so one with its placeholder is left out. */
export function withoutPlaceholders<T>(result: T): T {
  const hasPlaceholder = (value: unknown) => JSON.stringify(value).includes(PLACEHOLDER_URL);
  if (!hasPlaceholder(result)) return result;
  const isLeftOut = (name: string, value: unknown) => name === "fix" && hasPlaceholder(value);
  return JSON.parse(JSON.stringify(result), (name, value: unknown) => (isLeftOut(name, value) ? undefined : value)) as T;
}

const PRIVATE = "The provider cannot reach a private host. Use a public URL.";

const error = (path: string, code: Issue["code"], message: string): Issue => ({
  severity: "error",
  path,
  code,
  message,
});

const hasImage = (value: unknown): value is { image: unknown } =>
  typeof value === "object" && value !== null && "image" in value;
