// Child processes, each with what it has reported so far.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { waitFor } from "./support.mjs";
import { temporaryFolder } from "../../scripts/lib/temporary-folder.mjs";

const PROGRAM = fileURLToPath(new URL("fixtures/store-process.js", import.meta.url));

/** A folder of the test's own. */
export const folderOf = () => temporaryFolder("store");

/** Starts `fixtures/store-process.js` on that work. */
export function start(t, work) {
  const child = spawn(process.execPath, [PROGRAM, JSON.stringify(work)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const reports = [];
  const lines = createInterface({ input: child.stdout });
  lines.on("line", (line) => reports.push(JSON.parse(line)));
  let isOver = false;
  const closed = once(child, "close").then(() => (isOver = true));
  t.after(() => child.kill("SIGKILL"));
  return {
    reports,
    /** All that it has reported in that field. */
    all: (field) => reports.filter((each) => field in each).map((each) => each[field]),
    /** The first report in that field. */
    first: async (field) => {
      const found = () => reports.find((each) => field in each);
      await waitFor(() => found() || isOver);
      assert.ok(found(), `it ended without a word of ${field}: ${JSON.stringify(reports)}`);
      return found()[field];
    },
    ended: () => closed,
    signal: (name) => child.kill(name),
    kill: async () => {
      child.kill("SIGKILL");
      await closed;
    },
  };
}
