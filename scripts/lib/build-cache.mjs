// Decides whether a build step is stale: a digest of its inputs is stored next to its outputs.
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

const stamps = join(root, ".tools", "built");

/** A digest of files, whole folders and strings; a missing path counts as missing. */
export function digest(paths, words = []) {
  const hash = createHash("sha256");
  for (const path of paths) add(hash, path);
  for (const word of words) hash.update(`\0word\0${word}`);
  return hash.digest("hex");
}

function add(hash, path) {
  const full = join(root, path);
  if (!existsSync(full)) {
    hash.update(`\0absent\0${path}`);
  } else if (statSync(full).isDirectory()) {
    for (const name of readdirSync(full).sort()) {
      // Installed packages follow from a lock file, which counts.
      if (name !== "node_modules") add(hash, join(path, name));
    }
  } else {
    hash.update(`\0file\0${path}\0`).update(readFileSync(full));
  }
}

/** The input that the step last ran for, or an empty string. */
export function builtFrom(name) {
  const stamp = join(stamps, name);
  return existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
}

/** Runs the work unless it ran for the same input and its outputs still exist. Returns whether it ran. */
export async function ifStale(name, input, outputs, work) {
  const stamp = join(stamps, name);
  const exists = (path) => existsSync(join(root, path));
  if (builtFrom(name) === input && outputs.every(exists)) return false;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(stamps, { recursive: true });
  writeFileSync(stamp, input);
  return true;
}
