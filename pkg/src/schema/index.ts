// The entry `filmgate/schema`. It is separate, so that a bundle without it is not larger.
export { schema } from "./schema.js";
export type * from "./types.js";
