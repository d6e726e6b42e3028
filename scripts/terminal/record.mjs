// Records the terminal session of the README: `npm run screencast:terminal` writes docs/terminal.svg.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { build } from "../build.mjs";
import { note, step } from "../lib/log.mjs";
import { main, root } from "../lib/run.mjs";
import { npmPackages } from "../lib/tools.mjs";
import { setUpBuild } from "../setup.mjs";
import { recordSession } from "./session.mjs";

await main(async () => {
  await build(await setUpBuild());
  await npmPackages("scripts/terminal");
  step("Recording the session", "a minute");
  // As long as a real job, so that the expected ends are real, too. The animation is faster.
  const { svg, frames } = await recordSession({ jobMs: 40_000, interruptAfterS: 12 });
  writeFileSync(join(root, "docs", "terminal.svg"), svg);
  note(`docs/terminal.svg: ${frames} frames, ${svg.length} bytes`);
});
