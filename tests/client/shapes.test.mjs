// What comes out at run time is what the types say: real values are written down as TypeScript, and compiled. A field
// that is missing, of another type, or unknown to the types is an error.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import {
  BOTH,
  PROMPT,
  PROVIDERS,
  REQUESTS,
  TEXT,
  addressOf,
  createClient,
  failing,
  simulator,
} from "./support.mjs";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Compiles the values, each with its type. Returns the compiler's errors. */
function compile(t, values) {
  const output = join(root, "tests", "output");
  mkdirSync(output, { recursive: true });
  const folder = mkdtempSync(join(output, "shapes-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const names = values.flatMap(([type]) => type.match(/[A-Z]\w+/g));
  const types = [...new Set(names)].filter((name) => name !== "Record").join(", ");
  const lines = values.map(
    ([type, value], at) => `export const v${at}: ${type} = ${JSON.stringify(value, null, 1)};`,
  );
  const file = join(folder, "values.mts");
  writeFileSync(
    file,
    `import type { ${types} } from "../../../pkg/dist/index.js";\n${lines.join("\n")}\n`,
  );
  const flags = [
    "--noEmit",
    "--strict",
    "--exactOptionalPropertyTypes",
    "--skipLibCheck",
    "--allowArbitraryExtensions",
  ];
  const target = ["--target", "es2022", "--module", "nodenext", "--types", "", "--ignoreConfig"];
  try {
    execFileSync(join(root, "node_modules", ".bin", "tsc"), [...flags, ...target, file], {
      stdio: "pipe",
    });
    return "";
  } catch (error) {
    return `${error.stdout}${error.stderr}`;
  }
}

test("values of every kind are of their types", async (t) => {
  const sim = await simulator(t, { jobDurationMs: 1_500 });
  const client = createClient(sim);
  const values = [["Model[]", client.models()]];
  const requests = [
    BOTH,
    TEXT,
    {},
    {
      ...TEXT,
      duraton: 4,
      n: 9,
      size: "1792x1024",
      output: { quality: 7, formt: "mp4" },
      prompt: "x",
    },
    { model: "runpod:echo-video", input: {} },
    { model: "nobody-knows" },
  ];
  for (const request of requests) {
    values.push(["ValidationResult", client.validate(request)], ["Quote[]", client.quote(request, { details: true })]);
    if (request.model === undefined) values.push(["QuoteSummary[]", client.quote(request)]);
  }
  const completed = async (provider) => {
    const request = REQUESTS[provider];
    const job = await client.submit(request, { provider });
    const updates = [];
    for await (const update of job) updates.push(update);
    values.push(["JobUpdate[]", updates], ["VideoResult", await job.result()], ["Handle", job.handle]);
    values.push(["CancelResult", await job.cancel()]);
  };
  const failed = async (provider) => {
    const request = { ...REQUESTS[provider], prompt: `${PROMPT} [fail]` };
    const { handle } = await failing(client.generate(request, { provider }), "generation_failed");
    values.push(["Handle", handle]);
  };
  await Promise.all(PROVIDERS.flatMap((provider) => [completed(provider), failed(provider)]));
  const several = await client.generate({
    ...TEXT,
    n: 2,
    prompt: `${PROMPT} [partial]`,
    contentCheck: "full",
  });
  assert.equal(several.errors.length, 1);
  values.push(["VideoResult", several], ["StoredJob[]", await client.jobs()]);
  const body = { id: "a-1", status: "FAILED", error: "no" };
  const secret = "nobody else knows";
  const url = addressOf("runpod", several.handle.id, secret);
  values.push(["WebhookEvent", await client.verifyWebhook({ url, body, secret })]);
  assert.equal(compile(t, values), "");
});

test("the types name each model and each parameter of the catalog, and no other", (t) => {
  const models = createClient({ settings: {} }).models();
  const params = models.flatMap(({ listings }) => listings).flatMap(({ params }) => params);
  const record = (names) => Object.fromEntries(names.map((name) => [name, 1]));
  const ids = record(models.map(({ id }) => id));
  const fields = record(params.map(({ field }) => field));
  const values = [
    ["Record<KnownModelId, 1>", ids],
    ["Record<Field, 1>", fields],
  ];
  assert.equal(compile(t, values), "");
  const [[first, ...others], more] = [Object.keys(ids), { ...fields, dream: 1 }];
  assert.match(compile(t, [["Record<KnownModelId, 1>", record(others)]]), new RegExp(first));
  assert.match(compile(t, [["Record<Field, 1>", more]]), /dream/);
});

test("the compiler would find a value that is not of its type", (t) => {
  const [model] = createClient({ settings: {} }).models();
  for (const [wrong, words] of [
    [{ ...model, extra: 1 }, /"extra"' does not exist/],
    [{ ...model, name: undefined }, /'name' is missing/],
    [{ ...model, id: 5 }, /'number' is not assignable/],
  ]) {
    assert.match(compile(t, [["Model", wrong]]), words);
  }
});
