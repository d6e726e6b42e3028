// Builds native programs of the workspace, for tests and benchmarks.
import { join } from "node:path";
import { Failure, capture, run } from "./run.mjs";

/** The workspace as cargo describes it: `target_directory`, `packages`. */
export function cargoMetadata() {
  const text = capture("cargo", ["metadata", "--no-deps", "--format-version=1"]);
  if (!text) throw new Failure("cargo cannot read the workspace");
  return JSON.parse(text);
}

/**
 * Builds the native programs that tests start; returns their paths: `{ simulator, client, generate }`. They are built together,
 * and with all features, since so does the stage "rust": cargo compiles a crate anew for every other set of features.
 */
export async function buildPrograms() {
  await run("cargo", ["build", "--quiet", "--workspace", "--all-features", "--bin", "filmgate-simulator", "--examples"]);
  const suffix = process.platform === "win32" ? ".exe" : "";
  const at = (...path) => `${join(cargoMetadata().target_directory, "debug", ...path)}${suffix}`;
  return {
    simulator: at("filmgate-simulator"),
    client: at("examples", "client"),
    generate: at("examples", "generate"),
  };
}
