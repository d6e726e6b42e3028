// A folder for as long as this process runs.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders = [];

/**
 * A new folder, which goes with this process: not before, as a hook of a test, since a process that still writes into it
 * would let the hook fail, and then the runner leaves out the hooks that end that process.
 */
export function temporaryFolder(name) {
  if (folders.length === 0) process.once("exit", removeAll);
  const folder = mkdtempSync(join(tmpdir(), `filmgate-${name}-`));
  folders.push(folder);
  return folder;
}

function removeAll() {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}
