// The Node that runs this, and the runtimes that npm has as packages.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Failure } from "../../../scripts/lib/run.mjs";
import { once } from "./once.mjs";
import { output } from "./programs.mjs";

const fetched = (name, path, args = []) => {
  const url = new URL(`../runtimes/node_modules/${path}`, import.meta.url);
  return { name, program: fileURLToPath(url), args };
};

export const node = { name: "Node", program: process.execPath, args: [] };
export const oldestNode = fetched("Node", "oldest-node/bin/node");
export const newestNode = fetched("Node", "newest-node/bin/node");
export const bun = fetched("Bun", "@oven/bun-linux-x64/bin/bun");
export const deno = fetched("Deno", "@deno/linux-x64-glibc/deno", [
  "run",
  // Only what a program needs that generates and stores files.
  ...["net", "env", "read", "write"].map((right) => `--allow-${right}`),
  "--no-prompt",
  "--quiet",
]);

const version = once((program) => output(program, ["--version"]));

/** A runtime's name and version, as a reader knows it. */
export async function titleOf({ name, program }) {
  return `${name} ${/\d+\.\d+\.\d+/.exec(await version(program))[0]}`;
}

/** Of some runtimes npm has the programs for Linux on x64 alone. */
export function expectRuntimes() {
  const missing = [oldestNode, newestNode, bun, deno].filter(({ program }) => !existsSync(program));
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(", ");
  throw new Failure(`npm has no ${names} for this machine: this command wants Linux on x64.`);
}
