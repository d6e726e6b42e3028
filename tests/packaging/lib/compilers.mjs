// The packed package's types, before the oldest and the newest compiler that are claimed.
import { join } from "node:path";
import { output } from "./programs.mjs";
import { pinned, project } from "./project.mjs";

// What each way to resolve wants of `module`.
const MODULES = { nodenext: "nodenext", bundler: "esnext" };

const version = (name) => pinned("types", name).split("@").at(-1);

export const compilers = ["oldest-typescript", "newest-typescript"].flatMap((name) =>
  Object.entries(MODULES).map(([resolution, module]) => ({
    version: version(name),
    resolution,
    compile: async () => {
      const cwd = await project("types");
      const how = ["--module", module, "--moduleResolution", resolution];
      const tsc = join("node_modules", name, "bin", "tsc");
      await output(process.execPath, [tsc, "--project", ".", ...how], { cwd });
    },
  })),
);
