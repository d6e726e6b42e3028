import { FilmgateError } from "../error.js";
import type { Handle, Json } from "../types/index.js";

/** The jobs of a start. */
export interface Operation {
  handles: Handle[];
  /** The caller waited for a webhook, so that the next answer must be the end. */
  wait: boolean;
}

/** As JSON: of one job its handle, as errors and metadata carry it. */
export function writeOperation({ handles, wait }: Operation): Json {
  const [only] = handles;
  return plain(handles.length === 1 && !wait ? only : { handles, wait });
}

export function readOperation(operation: Json): Operation {
  const { handles, wait } = Object(operation) as Partial<Operation>;
  if (!Array.isArray(handles)) return { handles: [operation as unknown as Handle], wait: false };
  if (handles.length > 0) return { handles, wait: wait === true };
  throw new FilmgateError({ code: "job_not_found", message: "The operation names no job." });
}

/** A copy as JSON holds it: without what is `undefined`. */
export function plain(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
