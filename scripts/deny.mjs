// Checks the licenses, sources, duplicates and bans of all crates by deny.toml.
// `npm run deny`; `npm run deny -- advisories` checks RustSec's database, which needs GitHub.
import { join } from "node:path";
import { main, run } from "./lib/run.mjs";
import { cargoDeny } from "./lib/tools.mjs";

const OFFLINE = ["bans", "licenses", "sources"];

await main(async () => {
  const requested = process.argv.slice(2);
  const program = join(await cargoDeny(), "cargo-deny");
  await run(program, ["--workspace", "check", ...(requested.length > 0 ? requested : OFFLINE)]);
});
