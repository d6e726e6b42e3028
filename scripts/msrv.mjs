// Checks that the crate compiles with its `rust-version`. `npm run check:msrv`
import { join } from "node:path";
import { Failure, capture, main, run } from "./lib/run.mjs";
import { note, step } from "./lib/log.mjs";

await main(async () => {
  const metadata = capture("cargo", ["metadata", "--no-deps", "--format-version=1"]);
  const { packages, target_directory: target } = JSON.parse(metadata ?? "{}");
  const oldest = packages?.find(({ name }) => name === "filmgate")?.rust_version;
  if (!oldest) throw new Failure("Cargo.toml has no `rust-version`.");
  const within = (...args) => ["run", oldest, ...args];
  if (capture("rustup", within("rustc", "--version")) === undefined) {
    step(`Installing Rust ${oldest}`, "under a minute, once");
    const install = ["toolchain", "install", oldest, "--profile", "minimal", "--no-self-update"];
    await run("rustup", install, { quiet: true });
  }
  const check = ["cargo", "check", "-p", "filmgate", "--lib", "--examples", "--locked"];
  for (const features of [[], ["--features", "client"]]) {
    await run("rustup", within(...check, ...features), { env: { CARGO_TARGET_DIR: join(target, "oldest") } });
  }
  note(`The crate and its examples compile with ${capture("rustup", within("rustc", "--version"))}.`);
});
