// The help texts, as they are recorded, and the nearest name for a typo.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { workplace } from "./support.mjs";

const RECORDED = join(import.meta.dirname, "help.txt");

/** The names in the list of commands. */
const namesOf = (help) =>
  [...help.slice(help.indexOf("Commands:")).matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name).filter((name) => name !== "help");

test("the help is the recorded one, and each command has examples of its own", { timeout: 120_000 }, async (t) => {
  const { run } = workplace(t);
  const { code, stdout: all, stderr } = await run(["--help"]);
  assert.deepEqual([code, stderr], [0, ""]);
  const names = namesOf(all);
  assert.ok(names.length >= 12);
  const texts = [`$ filmgate --help\n${all}`];
  for (const name of names) {
    const { code, stdout } = await run(["help", name]);
    assert.equal(code, 0);
    assert.equal((await run([name, "--help"])).stdout, stdout);
    assert.match(stdout, new RegExp(`Examples:\\n {2}# .*\\n {2}(.*\\b)?filmgate ${name}`), name);
    texts.push(`$ filmgate help ${name}\n${stdout}`);
  }
  const text = texts.join("\n");
  if (process.env.UPDATE_SNAPSHOTS || !existsSync(RECORDED)) writeFileSync(RECORDED, text);
  assert.equal(text, readFileSync(RECORDED, "utf8"), "run it with UPDATE_SNAPSHOTS=1, and look at the difference");
});

test("without a command, the help is on stderr, and the exit code is that of a wrong command line", async (t) => {
  const { code, stdout, stderr } = await workplace(t).run([]);
  assert.deepEqual([code, stdout], [2, ""]);
  assert.match(stderr, /Usage: filmgate <command>/);
});

test("the version is that of the package", async (t) => {
  const { version } = JSON.parse(readFileSync(join(root, "pkg", "package.json"), "utf8"));
  assert.equal((await workplace(t).run(["--version"])).stdout, `${version}\n`);
});

test("a typo in a command, an option or a field names the nearest one", async (t) => {
  const { run } = workplace(t);
  const typos = [
    [["generat"], /unknown command 'generat'\n\(Did you mean generate\?\)/],
    [["help", "quot"], /Did you mean quote/],
    [["quote", "--durtion", "5"], /unknown option '--durtion'\n\(Did you mean --duration\?\)/],
    [["quote", "A fox", "-m", "wan-2.6", "-d", "five"], /--duration.*must be a number/],
    [["generate", "A fox", "--max-cost", "cheap"], /must be an amount in US dollars/],
    [["completion", "powershell"], /Allowed choices are bash, zsh, fish/],
  ];
  for (const [args, message] of typos) {
    const { code, stderr } = await run(args);
    assert.equal(code, 2, args.join(" "));
    assert.match(stderr, message);
  }
  const field = await run(["validate", "A fox", "-m", "wan-2.6", "-d", "5", "--set", "resolutin=720p"]);
  assert.equal(field.code, 3);
  assert.match(field.stdout + field.stderr, /Did you mean `resolution`/);
  const model = await run(["generate", "A fox", "-m", "wan-26", "-d", "5", "--simulate"]);
  assert.equal(model.code, 3);
  assert.match(model.stderr, /wan-2\.6/);
});
