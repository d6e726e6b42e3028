// The module without built-in models, to measure what they cost.
import { step } from "./log.mjs";
import { buildModule } from "./wasm.mjs";

export const WITHOUT = "target/without-models";

export async function buildWithoutModels(tools) {
  step("The module without models", "2 to 4 minutes the first time, then seconds");
  const name = { crate: "filmgate", folder: WITHOUT, name: "glue", wasm: "filmgate.wasm" };
  await buildModule({ ...name, more: ["--cfg=filmgate_without_models"], ...tools });
}
