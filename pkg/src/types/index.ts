// The types of the public API, by subject.
export type * from "./client.js";
export type * from "./common.js";
export type * from "./download.js";
export type * from "./error.js";
export type * from "./event.js";
export type * from "./gateway-client.js";
export type * from "./job.js";
export type * from "./model-constraints.js";
export type * from "./models.js";
export type * from "./probe.js";
export type * from "./quote.js";
export type * from "./request.js";
export type * from "./store.js";
