// The package's bill of materials, in CycloneDX: the crates that its module is made of. npm brings nothing at
// run time. `npm run sbom` writes target/sbom/filmgate.cdx.json.
import { mkdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { main, must, root } from "./lib/run.mjs";
import { note } from "./lib/say.mjs";
import { TARGET } from "./lib/toolchain.mjs";
import { cargoCyclonedx } from "./lib/tools.mjs";

const NAME = "filmgate.cdx";
const SBOM = join("target", "sbom", `${NAME}.json`);

await main(async () => {
  const program = join(await cargoCyclonedx(), "cargo-cyclonedx");
  const what = ["--target", TARGET, "--no-build-deps", "--format", "json", "--spec-version", "1.5"];
  await must(program, ["cyclonedx", ...what, "--override-filename", NAME]);
  mkdirSync(join(root, "target", "sbom"), { recursive: true });
  renameSync(join(root, `${NAME}.json`), join(root, SBOM));
  note(`Written: ${SBOM}`);
});
