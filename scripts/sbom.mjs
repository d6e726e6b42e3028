// The package's software bills of materials in CycloneDX: the crates of its two modules, and the packages that its
// command line and its MCP server are bundled with. It has no npm dependencies at run time. `npm run sbom` writes them to target/sbom/.
import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Failure, capture, main, root, run } from "./lib/run.mjs";
import { note } from "./lib/log.mjs";
import { TARGET } from "./lib/toolchain.mjs";
import { cargoCyclonedx } from "./lib/tools.mjs";

const FOLDER = join(root, "target", "sbom");
/** Each bundled room of the package's sources. */
const BUNDLES = { cli: "filmgate-cli.cdx", mcp: "filmgate-mcp.cdx" };
const NAMES = { filmgate: "filmgate.cdx", "filmgate-simulator": "filmgate-testing.cdx" };

await main(async () => {
  const program = join(await cargoCyclonedx(), "cargo-cyclonedx");
  const what = ["--target", TARGET, "--no-build-deps", "--format", "json", "--spec-version", "1.5"];
  const name = "filmgate-sbom";
  await run(program, ["cyclonedx", ...what, "--override-filename", name]);
  mkdirSync(FOLDER, { recursive: true });
  // It writes one next to each manifest of the workspace.
  for (const { name: crate, folder } of members()) {
    const written = join(folder, `${name}.json`);
    if (NAMES[crate]) renameSync(written, join(FOLDER, `${NAMES[crate]}.json`));
    else rmSync(written);
  }
  for (const [room, bill] of Object.entries(BUNDLES)) writeFileSync(join(FOLDER, `${bill}.json`), bundledPackages(room));
  for (const bill of [...Object.values(NAMES), ...Object.values(BUNDLES)]) note(`Written: target/sbom/${bill}.json`);
});

function bundledPackages(room) {
  const bill = capture("npm", ["sbom", "--package-lock-only", "--sbom-format", "cyclonedx", "--prefix", join("pkg", "src", room)]);
  if (!bill) throw new Failure(`npm cannot read the lock file of pkg/src/${room}`);
  return `${bill}\n`;
}

function members() {
  const metadata = capture("cargo", ["metadata", "--no-deps", "--format-version=1"]);
  if (!metadata) throw new Failure("cargo cannot read the workspace");
  return JSON.parse(metadata).packages.map(({ name, manifest_path: path }) => ({
    name,
    folder: join(path, ".."),
  }));
}
