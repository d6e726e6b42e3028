// A CommonJS package that is loaded late has its names under `default` in a bundle, and not in Node.
export { createFalClient } from "@fal-ai/client";
