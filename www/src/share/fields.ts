// The fields of a request that a link may hold, and what each may be. The same rules apply when a link is made and when one
// is opened, so that a round trip changes nothing.
import type { VideoRequest } from "filmgate";
import type { ShareNotice } from "./types.js";

const MAX_TEXT_CHARS = 10_000;
const MAX_WORD_CHARS = 200;
const MAX_URL_CHARS = 2_000;
const MAX_URLS = 16;

type Kind = "text" | "word" | "number" | "flag" | "url" | "urls" | "output";

/** Media by URL. Bytes, and ids that only one account can use, stay out. */
const MEDIA = {
  image: "url",
  lastFrameImage: "url",
  referenceImages: "urls",
  video: "url",
  referenceVideos: "urls",
  audio: "url",
} as const;

/** Fields that stay out, and why. */
export const OMITTED = {
  webhookUrl: "It may hold a secret.",
  uploadUrl: "It may hold a secret.",
  providerOptions: "Raw fields may hold a secret.",
  input: "Raw fields may hold a secret.",
  taskUUID: "Each video needs its own.",
  remixId: "Only your account has that video.",
  deliveryMethod: "It belongs to your program.",
  includeCost: "It belongs to your program.",
  allowInlineImages: "Images from files are not in a link.",
} as const satisfies { [Field in keyof VideoRequest]?: string };

type Shared = Exclude<keyof VideoRequest, keyof typeof OMITTED>;

export const FIELDS: Readonly<Record<Shared, Kind>> = {
  model: "word",
  prompt: "text",
  negativePrompt: "text",
  ...MEDIA,
  duration: "number",
  resolution: "word",
  size: "word",
  aspectRatio: "word",
  fps: "number",
  seed: "number",
  n: "number",
  generateAudio: "flag",
  music: "flag",
  keepAudio: "flag",
  enhancePrompt: "flag",
  draft: "flag",
  guidanceScale: "number",
  inferenceSteps: "number",
  style: "word",
  motionAmount: "word",
  shotType: "word",
  cameraFixed: "flag",
  characterOrientation: "word",
  resizeMode: "word",
  loop: "flag",
  hdr: "flag",
  exr: "flag",
  output: "output",
  contentCheck: "word",
  ttlSeconds: "number",
};

const OUTPUT: Readonly<Record<string, Kind>> = { type: "word", format: "word", quality: "number" };

/** The fields of any object that a link may hold. `secrets`: texts that must not appear in one. */
export function sharedFields(
  given: object,
  secrets: readonly string[] = [],
): { fields: Record<string, unknown>; notices: ShareNotice[] } {
  const fields: Record<string, unknown> = {};
  const notices: ShareNotice[] = [];
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined || value === null) continue;
    const result = Object.hasOwn(FIELDS, field)
      ? read(FIELDS[field as Shared], value, secrets)
      : { problem: Object.hasOwn(OMITTED, field) ? OMITTED[field as keyof typeof OMITTED] : "This field is not known." };
    if ("value" in result) fields[field] = result.value;
    if (result.problem) notices.push({ field: nameOf(field), message: result.problem });
  }
  return { fields, notices };
}

interface ReadResult {
  value?: unknown;
  problem?: string;
}

function read(kind: Kind, value: unknown, secrets: readonly string[]): ReadResult {
  switch (kind) {
    case "flag":
      return typeof value === "boolean" ? { value } : { problem: "It is not a yes or no." };
    case "number":
      return typeof value === "number" && Number.isFinite(value) ? { value } : { problem: "It is not a number." };
    case "url":
      return readUrl(value, secrets);
    case "urls":
      return readUrls(value, secrets);
    case "output":
      return readOutput(value, secrets);
    default:
      return readText(value, kind === "text" ? MAX_TEXT_CHARS : MAX_WORD_CHARS, secrets);
  }
}

function readText(value: unknown, maxChars: number, secrets: readonly string[]): ReadResult {
  if (typeof value !== "string") return { problem: "It is not a text." };
  if (value.length > maxChars) return { problem: `It is longer than ${maxChars} characters.` };
  if (holdsSecret(value, secrets)) return { problem: "It holds an API key." };
  if (/data:[\w.+-]+\/[\w.+-]+[;,]/i.test(value)) return { problem: "It holds a file." };
  return { value };
}

/** Keys in the providers' and the gateway's forms, and those that the page has. */
function holdsSecret(text: string, secrets: readonly string[]): boolean {
  return /\b(?:rpa_|fgw_)\w{8}/i.test(text) || secrets.some((secret) => secret !== "" && text.includes(secret));
}

function readUrl(given: unknown, secrets: readonly string[]): ReadResult {
  const one: unknown = Array.isArray(given) ? given[0] : given;
  const value = typeof one === "object" && one !== null && "image" in one ? one.image : one;
  const text = value instanceof URL ? value.href : value;
  if (typeof text !== "string" || text.startsWith("data:")) return { problem: "Files are not in a link. Choose it again." };
  const url = parse(text);
  if (!url) return { problem: "Only http and https URLs are in a link." };
  if (text.length > MAX_URL_CHARS) return { problem: "Its URL is too long." };
  if (url.username || url.password || url.search || url.hash || holdsSecret(decoded(text), secrets)) {
    return { problem: "Its URL has a query or credentials, which may be secret." };
  }
  return { value: text };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return /^https?:$/.test(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

function readUrls(given: unknown, secrets: readonly string[]): ReadResult {
  if (!Array.isArray(given)) return { problem: "It is not a list." };
  const all = given.slice(0, MAX_URLS).map((item) => readUrl(item, secrets));
  const value = all.flatMap((result) => ("value" in result ? [result.value] : []));
  const problem = all.find((result) => result.problem)?.problem ?? (given.length > MAX_URLS ? "There are too many." : undefined);
  return { ...(value.length > 0 && { value }), ...(problem && { problem }) };
}

function readOutput(given: unknown, secrets: readonly string[]): ReadResult {
  if (typeof given !== "object" || given === null) return { problem: "It is not an object." };
  const value: Record<string, unknown> = {};
  let problem: string | undefined;
  for (const [name, inner] of Object.entries(given)) {
    const result = Object.hasOwn(OUTPUT, name) ? read(OUTPUT[name]!, inner, secrets) : { problem: "A part of it is not known." };
    if ("value" in result) value[name] = result.value;
    problem ??= result.problem;
  }
  return { ...(Object.keys(value).length > 0 && { value }), ...(problem && { problem }) };
}

/** The name of a foreign field, for a message. */
const nameOf = (field: string): string => (/^\w{1,40}$/.test(field) ? field : "another field");
