// Each command does its work, with data on stdout and everything else on stderr.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { PROMPT, REQUEST, events, workplace } from "./support.mjs";

describe("models", { concurrency: true }, () => {
  test("a pipe gets one model a line, separated by tabs", async (t) => {
    const { run } = workplace(t);
    const { code, stdout, stderr } = await run(["models", "kling", "--mode", "motion-control"]);
    assert.deepEqual([code, stderr], [0, ""]);
    const rows = stdout.trim().split("\n").map((line) => line.split("\t"));
    assert.ok(rows.length > 1);
    for (const [id, , , , modes] of rows) assert.match(`${id} ${modes}`, /^kling.*motion-control/);
  });

  test("`--json` has everything about each model", async (t) => {
    const { run } = workplace(t);
    const [{ id, listings }] = JSON.parse((await run(["models", "wan-2.6", "--json"])).stdout);
    assert.deepEqual([id, listings.length > 1, listings[0].params.length > 3], ["wan-2.6", true, true]);
  });

  test("retired models are shown with `--all` only", async (t) => {
    const { run } = workplace(t);
    assert.match((await run(["models", "sora"])).stderr, /--all/);
    assert.match((await run(["models", "sora", "--all"])).stdout, /^sora-2/m);
  });

  test("an unknown mode is an error that lists the modes", async (t) => {
    const { code, stderr } = await workplace(t).run(["models", "--mode", "movie"]);
    assert.equal(code, 2);
    assert.match(stderr, /no mode `movie`.*text-to-video/);
  });
});

describe("quote and validate", { concurrency: true }, () => {
  test("quote shows the price of each listing, cheapest first", async (t) => {
    const { code, stdout } = await workplace(t).run(["quote", ...REQUEST]);
    assert.equal(code, 0);
    assert.match(stdout, /^wan-2\.6\trun\w+\t\$0\.50\texact/);
  });

  test("`quote --live` asks Runware for its price: the simulated one with `--simulate`, none without a key", async (t) => {
    const { run } = workplace(t);
    const live = await run(["quote", ...REQUEST, "--live", "--simulate"]);
    assert.equal(live.code, 0, live.stderr);
    assert.match(live.stdout, /^wan-2\.6\trunware\t\$0\.50\tlive/m);
    assert.equal((await run(["quote", ...REQUEST, "--live"])).code, 5);
  });

  test("quote and validate read a request from a file and from stdin, and options are added to it", async (t) => {
    const { cwd, run } = workplace(t);
    const request = { model: "wan-2.6", prompt: PROMPT, duration: 5 };
    writeFileSync(join(cwd, "request.json"), JSON.stringify(request));
    const quotes = JSON.parse((await run(["quote", "--request", "request.json", "-r", "720p", "--json"])).stdout);
    assert.deepEqual(quotes.map(({ maxUsd }) => maxUsd), [0.5, 0.5]);
    const input = JSON.stringify(request);
    assert.equal((await run(["validate", "--request", "-", "--set", "resolution=720p"], { input })).code, 0);
    assert.equal((await run(["validate", "-", "-m", "wan-2.6", "-d", "5", "-r", "720p"], { input: PROMPT })).code, 0);
  });

  test("an invalid request is exit code 3, with each problem", async (t) => {
    const { run } = workplace(t);
    const invalid = [PROMPT, "-m", "wan-2.6", "-d", "7", "-r", "720p"];
    const validated = await run(["validate", ...invalid]);
    assert.equal(validated.code, 3);
    assert.match(validated.stdout, /invalid\t.*Use 5, 10 or 15/);
    const quoted = await run(["quote", ...invalid]);
    assert.equal(quoted.code, 3);
    assert.match(quoted.stdout, /unavailable.*Use 5, 10 or 15/);
  });

  test("`--set` sets nested fields, and a value that is not JSON is text", async (t) => {
    const args = ["validate", PROMPT, "-m", "wan-2.6", "-d", "5", "--set", "output.format=avi", "--json"];
    const { listings } = JSON.parse((await workplace(t).run(args)).stdout);
    assert.ok(listings.some(({ issues }) => issues.some(({ path }) => path === "output.format")));
  });

  test("an image is read from a file", async (t) => {
    const { cwd, run } = workplace(t);
    writeFileSync(join(cwd, "fox.png"), readFileSync(new URL("../../docs/screenshot-phone.png", import.meta.url)));
    const args = ["-m", "wan-2.6", "-d", "5", "-r", "720p", "--json"];
    const { listings } = JSON.parse((await run(["validate", PROMPT, ...args, "--image", "fox.png"])).stdout);
    assert.ok(listings.some(({ ok, provider }) => ok && provider === "runware"));
    const missing = await run(["validate", PROMPT, "--image", "no.png"]);
    assert.deepEqual([missing.code, missing.stderr], [2, "The file no.png does not exist. Check its name.\n"]);
  });
});

