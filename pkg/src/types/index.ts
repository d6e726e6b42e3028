// What the package's functions take and answer, by subject.
export type { FilmgateErrorOptions } from "../error.js";
export type {
  DownloadResult,
  DownloadOptions,
  ResumableSink,
  Part,
  ResourceMetadata,
  Sink,
  WritableFileHandle,
} from "../download/sink.js";
export type * from "./client.js";
export type * from "./common.js";
export type * from "./error.js";
export type * from "./job.js";
export type * from "./models.js";
export type * from "./quote.js";
export type * from "./request.js";
export type * from "./store.js";
