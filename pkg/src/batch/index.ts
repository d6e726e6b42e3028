// The entry `filmgate/batch`. It is separate, so that a bundle without it is not larger.
export { batch } from "./batch.js";
export type * from "./types.js";
