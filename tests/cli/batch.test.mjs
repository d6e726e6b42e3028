// `filmgate batch`: many requests of a file with one limit, continued by the same command after a kill.
import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { simulator, waitFor } from "../client/support.mjs";
import { KEY, PROMPT, environmentOf, workplace } from "./support.mjs";

const WAN = { model: "wan-2.6", duration: 5, resolution: "720p" };
const lines = (...prompts) => prompts.map((prompt) => JSON.stringify({ ...WAN, prompt })).join("\n");
const PNG = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==", "base64");
const write = ({ cwd }, name, text) => writeFileSync(join(cwd, name), text);
const events = ({ stdout }) => stdout.trim().split("\n").map((line) => JSON.parse(line));
const rows = ({ stdout }) => stdout.trim().split("\n").map((line) => line.split("\t"));
const videos = (cwd, folder = ".") => readdirSync(join(cwd, folder)).filter((name) => name.endsWith(".mp4"));

describe("filmgate batch", { concurrency: 3 }, () => {
  test("generates and downloads every request of a JSON Lines file, and prints a row for each", async (t) => {
    const place = workplace(t);
    write(place, "foxes.jsonl", `${lines("a fox", "another fox")}\n\n${lines("a third [fail]")}\n`);
    const ended = await place.run(["batch", "foxes.jsonl", "--simulate", "-o", "videos"]);
    assert.equal(ended.code, 8, "the charge of the third is unknown");
    const [one, two, three] = rows(ended);
    assert.deepEqual(one.slice(0, 4), ["1", "completed", "wan-2.6", "$0.50"]);
    assert.ok(existsSync(join(place.cwd, one[4])), one[4]);
    assert.deepEqual([two[0], three[0], three[1]], ["2", "4", "failed"], "lines of the file");
    assert.equal(videos(place.cwd, "videos").length, 2);
    assert.match(ended.stderr, /3 requests, at most \$1\.50 in all/);
    assert.match(ended.stderr, /2 of 3 videos, \$1\.50 spent/);

    const again = await place.run(["batch", "foxes.jsonl", "--simulate", "-o", "videos"]);
    assert.deepEqual(rows(again), rows(ended), "nothing is made again");
  });

  test("a CSV has the fields in its head, with quotes, line breaks and commas", async (t) => {
    const place = workplace(t);
    write(place, "foxes.csv", `prompt,model,duration,resolution,output.format\r\n"A ""red"" fox,\nin the snow",wan-2.6,5,720p,\r\n12,wan-2.6,5,720p,mp4\r\n`);
    const ended = await place.run(["batch", "foxes.csv", "--simulate", "--json", "--no-download"]);
    assert.equal(ended.code, 0, ended.stderr);
    const { items, spentUsd } = events(ended).at(-1);
    assert.deepEqual(items.map(({ status, line }) => [status, line]), [["completed", 2], ["completed", 4]]);
    assert.equal(spentUsd, 1);
    assert.deepEqual(videos(place.cwd), []);
  });

  test("stops at the limit, and says which lines were not started", async (t) => {
    const place = workplace(t);
    write(place, "foxes.jsonl", lines("a", "b", "c"));
    const ended = await place.run(["batch", "foxes.jsonl", "--simulate", "--max-cost", "1.2"]);
    assert.equal(ended.code, 4);
    assert.deepEqual(rows(ended).map((row) => row[1]), ["completed", "completed", "not_started"]);
    assert.equal(rows(ended)[2][4], "above the limit");
  });

  test("a batch is named after its images, too: another image is another video", async (t) => {
    const place = workplace(t);
    write(place, "foxes.jsonl", JSON.stringify({ ...WAN, prompt: "a fox", image: "fox.png" }));
    const ids = [];
    for (const image of [PNG, Buffer.concat([PNG, Buffer.from("another")])]) {
      write(place, "fox.png", image);
      const ended = await place.run(["batch", "foxes.jsonl", "--simulate", "--json", "--no-download"]);
      ids.push(events(ended)[0].id);
    }
    assert.notEqual(ids[0], ids[1]);
  });

  const REFUSED = {
    "a request that is invalid": [`${lines("a")}\n{"model":"wan-2.6","prompt":"b","duration":500}`, 3, /line 2, duration: /],
    "a line that is not JSON": [`${lines("a")}\nprompt`, 2, /Line 2 is not JSON/],
    "a line that is no object": ["[]", 2, /Line 1 is not a JSON object/],
    "an empty file": ["\n", 2, /no request in the file/],
    "a limit below the first": [lines("a"), 4, /\$0\.5, and the budget is \$0\.1/, ["--max-cost", "0.1"]],
  };
  for (const [what, [text, code, message, more = []]] of Object.entries(REFUSED)) {
    test(`${what} is refused before anything is sent`, async (t) => {
      const place = workplace(t);
      write(place, "foxes.jsonl", text);
      const ended = await place.run(["batch", "foxes.jsonl", "--simulate", ...more]);
      assert.equal(ended.code, code, ended.stderr);
      assert.match(ended.stderr.replace("0.50", "0.5").replace("0.10", "0.1"), message);
      assert.ok(!existsSync(join(place.cwd, "store", "simulated", "providers.json")));
    });
  }

  test("a CSV with a wrong head, an open quote or too many cells is refused", async (t) => {
    const place = workplace(t);
    for (const text of ["pro mpt\na", "a.__proto__.b\n1", 'prompt\n"a', "prompt\na,b"]) {
      write(place, "foxes.csv", text);
      assert.equal((await place.run(["batch", "foxes.csv", "--simulate"])).code, 2, text);
    }
  });

  test("without a limit nothing is sent, and the price is named", async (t) => {
    const sim = await simulator(t);
    const place = workplace(t, environmentOf(sim));
    write(place, "foxes.jsonl", lines("a", "b"));
    const { code, stderr } = await place.run(["batch", "foxes.jsonl"]);
    assert.equal(code, 2);
    assert.match(stderr, /at most \$1\.00\. Pass --max-cost/);
    assert.deepEqual((await sim.ledger()).submissions, []);
  });

  test("Ctrl-C keeps the jobs, SIGKILL loses none, and the same command continues: one charge each", { timeout: 120_000 }, async (t) => {
    // Jobs end when the test says so, so that a signal always meets jobs under way.
    const sim = await simulator(t, { jobDurationMs: 600_000 });
    const finishJobs = () => sim.control("advance", { ms: 600_000 });
    const place = workplace(t, environmentOf(sim));
    write(place, "foxes.jsonl", lines(...["a", "b", "c", "d"].map((name) => `${PROMPT} ${name}`)));
    const args = ["batch", "foxes.jsonl", "--max-cost", "1.5", "--max-concurrency", "2", "-o", "videos"];
    const count = async () => (await sim.ledger()).submissions.length;

    const interrupted = place.start(args);
    await waitFor(async () => (await count()) === 2);
    const { code, stdout, stderr } = await interrupted.kill("SIGINT");
    assert.equal(code, 130, stderr);
    assert.match(stdout, /running.*continues: filmgate resume/);
    await finishJobs();
    const killed = place.start(args);
    await waitFor(async () => (await count()) === 3);
    await killed.kill();

    await finishJobs();
    const ended = await place.run(args);
    assert.equal(ended.code, 4, ended.stderr);
    const { submissions, charges, totalMicroUsd } = await sim.ledger();
    assert.deepEqual([submissions.length, charges.length, totalMicroUsd], [3, 3, 1_500_000]);
    assert.equal(videos(place.cwd, "videos").length, 3);
    for (const text of [stdout, stderr, ended.stdout, ended.stderr]) {
      for (const secret of [KEY, PROMPT]) assert.ok(!text.includes(secret));
    }
  });
});
