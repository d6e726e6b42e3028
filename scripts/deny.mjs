// What may come into the tree of crates: licences, sources, duplicates, and what is banned, by deny.toml.
// `npm run deny`; `npm run deny -- advisories` asks RustSec's database, which needs GitHub.
import { join } from "node:path";
import { main, must } from "./lib/run.mjs";
import { cargoDeny } from "./lib/tools.mjs";

const OFFLINE = ["bans", "licenses", "sources"];

await main(async () => {
  const asked = process.argv.slice(2);
  const program = join(await cargoDeny(), "cargo-deny");
  await must(program, ["--workspace", "check", ...(asked.length > 0 ? asked : OFFLINE)]);
});
