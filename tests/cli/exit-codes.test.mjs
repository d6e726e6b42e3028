// Every exit code of docs/cli.md, by a command that ends with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { root } from "../../scripts/lib/run.mjs";
import { simulator } from "../client/support.mjs";
import { PROMPT, REQUEST, environmentOf, events, workplace } from "./support.mjs";

const source = readFileSync(join(root, "pkg/src/cli/exit-codes.ts"), "utf8");
const EXIT = Object.fromEntries([...source.matchAll(/^ {2}(\w+): (\d+),$/gm)].map(([, name, code]) => [name, Number(code)]));

test("the page lists every exit code", () => {
  const page = readFileSync(join(root, "docs/cli.md"), "utf8");
  const listed = [...page.matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  assert.deepEqual(listed, Object.values(EXIT).sort((a, b) => a - b));
});

/** A request at one simulated provider: `[more arguments, the prompt]`. */
const generate = (more = [], prompt = PROMPT) => ["generate", prompt, ...REQUEST.slice(1), "--max-cost", "1", "--json", "--provider", "runpod", ...more];
const FAULT = (operation, fault, times = 1) => ({ operation, times, fault });

const CASES = [
  ["ok", "a video", generate()],
  ["usage", "an unknown option", ["generate", "--nonsense"]],
  ["usage", "no spending limit", ["generate", ...REQUEST]],
  ["usage", "no model", ["generate", PROMPT, "-d", "5", "--max-cost", "1"]],
  ["usage", "a job that does not exist", ["status", "00000000"]],
  ["invalidRequest", "an invalid duration", ["generate", PROMPT, "-m", "wan-2.6", "-d", "7", "-r", "720p", "--max-cost", "1"]],
  ["overLimit", "a price above the limit", ["generate", ...REQUEST, "--max-cost", "0.49"]],
  ["noKey", "no key", generate(), { RUNPOD_API_KEY: "", RUNPOD_BASE_URL: "", RUNWARE_API_KEY: "", RUNWARE_BASE_URL: "" }],
  ["noKey", "a key that the provider rejects", generate(), { RUNPOD_API_KEY: "bad-key" }],
  ["failedNotBilled", "a rejected submit", generate(), {}, [FAULT("submit", { kind: "error", status: 400 })]],
  ["unknown", "a submit whose response is lost", generate(), {}, [FAULT("submit", { kind: "resetAfter" })]],
  ["jobContinues", "a time limit", generate(["--timeout", "20"]), {}, [FAULT("poll", { kind: "latency", ms: 600_000 })]],
];

describe("exit codes", { concurrency: 3 }, () => {
  for (const [name, reason, args, env = {}, faults = []] of CASES) {
    test(`${reason} is exit code ${EXIT[name]}`, async (t) => {
      const sim = await simulator(t);
      if (faults.length > 0) await sim.faults(...faults);
      const { run } = workplace(t, { ...environmentOf(sim), ...env });
      const result = await run(args);
      assert.equal(result.code, EXIT[name], result.stderr);
      if (name !== "ok") assert.ok(result.stderr.trim().length > 10, "it says why");
      if (name !== "ok" && args.includes("--json")) assert.equal(events(result).at(-1).exitCode, EXIT[name]);
      const { charges } = await sim.ledger();
      const mayCost = ["ok", "unknown", "jobContinues"].includes(name);
      if (!mayCost) assert.deepEqual(charges, []);
    });
  }

  test("a failed job that was not billed, and one whose charge is unknown, are two codes", async (t) => {
    const sim = await simulator(t);
    const { run } = workplace(t, environmentOf(sim));
    const failed = await run(generate([], "A [fail] fox"));
    assert.ok([EXIT.failedNotBilled, EXIT.unknown].includes(failed.code), failed.stderr);
    const [{ id }] = events(failed);
    assert.equal((await run(["status", id])).code, failed.code);
    assert.equal((await run(["download", id])).code, failed.code);
  });

  test("what was billed is never a lesser failure", async () => {
    const { exitCodeOf, worst } = await compiled();
    for (const code of ["unauthorized", "invalid_response", "internal_error", "bad_request", "result_expired"]) {
      assert.equal(exitCodeOf({ code, charge: "charged" }), EXIT.failedBilled, code);
      assert.equal(exitCodeOf({ code, charge: "unknown" }), EXIT.unknown, code);
    }
    assert.equal(worst([EXIT.ok, EXIT.failedBilled, EXIT.failedNotBilled]), EXIT.failedBilled);
    assert.equal(worst([EXIT.unknown, EXIT.failedBilled]), EXIT.unknown);
    assert.equal(worst([EXIT.interrupted, EXIT.unknown]), EXIT.unknown);
  });
});

/** The module, compiled by itself: it imports types only. */
async function compiled() {
  const { transform } = await import("esbuild");
  const { code } = await transform(source, { loader: "ts", format: "esm" });
  return import(`data:text/javascript;base64,${Buffer.from(code).toString("base64")}`);
}
