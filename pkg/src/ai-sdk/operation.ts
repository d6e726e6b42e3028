import { FilmgateError } from "../error.js";
import type { Handle, Json } from "../types/index.js";

/** The jobs of a `doStart`. */
export interface Operation {
  handles: Handle[];
  /** The caller has waited for a webhook, so that the next status must be final. */
  wait: boolean;
}

/** The operation as JSON. For one job it is the handle, as in errors and metadata. */
export function writeOperation({ handles, wait }: Operation): Json {
  const [only] = handles;
  return toJson(handles.length === 1 && !wait ? only : { handles, wait });
}

export function readOperation(operation: unknown): Operation {
  const { handles, wait } = Object(operation) as Partial<Operation>;
  if (!Array.isArray(handles)) return { handles: [operation as Handle], wait: false };
  if (handles.length > 0) return { handles, wait: wait === true };
  const message = "The operation has no handles. Pass the `operation` of `doStart`, or a handle.";
  throw new FilmgateError({ code: "job_not_found", message });
}

/** A copy as JSON, without undefined fields. */
export function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}
