// Programs on a machine of one's own: every runtime, by every way to import.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { output, report } from "./programs.mjs";
import { pinned, project } from "./project.mjs";
import { bun, deno, newestNode, node, oldestNode, titleOf } from "./runtimes.mjs";

const STYLES = [
  { style: "`import`", file: "import.mjs" },
  { style: "`require`", file: "require.cjs" },
  { style: "`filmgate/node`, jobs stored in a folder", file: "folder.mjs" },
  { style: "`filmgate/slim`, the module read from disk", file: "slim.mjs" },
  { style: "`filmgate/testing`, without a server", file: "testing.mjs" },
];

const inEvery = (runtime, quick = false) =>
  STYLES.map(({ style, file }) => ({
    runtime: () => titleOf(runtime),
    style,
    quick,
    generate: async (providers) => {
      const args = [...runtime.args, file, JSON.stringify(providers)];
      return report(runtime.program, args, { cwd: await project("script") });
    },
  }));

/** It runs ES modules with Node's own flag only. */
const byJest = async (providers) => {
  const cwd = await project("jest");
  await output("npm", ["test"], { cwd, env: { PROVIDERS: JSON.stringify(providers) } });
  return JSON.parse(readFileSync(join(cwd, "report.json"), "utf8"));
};

export const scripts = [
  ...inEvery(oldestNode),
  ...inEvery(node, true),
  ...inEvery(newestNode),
  ...inEvery(bun),
  ...inEvery(deno),
  {
    runtime: () => `Jest ${pinned("jest", "jest")}`,
    style: "`import`, `--experimental-vm-modules`",
    quick: false,
    generate: byJest,
  },
];
