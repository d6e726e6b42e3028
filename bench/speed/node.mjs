// The measurements in Node, each in its own process.
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { note } from "../../scripts/lib/log.mjs";
import { capture } from "../../scripts/lib/run.mjs";
import { modernNodeHere } from "../../scripts/lib/node.mjs";

const execute = promisify(execFile);
const MAX_ABORTS = 2;

/** The Node that runs this, and the newer one of the scripts: `{ name, version, first(name), loops(options) }`. */
export function nodeRuntimes(programs) {
  const paths = [...new Set([process.execPath, modernNodeHere()])];
  return paths.map((path) => {
    const version = capture(path, ["--version"]).slice(1);
    const call = (program, name, argument) => callIn(path, program, name, argument);
    return {
      name: `Node ${version.split(".")[0]}`,
      version,
      first: (name) => call(programs.node, "first", name),
      loops: (options) => call(programs.loops, "loops", options),
    };
  });
}

async function callIn(node, program, name, argument) {
  const text =
    `import { ${name} } from ${JSON.stringify(program)};\n` +
    `console.log(JSON.stringify(await ${name}(${JSON.stringify(argument)})));`;
  const args = ["--expose-gc", "--input-type=module", "--eval", text];
  for (let aborts = 0; ; aborts += 1) {
    try {
      const { stdout } = await execute(node, args);
      return JSON.parse(stdout);
    } catch (error) {
      // Node 20's engine has aborted in a long loop before. Its figures are lost, and those of the other rounds are not.
      if (!error.signal || aborts >= MAX_ABORTS) throw error;
      note(`${node} ended with ${error.signal}; it is measured again`);
    }
  }
}
