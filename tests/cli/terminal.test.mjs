// What a terminal shows: a bar with the expected end, questions, colors and narrow widths; and what pipes get.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simulator } from "../client/support.mjs";
import { PROGRAM, REQUEST, environmentOf, inTerminal, plain, workplace } from "./support.mjs";

const SIMULATED = ["generate", ...REQUEST, "--simulate", "--provider", "runpod"];
const COLOR = /\x1b\[\d+m/;

/** The rows that a terminal has shown, each as it was drawn. */
const rowsOf = (text) => plain(text).split(/[\r\n]+/).filter((row) => row.trim() !== "");

describe("a terminal", { concurrency: true }, () => {
  test("has a bar with percent, status, time left and expected end", async (t) => {
    const place = workplace(t, { FILMGATE_SIMULATED_JOB_MS: "1500" });
    const { code, text } = await inTerminal(place, [...SIMULATED, "-o", "fox.mp4"], { columns: 100 });
    assert.equal(code, 0, plain(text));
    assert.match(plain(text), /wan-2\.6 \(simulated\) {2}[█░]{24} {2}[ \d]\d % {2}(submitted|queued|running) {2}\d:\d\d left {2}ends \d\d:\d\d:\d\d/);
    assert.match(plain(text), /✓ wan-2\.6 \(simulated\) for \$0\.50: fox\.mp4/);
    assert.match(text, COLOR);
    assert.ok(existsSync(join(place.cwd, "fox.mp4")));
  });

  for (const columns of [20, 40, 60]) {
    test(`of ${columns} columns has no row that is wider`, async (t) => {
      const place = workplace(t);
      const { code, text } = await inTerminal(place, SIMULATED, { columns });
      assert.equal(code, 0, plain(text));
      const bars = rowsOf(text).filter((row) => /%/.test(row));
      assert.ok(bars.length > 0, plain(text));
      for (const row of bars) assert.ok([...row].length < columns, row);
      const { text: table } = await inTerminal(place, ["models"], { columns });
      for (const row of rowsOf(table)) assert.ok([...row].length <= columns, row);
      assert.match(rowsOf(table)[0], /^MODEL/);
    });
  }

  test("without a key is offered the simulated providers", async (t) => {
    const input = [{ after: "How do you want to continue?", send: "\r" }];
    const { code, text } = await inTerminal(workplace(t), ["generate", ...REQUEST], { input });
    assert.equal(code, 0, plain(text));
    assert.match(plain(text), /Simulate it.*free/);
  });

  test("is asked for the spending limit, with the price as the proposal", async (t) => {
    const sim = await simulator(t);
    const input = [{ after: "Spending limit in US dollars", send: "\r" }];
    const { code, text } = await inTerminal(workplace(t, environmentOf(sim)), ["generate", ...REQUEST], { input });
    assert.equal(code, 0, plain(text));
    assert.match(plain(text), /The price is at most \$0\.50\. Spending limit in US dollars/);
    assert.equal((await sim.ledger()).charges.length, 1);
  });

  test("keeps the job after Ctrl-C, and shows how to resume it", async (t) => {
    const place = workplace(t, { FILMGATE_SIMULATED_JOB_MS: "15000" });
    const { code, text } = await inTerminal(place, SIMULATED, { input: [{ after: "left", send: "\x03" }] });
    assert.equal(code, 130, plain(text));
    const [, id] = /Resume it with: filmgate resume ([0-9a-f]{8})/.exec(plain(text));
    const resumed = await place.run(["resume", id]);
    assert.deepEqual([resumed.code, resumed.stdout], [0, `filmgate-${id}.mp4\n`], resumed.stderr);
  });

  test("gets no color with NO_COLOR, whatever FORCE_COLOR says", async (t) => {
    const { text } = await inTerminal(workplace(t), ["models"], { env: { NO_COLOR: "1", FORCE_COLOR: "1" } });
    assert.doesNotMatch(text, COLOR);
    assert.match((await inTerminal(workplace(t), ["models"])).text, COLOR);
  });

  test("that is dumb gets lines, not bars", async (t) => {
    const { text } = await inTerminal(workplace(t), SIMULATED, { env: { TERM: "dumb" } });
    assert.doesNotMatch(text, /\x1b|█/);
    assert.match(text, /wan-2\.6 \(simulated\): submitted, about \d:\d\d left/);
  });
});

test("control characters of a provider do not reach a terminal", async (t) => {
  const hostile = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "\x1b]0;owned\x07\x1b[2J720p" };
  const { cwd, env } = workplace(t);
  writeFileSync(join(cwd, "request.json"), JSON.stringify(hostile));
  const { code, text } = await inTerminal({ cwd, env }, ["validate", "--request", "request.json"]);
  assert.equal(code, 3);
  assert.doesNotMatch(text, /\x1b[^[]|\x1b\[2J|\x07/);
});

describe("a pipe", { concurrency: true }, () => {
  test("gets data only, and color only with FORCE_COLOR", async (t) => {
    const { run } = workplace(t);
    assert.doesNotMatch((await run(["quote", ...REQUEST])).stdout, COLOR);
    const failed = await run(["quote"], { env: { FORCE_COLOR: "1" } });
    assert.deepEqual([failed.stdout, COLOR.test(failed.stderr)], ["", true]);
  });

  test("that closes early does not lose the video", async (t) => {
    const { cwd, env } = workplace(t);
    const child = spawn(process.execPath, [PROGRAM, ...SIMULATED, "--json", "-o", "fox.mp4"], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (data) => (stderr += data));
    child.stdout.once("data", () => child.stdout.destroy());
    const [code] = await once(child, "close");
    assert.deepEqual([code, existsSync(join(cwd, "fox.mp4"))], [0, true], stderr);
  });
});
