// The entry `filmgate/prices`. It is separate, so that a bundle without it is not larger.
export { refreshPrices } from "./refresh-prices.js";
export type * from "./types.js";
