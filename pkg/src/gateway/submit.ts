import { FilmgateError } from "../error.js";
import type { Entry } from "./entry.js";
import { backOff, pause } from "./line.js";
import type { Line } from "./line.js";
import { Trouble, cancelled, unanswered, unknown, unread } from "./trouble.js";
import { found } from "./video.js";
import type { Found, Told } from "./video.js";

/** The gateway knows a key for a day; an hour is left for clocks that differ. */
const KEY_MS = 23 * 3_600_000;
/** So long an order is sent again without any answer: the address may be no gateway's at all. */
const SILENT_MS = 120_000;

/**
 * Sends an order until it is answered. It may be sent again because the gateway promises to make one job of it:
 * the same order under the same key, however often it comes. The providers promise nothing of the kind.
 */
export async function submit(entry: Entry, line: Line, stop: AbortSignal): Promise<Told> {
  const since = performance.now();
  let trouble: Trouble | undefined;
  for (let tries = 0; ; tries++) {
    try {
      if (trouble) await pause(Math.max(trouble.waitMs, backOff(tries)), stop);
      return (await send(entry, line, stop)).told;
    } catch (error) {
      if (stop.aborted) throw await stopped(entry, stop.reason, trouble);
      if (!(error instanceof Trouble)) throw error;
      trouble = error;
    }
    const isSilent = trouble.code !== "rate_limited" && performance.now() - since > SILENT_MS;
    if (isSilent) throw await unheard(entry, trouble);
  }
}

/** Sends an order once. What is thrown: a `Trouble`, the error that ended the job, or the signal's reason. */
export async function send(entry: Entry, line: Line, stop: AbortSignal): Promise<Found> {
  const { handle, mayExist } = entry;
  if (Date.now() - handle.createdAt > KEY_MS) {
    throw await entry.end("submission_unknown", unknown(handle));
  }
  try {
    const answer = await line.ask(
      {
        method: "POST",
        path: "",
        headers: { "content-type": "application/json", "idempotency-key": handle.id },
        body: entry.record.order ?? "",
        left: () => entry.left(),
      },
      stop,
    );
    return found(answer, entry.handle);
  } catch (error) {
    const isRefused = error instanceof FilmgateError;
    // Turned away unread, it is as if it had never left.
    if (isRefused || (error instanceof Trouble && !error.mayBeRead)) entry.mayExist = mayExist;
    throw isRefused ? await refused(entry, error) : error;
  }
}

/** A refusal ends the job, unless an earlier order of it may have been read and it is about the token alone. */
async function refused(entry: Entry, error: FilmgateError): Promise<unknown> {
  if (!entry.mayExist) return entry.end("failed", error);
  const isOfToken = error.code === "unauthorized" || error.code === "missing_api_key";
  if (isOfToken) return unanswered(entry.handle, error);
  const { code, message, issues } = error;
  return entry.end("failed", new FilmgateError({ code, message, issues, charge: "unknown" }));
}

/** Nobody answers: what cannot have been read is over, and anything else is gone on with another time. */
async function unheard(entry: Entry, trouble: Trouble): Promise<unknown> {
  if (entry.mayExist) return unanswered(entry.handle, trouble);
  return entry.end("failed", unread(entry.handle, trouble));
}

/** What ends the waiting ends the job too, where no order of it can have been read. */
export async function stopped(
  entry: Entry,
  reason: unknown,
  trouble = new Trouble("timeout", "The time to wait ran out before anything was sent.", false),
): Promise<unknown> {
  if (entry.mayExist) return reason;
  if (reason instanceof FilmgateError && reason.code === "timeout") return unheard(entry, trouble);
  const error = await entry.end("cancelled", cancelled(entry.handle));
  return reason instanceof FilmgateError ? error : reason;
}
