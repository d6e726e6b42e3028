// The options of `createFilmgate`. The clients of `filmgate/gateway` do without those of providers.
import { API_KEY, FLAG, HEADERS, NUMBER, TEXT, readOptions } from "../util/options.js";
import type { Kind, Spec } from "../util/options.js";
import type { FilmgateOptions } from "../types/index.js";
import { CLIENT, SUBMIT } from "./options.js";

const UPLOAD: Kind = ['a function, or "runware"', (value) => typeof value === "function" || value === "runware"];

const PROVIDER = {
  apiKey: API_KEY,
  baseURL: TEXT,
  headers: HEADERS,
  maxConcurrency: NUMBER,
  longPoll: FLAG,
  acceptResendRisk: FLAG,
} satisfies Spec;

export const CREATE = { ...CLIENT, runpod: PROVIDER, runware: PROVIDER, upload: UPLOAD } satisfies Spec;

export const clientOptions = (given: unknown) => readOptions<FilmgateOptions>(given, CREATE, { submit: SUBMIT });
