export * as runpod from "./runpod-sdk.mjs";
export * as runware from "./runware-sdk-js.mjs";
