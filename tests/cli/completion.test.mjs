// Completion in bash, zsh and fish, as far as these shells are installed.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROGRAM, REQUEST, workplace } from "./support.mjs";

const candidates = async (run, ...words) => {
  const { stdout } = await run(["completion", "bash", "--candidates", "--", ...words]);
  return stdout.trim().split("\n").map((line) => line.split("\t")[0]);
};

test("commands, options, models, providers and jobs are candidates", async (t) => {
  const { run } = workplace(t);
  assert.deepEqual(await candidates(run, "va"), ["validate"]);
  assert.deepEqual(await candidates(run, "quote", "--dur"), ["--duration"]);
  assert.deepEqual(await candidates(run, "generate", "--model", "wan-2.6"), ["wan-2.6", "wan-2.6-flash"]);
  assert.deepEqual(await candidates(run, "generate", "A fox", "--provider", ""), ["runpod", "runware"]);
  assert.deepEqual(await candidates(run, "completion", "z"), ["zsh"]);
  await run(["generate", ...REQUEST, "--simulate", "--no-download"]);
  const [{ handle }] = JSON.parse((await run(["jobs", "--json"])).stdout);
  assert.deepEqual(await candidates(run, "status", handle.id.slice(0, 3)), [handle.id]);
});

const SHELLS = {
  bash: 'source <(filmgate completion bash); COMP_WORDS=(filmgate generate --model kling-o); COMP_CWORD=3; _filmgate; printf "%s\\n" "${COMPREPLY[@]}"',
  fish: 'filmgate completion fish | source; complete -C "filmgate generate --model kling-o"',
  zsh: 'autoload -U compinit; compinit -u -d "$PWD/zcomp"; source <(filmgate completion zsh); words=(filmgate generate --model kling-o); CURRENT=4; _describe() { print -l ${(P)2} }; _filmgate',
};

for (const [shell, script] of Object.entries(SHELLS)) {
  const isInstalled = spawnSync(shell, ["--version"]).status === 0;
  test(`${shell} completes a model`, { skip: !isInstalled && `${shell} is not installed` }, (t) => {
    const { cwd, env } = workplace(t);
    mkdirSync(join(cwd, "bin"));
    symlinkSync(PROGRAM, join(cwd, "bin", "filmgate"));
    const PATH = `${join(cwd, "bin")}:${process.execPath.replace(/\/[^/]*$/, "")}:${env.PATH}`;
    const found = execFileSync(shell, ["-c", script], { cwd, env: { ...env, PATH, HOME: cwd }, encoding: "utf8" });
    assert.match(found, /^kling-o1/m);
  });
}
