// What the package's functions take and answer, by subject.
export type { ErrorFacts } from "./error.js";
export type {
  Downloaded,
  DownloadOptions,
  KeepingSink,
  Part,
  PartFacts,
  Sink,
  WritableFileHandle,
} from "./sink.js";
export type * from "./types/client.js";
export type * from "./types/common.js";
export type * from "./types/error.js";
export type * from "./types/job.js";
export type * from "./types/models.js";
export type * from "./types/quote.js";
export type * from "./types/request.js";
export type * from "./types/store.js";