describe("generate --simulate and what follows", { concurrency: true }, () => {
  test("stdout gets the file's name, and a later command finds the job", async (t) => {
    const { cwd, run } = workplace(t);
    const { code, stdout, stderr } = await run(["generate", ...REQUEST, "--simulate", "-o", "fox.mp4"]);
    assert.deepEqual([code, stdout], [0, "fox.mp4\n"], stderr);
    assert.match(stderr, /wan-2\.6 \(simulated\) for \$0\.50/);
    assert.match(readFileSync(join(cwd, "fox.mp4")).subarray(4, 8).toString(), /ftyp/);
    const [job] = JSON.parse((await run(["jobs", "--json"])).stdout);
    assert.deepEqual([job.status, job.simulated, job.outcome.raw], ["completed", true, undefined]);
    const { id } = job.handle;
    assert.match((await run(["status", id.slice(0, 8)])).stdout, /completed\twan-2\.6/);
    const again = await run(["download", id.slice(0, 8), "-o", "-"]);
    assert.deepEqual(again.bytes, readFileSync(join(cwd, "fox.mp4")));
    assert.equal((await run(["cancel", id])).code, 0);
    assert.match((await run(["jobs", "--pending"])).stderr, /no unfinished job/);
  });

  test("`--compare` generates with each model, into a file each, within one limit", async (t) => {
    const { cwd, run } = workplace(t);
    const request = [PROMPT, "--compare", "wan-2.6,kling-o1", "-d", "5", "-r", "720p", "--simulate", "--json"];
    const over = await run(["generate", ...request, "--max-cost", "0.60"]);
    assert.equal(over.code, 4);
    assert.match(over.stderr, /above the limit of \$0\.60\. Nothing was sent/);
    assert.equal(JSON.parse((await run(["jobs", "--json"])).stdout).length, 0);
    const result = await run(["generate", ...request, "--max-cost", "3", "-o", "fox.mp4"]);
    assert.equal(result.code, 0, result.stderr);
    const files = events(result).filter(({ event }) => event === "downloaded").map(({ file }) => file);
    assert.deepEqual(files.sort(), ["fox-kling-o1.mp4", "fox-wan-2.6.mp4"]);
    assert.ok(files.every((file) => existsSync(join(cwd, file))));
  });

  test("`--compare` refuses a model without a known price, unless that is allowed", async (t) => {
    const { run } = workplace(t);
    const request = [PROMPT, "--compare", "wan-2.6,pixverse-v6", "-d", "5", "-r", "720p", "--simulate", "--max-cost", "5"];
    const { code, stderr } = await run(["generate", ...request]);
    assert.equal(code, 4);
    assert.match(stderr, /price of pixverse-v6 is unknown\. Leave it out, or pass --allow-unknown-cost\. Nothing was sent/);
    assert.equal((await run(["jobs", "--json"])).stdout, "[]\n");
    assert.equal((await run(["generate", ...request, "--allow-unknown-cost"])).code, 0);
  });

  test("`--json` writes one event a line", async (t) => {
    const result = await workplace(t).run(["generate", ...REQUEST, "--simulate", "--json"]);
    const all = events(result);
    const names = all.map(({ event }) => event);
    assert.deepEqual([...new Set(names)], ["submitted", "progress", "completed", "downloaded"]);
    const [{ id, handle }] = all;
    assert.equal(id, handle.id);
    const { videos, costUsd } = all.find(({ event }) => event === "completed");
    assert.deepEqual([videos.length, costUsd], [1, 0.5]);
    assert.ok(!result.stdout.includes(PROMPT));
  });

  test("`--no-download` prints the URL, and `-o -` writes the video to stdout", async (t) => {
    const { run } = workplace(t);
    const [url, video] = await Promise.all([
      run(["generate", ...REQUEST, "--simulate", "--no-download"]),
      run(["generate", ...REQUEST, "--simulate", "-o", "-"]),
    ]);
    assert.match(url.stdout, /^https:\/\/\S+\n$/);
    assert.match(video.bytes.subarray(4, 8).toString(), /ftyp/);
  });

  test("an existing file is not replaced, and nothing is submitted", async (t) => {
    const { cwd, run } = workplace(t);
    writeFileSync(join(cwd, "fox.mp4"), "mine");
    const { code, stderr } = await run(["generate", ...REQUEST, "--simulate", "-o", "fox.mp4"]);
    assert.deepEqual([code, stderr], [2, "The file fox.mp4 exists. Pass another name with --output, or --force to replace it.\n"]);
    assert.equal((await run(["jobs", "--json"])).stdout, "[]\n");
    assert.equal(readFileSync(join(cwd, "fox.mp4"), "utf8"), "mine");
  });

  test("two processes share the simulated providers of one folder", async (t) => {
    const { run } = workplace(t);
    const results = await Promise.all([1, 2, 3].map(() => run(["generate", ...REQUEST, "--simulate"])));
    assert.deepEqual(results.map(({ code }) => code), [0, 0, 0], results.map(({ stderr }) => stderr).join("\n"));
    assert.equal(new Set(results.map(({ stdout }) => stdout)).size, 3);
    assert.equal(JSON.parse((await run(["jobs", "--json"])).stdout).length, 3);
  });
});

test("probe says of each listing whether it is still offered", async (t) => {
  const { code, stdout } = await workplace(t).run(["probe", "wan-2.6", "--simulate"]);
  assert.equal(code, 0);
  assert.match(stdout, /^wan-2\.6\trunpod\tlive/);
});
