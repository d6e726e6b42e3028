import { onAbort } from "../util/abort.js";
import { FilmgateError } from "../error.js";
import type { ResourceMetadata } from "./sink.js";

/** A download that stopped before its end, in a way that another request may mend. */
export class Broken extends Error {
  constructor(
    message: string,
    /** Whether the host had answered. */
    readonly answered: boolean,
    /** How long it wishes not to be asked. */
    readonly waitMs = 0,
    cause?: unknown,
  ) {
    super(message, { cause });
  }
}

/** What the host answered: the whole video, the rest of it, or that it has no such rest. */
export type Answer =
  | ({ kind: "whole"; body: Body } & ResourceMetadata)
  | { kind: "rest"; body: Body; total?: number | undefined }
  | { kind: "changed" };

/** A body, read piece by piece. */
export interface Body {
  /** The next piece; nothing at the end. */
  next(): Promise<Uint8Array | undefined>;
  /** Reads no more. */
  drop(): void;
}

/** What is there already, as far as the host can be asked for the rest. */
export interface Wish {
  from: number;
  validator: string;
  total?: number | undefined;
  /** Whether `If-Range` goes along. */
  conditional: boolean;
}

// A host that is silent for so long has forgotten the connection.
const SILENT_MS = 60_000;
const LONGEST_WAIT_MS = 30_000;

/** Asks for a video, or for the rest of one. */
export async function ask(
  fetch: typeof globalThis.fetch,
  address: string,
  wish: Wish | undefined,
  signal?: AbortSignal,
): Promise<Answer> {
  const stop = new AbortController();
  const unlisten = onAbort(signal, () => stop.abort(signal?.reason));
  const drop = () => {
    unlisten();
    stop.abort();
  };
  /** What the host sends next, unless it is silent for too long. */
  const heard = async <T>(coming: Promise<T>, answered: boolean): Promise<T> => {
    try {
      return await soon(coming, stop);
    } catch (cause) {
      drop();
      if (signal?.aborted) throw signal.reason;
      const message = answered
        ? "The connection broke off during the download."
        : "Network or CORS: the video could not be fetched. A browser may still show its address.";
      throw new Broken(message, answered, 0, unquoted(cause, address));
    }
  };
  const init = { headers: wish ? wished(wish) : {}, signal: stop.signal };
  const response = await heard((async () => fetch(address, init))(), false);
  const { status, headers } = response;
  const reader = response.body?.getReader();
  const body: Body = {
    next: async () => reader && (await heard(reader.read(), true)).value,
    drop: () => {
      void reader?.cancel().catch(() => {});
      drop();
    },
  };
  if (wish && status === 206) {
    const rest = restOf(headers, wish);
    if (rest) return { kind: "rest", body, total: rest.total };
  } else if (status === 200 && reader) {
    return { kind: "whole", body, ...factsOf(headers) };
  }
  body.drop();
  if (wish && (status === 206 || status === 416)) return { kind: "changed" };
  throw refusal(status, headers);
}

function wished({ from, validator, conditional }: Wish): Record<string, string> {
  const range = { range: `bytes=${from}-` };
  return conditional ? { ...range, "if-range": validator } : range;
}

/** The total, where the answer is the rest that was wished for, of the same video. */
function restOf(headers: Headers, wish: Wish): { total: number | undefined } | undefined {
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get("content-range") ?? "");
  if (Number(range?.[1]) !== wish.from || headers.get("content-encoding")) return undefined;
  const total = range?.[2] === "*" ? wish.total : Number(range?.[2]);
  if (wish.total !== undefined && total !== wish.total) return undefined;
  const names = [headers.get("etag"), headers.get("last-modified")].filter((name) => name !== null);
  // Under If-Range the host has compared them itself.
  const isSame = names.length === 0 ? wish.conditional : names.includes(wish.validator);
  return isSame ? { total } : undefined;
}

/** Of a compressed body neither the length nor a place in it says anything about the video. */
function factsOf(headers: Headers): ResourceMetadata {
  if (headers.get("content-encoding")) return {};
  const length = headers.get("content-length") ?? "";
  const validator = strongValidator(headers);
  return {
    ...(/^\d+$/.test(length) && { total: Number(length) }),
    ...(validator !== undefined && { validator }),
  };
}

/**
 * An `ETag` that is not weak; or a date that was over for a minute, so that no second change can
 * share it.
 */
function strongValidator(headers: Headers): string | undefined {
  const tag = headers.get("etag");
  if (tag && /^"[^"]*"$/.test(tag)) return tag;
  const [changed, now] = [headers.get("last-modified"), headers.get("date")];
  if (changed === null || now === null) return undefined;
  return Date.parse(now) - Date.parse(changed) >= 60_000 ? changed : undefined;
}

function refusal(status: number, headers: Headers): Error {
  if (status === 404 || status === 410) {
    const message = `The video is no longer at its address (HTTP ${status}): it has expired.`;
    return new FilmgateError({ code: "result_expired", message, charge: "charged" });
  }
  const message = `The video's host answered with HTTP ${status}.`;
  if (status === 408 || status === 429 || status >= 500) {
    return new Broken(message, true, waitOf(headers));
  }
  return failure(`${message} Try it again, or look into the provider's console.`);
}

function waitOf(headers: Headers): number {
  const wish = headers.get("retry-after") ?? "";
  const ms = /^\d+$/.test(wish) ? Number(wish) * 1000 : Date.parse(wish) - Date.now();
  return Math.min(Math.max(ms || 0, 0), LONGEST_WAIT_MS);
}

/** The same, unless nothing comes for too long, or it is stopped. */
function soon<T>(coming: Promise<T>, stop: AbortController): Promise<T> {
  return new Promise((resolve, reject) => {
    const silent = () => stop.abort(new Error("The host has been silent for a minute."));
    const timer = setTimeout(silent, SILENT_MS);
    const unlisten = onAbort(stop.signal, () => reject(stop.signal.reason));
    coming.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      unlisten();
    });
  });
}

/** What was thrown, unless it quotes the address, whose query may hold a token. */
function unquoted(cause: unknown, address: string): unknown {
  const secret = new URL(address).search || address;
  for (let each = cause; each instanceof Error; each = each.cause) {
    if (`${each.message} ${each.stack}`.includes(secret)) return undefined;
  }
  return cause;
}

export function failure(message: string, cause?: unknown): FilmgateError {
  return new FilmgateError({ code: "connection_error", message, charge: "charged", cause });
}
