// A lazily loaded CommonJS package has its names under `default` in a bundle, and not in Node.
export { createFalClient } from "@fal-ai/client";
