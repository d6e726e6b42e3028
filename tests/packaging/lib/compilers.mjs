// The packed package's types, as compilers and libraries read them that users have.
import { join } from "node:path";
import { output } from "./programs.mjs";
import { pinned, project } from "./project.mjs";

const OLDEST = "oldest-typescript";
const NEWEST = "newest-typescript";
const version = (name) => pinned("types", name).split("@").at(-1);
const typesOf = (name) => `${name} ${pinned("types", name)}`;

/** What each way to resolve wants of `module`. */
const MODULES = { nodenext: "nodenext", bundler: "esnext", node10: "commonjs" };

function compiler(name, resolution, libraries, tsconfig) {
  const compile = async () => {
    const tsc = join("node_modules", name, "bin", "tsc");
    const how = ["--module", MODULES[resolution], "--moduleResolution", resolution];
    const cwd = await project("types");
    await output(process.execPath, [tsc, "--project", tsconfig, ...how], { cwd });
  };
  return { version: version(name), resolution, libraries, compile };
}

export const compilers = [
  compiler(OLDEST, "nodenext", "DOM", "tsconfig.json"),
  compiler(OLDEST, "bundler", "DOM", "tsconfig.json"),
  compiler(OLDEST, "node10", "DOM, the main entry", "tsconfig.node10.json"),
  compiler(NEWEST, "nodenext", "DOM", "tsconfig.json"),
  compiler(NEWEST, "bundler", "DOM", "tsconfig.json"),
  compiler(NEWEST, "nodenext", `${typesOf("@types/node")}, CommonJS too`, "tsconfig.node.json"),
  compiler(NEWEST, "bundler", `DOM, ${typesOf("@types/react")}`, "tsconfig.react.json"),
  compiler(NEWEST, "bundler", typesOf("@cloudflare/workers-types"), "tsconfig.worker.json"),
];
