// The options of `createFilmgate`. The clients of `filmgate/gateway` do without those of providers.
import { API_KEY, FLAG, HEADERS, NUMBER, readOptions } from "../util/options.js";
import type { Kind, Spec } from "../util/options.js";
import type { FilmgateOptions } from "../types/index.js";
import { CLIENT, SUBMIT } from "./options.js";

const UPLOAD: Kind = ['a function, or "runware"', (value) => typeof value === "function" || value === "runware"];

/** Paths are added to it, so that nothing may follow its own. In a page it may be relative. */
const BASE_URL: Kind = [
  "an http(s) URL without credentials, query or fragment",
  (value) => {
    if (typeof value !== "string" && typeof value.href !== "string") return false;
    const { protocol, username, password } = new URL(value, globalThis.location?.href);
    return /^https?:$/.test(protocol) && !username && !password && !/[?#]/.test(String(value));
  },
  String,
];

const PROVIDER = {
  apiKey: API_KEY,
  baseURL: BASE_URL,
  headers: HEADERS,
  maxConcurrency: NUMBER,
  longPoll: FLAG,
  acceptResendRisk: FLAG,
} satisfies Spec;

export const CREATE = { ...CLIENT, runpod: PROVIDER, runware: PROVIDER, upload: UPLOAD } satisfies Spec;

export const clientOptions = (given: unknown) => readOptions<FilmgateOptions>(given, CREATE, { submit: SUBMIT });
