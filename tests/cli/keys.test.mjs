// Keys come from the environment or from a hidden question. They are in no argument, no output and no file.
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simulator } from "../client/support.mjs";
import { KEY, REQUEST, environmentOf, inTerminal, plain, workplace } from "./support.mjs";

/** Shaped like the keys of RunPod, of Runware and of a gateway. */
const KEYS = ["rpa_ABCDEFGHIJKLMNOPQRSTUVWXYZ012345", "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF", "fgw_abcdefghijklmnop"];

const filesIn = (folder) =>
  readdirSync(folder, { recursive: true }).map((name) => join(folder, name)).filter((path) => statSync(path).isFile());

test("an argument that looks like a key is refused with what to do, and not repeated", async (t) => {
  const { run } = workplace(t, { RUNWARE_API_KEY: KEY });
  const lines = [
    ...KEYS.flatMap((key) => [[key], ["models", key], ["generate", "A fox", `--set=apiKey=${key}`], ["jobs", `--store=${key}`], ["quote", key, "-d", "5"]]),
    ["generate", "A fox", "--api-key", "short"],
    ["generate", "A fox", "--runware-key=x"],
    ["generate", `My key is ${KEY}`, "-m", "wan-2.6"],
  ];
  for (const line of lines) {
    const { code, stdout, stderr } = await run(line);
    assert.equal(code, 2, line.join(" "));
    assert.match(stderr, /looks like an API key.*\nSet RUNPOD_API_KEY or RUNWARE_API_KEY/, line.join(" "));
    for (const key of [...KEYS, KEY]) assert.ok(!`${stdout}${stderr}`.includes(key));
  }
});

test("ids, hashes of files, prompts and URLs are no keys", async (t) => {
  const { run } = workplace(t);
  const image = "https://example.com/3f2ab1c4d5e6f7081920aabbccddeeff.png";
  const ids = ["b3b1c9d2-5f0e-4a1b-9c77-0f5f5e3a8a10", "3f2ab1c4"];
  for (const id of ids) assert.doesNotMatch((await run(["status", id])).stderr, /API key/);
  assert.equal((await run(["validate", "Supercalifragilisticexpialidocious token", "-m", "wan-2.6", "-d", "5", "--image", image])).code, 0);
});

describe("no key is in any output or file", { concurrency: true }, () => {
  for (const [name, oddities] of [["a job", []], ["errors that quote the key", ["runpodEchoKey", "runwareEchoKey"]]]) {
    test(name, async (t) => {
      const sim = await simulator(t, oddities.length > 0 ? { fieldMode: oddities } : {});
      const { cwd, run } = workplace(t, environmentOf(sim));
      const outputs = [];
      const call = async (args) => outputs.push(await run(args));
      for (const provider of ["runpod", "runware"]) {
        for (const prompt of ["A fox", "A [fail] fox", "A [nsfw] fox"]) {
          await call(["generate", prompt, ...REQUEST.slice(1), "--provider", provider, "--max-cost", "1", "--json"]);
        }
      }
      for (const args of [["jobs"], ["jobs", "--json"], ["probe", "wan-2.6"], ["help", "generate"], ["models"], ["quote", ...REQUEST, "--live"]]) await call(args);
      assert.ok(outputs[0].stdout.includes("submitted"));
      for (const { stdout, stderr } of outputs) assert.ok(!`${stdout}${stderr}`.includes(KEY));
      for (const path of filesIn(cwd)) assert.ok(!readFileSync(path).includes(KEY), path);
    });
  }

  test("a key is asked for without showing it, and is in no file", async (t) => {
    const sim = await simulator(t);
    const { env: { RUNPOD_API_KEY: _, RUNWARE_API_KEY: __, ...env }, cwd, run } = workplace(t, environmentOf(sim));
    // The base URLs belong to a proxy, which may add a key: with them, no key is asked for.
    const typed = { ...env, RUNPOD_BASE_URL: "", RUNWARE_BASE_URL: "" };
    const input = [
      { after: "How do you want to continue?", send: "\x1b[B\r" },
      { after: "API key of Runware", send: `${KEY}\r` },
      { after: "Spending limit", send: "\x03" },
    ];
    const { code, text } = await inTerminal({ cwd, env: typed }, ["generate", ...REQUEST], { input });
    assert.equal(code, 130, plain(text));
    assert.match(plain(text), /The price is at most \$0\.50\. Spending limit/);
    assert.match(plain(text), /Cancelled\. Nothing was sent\./);
    assert.ok(!text.includes(KEY) && !text.includes(KEY.slice(0, 8)));
    for (const path of filesIn(cwd)) assert.ok(!readFileSync(path).includes(KEY), path);
    assert.equal((await run(["jobs", "--json"])).stdout, "[]\n");
  });
});
