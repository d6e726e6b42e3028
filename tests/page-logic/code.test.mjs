// The programs of the code tabs, as text.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { random } from "../random.mjs";
import { importModule } from "./modules.mjs";

const { codeTabs } = await importModule("code/index.ts");

const ENVIRONMENTS = ["simulated", "keys", "gateway"];
const REQUEST = { model: "wan-2.6", prompt: "A fox", duration: 5, resolution: "720p" };
const UUID = "1f0e4c1a-58a1-4a57-9d1c-0123456789ab";

const tab = async (id, environment, request, options) =>
  (await codeTabs(environment, request, options)).find((one) => one.id === id);

/** The arguments of the one call that a program makes, read by running it with stand-ins. */
async function callOf({ id, text }) {
  const call = {};
  const record = (name, value) => (...given) => ((call[name] = given), value);
  const video = { id: "v", status: "completed", uint8Array: new Uint8Array(), url: "https://v.example/1.mp4" };
  const client = {
    generate: record("generate", { videos: [video], costUsd: 1 }),
    download: record("download", new Response("")),
    video: (model) => model,
  };
  const names = {
    createFilmgate: () => client,
    createFilmgateProvider: () => client,
    createSimulator: () => ({ options: {}, fetch }),
    folderStore: () => ({}),
    indexedDbStore: () => ({}),
    filmgate: client,
    generateVideo: record("generateVideo", { video, providerMetadata: { filmgate: {} } }),
    OpenAI: class {
      videos = { create: record("create", video), downloadContent: async () => ({ bytes: () => new Uint8Array() }) };
    },
    writeFile: () => {},
    readFile: (name, encoding) => `${encoding ?? "bytes"} of ${name}`,
    createReadStream: (name) => `stream of ${name}`,
    document: { querySelector: () => ({}) },
    URL: { createObjectURL: () => "" },
    location: { origin: "https://page.example" },
    process: { env: {} },
    console: { log() {} },
  };
  const script = id === "browser" ? /<script type="module">([^]*?)<\/script>/.exec(text)[1] : text;
  const body = script.replace(/^\s*import .*$/gm, "").replace("const filmgate =", "const provider =").replace("filmgate.video(", "(");
  const AsyncFunction = (async () => {}).constructor;
  const before = globalThis.fetch;
  await new AsyncFunction(...Object.keys(names), body)(...Object.values(names)).finally(() => (globalThis.fetch = before));
  return call;
}

/** What `curl` would send, from a shell in which it only shows its input. */
function curlBody(text) {
  const shown = 'curl() { case "$*" in *@-*) cat >&3;; esac; echo "$ANSWER"; }';
  const ANSWER = JSON.stringify({ id: "1", status: "COMPLETED", data: [{ videoURL: "https://v.example" }] });
  const env = { ...process.env, ANSWER };
  return JSON.parse(execFileSync("bash", ["-c", `exec 3>&1 >/dev/null; ${shown}\n${text}`], { encoding: "utf8", env }));
}

const promptOf = (body) =>
  Array.isArray(body) ? body[0].positivePrompt : (body.input?.prompt ?? body.prompt);

/** Half a character has no UTF-8. */
const wellFormed = (text) => Buffer.from(text).toString();

test("each environment has the five tabs", async () => {
  for (const environment of ENVIRONMENTS) {
    const tabs = await codeTabs(environment, REQUEST);
    assert.deepEqual(tabs.map(({ id, language }) => `${id} ${language}`), [
      "node js",
      "browser html",
      "curl bash",
      "ai-sdk js",
      "openai js",
    ]);
  }
});

test("any prompt arrives as it is, in every tab", async () => {
  const next = random(7);
  const odd = [
    'She says "hi".\n`${1}` </script> \\ \u2028 end',
    "it's $HOME $(touch /tmp/filmgate-injected) `id` !! !x \\\\ \\n",
    "JSON\nJSON\n<<JSON\n'\n\"",
    "<!-- <script> --> ]]> \u0000\u0001\u007f\u202e\ufeff",
    "é 🦊 \ud800 日本 \r\n\t",
    "*/ // # ; & | > < ( ) { } ${`${'x'}`}",
  ];
  const pieces = [...odd.join(""), "\\", "'", '"', "`", "${", "$(", "</", "<!--", "\n", "JSON\n", "!a", "\u2029"];
  const made = Array.from({ length: 20 }, () =>
    Array.from({ length: 1 + next(30) }, () => pieces[next(pieces.length)]).join(""),
  ).filter((prompt) => prompt.trim());
  for (const [index, prompt] of [...odd, ...made].entries()) {
    for (const environment of ENVIRONMENTS) {
      // The core trims nothing, but may refuse a prompt; then curl says why.
      const tabs = await codeTabs(environment, { ...REQUEST, prompt }, { provider: "runware" });
      for (const one of tabs) {
        const where = `${environment}, ${one.id}: ${JSON.stringify(prompt)}`;
        if (one.id === "curl") {
          if (environment !== "keys" && index > odd.length + 3) continue; // A shell is slow to start.
          if (!one.text.includes("cannot be sent")) {
            assert.equal(wellFormed(promptOf(curlBody(one.text))), wellFormed(prompt), where);
          }
          continue;
        }
        const { generate, generateVideo, create } = await callOf(one);
        assert.equal((generate ?? generateVideo ?? create)[0].prompt, prompt, where);
      }
    }
  }
});

test("the text shows no invisible character and cannot leave its script element", async () => {
  const prompt = "a\u202eb\u200bc\ufeff</script><!--";
  for (const { id, text } of await codeTabs("simulated", { ...REQUEST, prompt })) {
    assert.doesNotMatch(text, /[\u200b\u202e\ufeff]/, id);
    if (id === "browser") assert.equal(text.match(/<\/script>/g).length, 2);
  }
});

test("all fields and options are in the programs", async () => {
  const request = {
    model: "wan-2.6",
    prompt: "A fox",
    negativePrompt: "rain",
    duration: 5,
    size: "1280x720",
    seed: 7,
    generateAudio: true,
    output: { format: "webm", quality: 80 },
    providerOptions: { runware: { "odd key": 1, ["__proto__"]: 2 } },
  };
  const options = { provider: "runware", maxCostUsd: 2.5 };
  const { generate, download } = await callOf(await tab("node", "keys", request, options));
  assert.deepEqual(generate, [request, options]);
  assert.equal(download[1], "video.webm");
  const { generateVideo } = await callOf(await tab("ai-sdk", "keys", request, options));
  const { negativePrompt, output, providerOptions } = request;
  assert.deepEqual(generateVideo[0], {
    model: "wan-2.6",
    prompt: "A fox",
    resolution: "1280x720",
    duration: 5,
    seed: 7,
    generateAudio: true,
    providerOptions: { filmgate: { negativePrompt, output, providerOptions, ...options } },
  });
  const { create } = await callOf(await tab("openai", "gateway", request, options));
  assert.deepEqual(create[0], {
    model: "wan-2.6",
    prompt: "A fox",
    seconds: "5",
    size: "1280x720",
    filmgate: { negativePrompt, seed: 7, generateAudio: true, output, providerOptions, ...options },
  });
});

test("no tab holds an image's bytes: each reads the file", async () => {
  const uri = `data:image/png;base64,${"iVBORw0KGgo".repeat(50)}`;
  const name = "it's $1 `a`.png";
  const request = { model: "wan-2.6", prompt: "A fox", duration: 5, image: uri };
  for (const environment of ENVIRONMENTS) {
    for (const { id, text } of await codeTabs(environment, request, { provider: "runware", images: [{ uri, name }] })) {
      assert.doesNotMatch(text, /iVBORw0KGgo/, `${environment} ${id}`);
    }
  }
  const { generate } = await callOf(await tab("node", "keys", request, { images: [{ uri, name }] }));
  assert.equal(generate[0].image, `bytes of ${name}`);
});

test("an image without a name is read from a file, too", async () => {
  const bytes = new Uint8Array(1_000);
  const images = [`data:image/webp;base64,${"QUJD".repeat(300)}`, new Blob([bytes], { type: "image/webp" }), bytes];
  for (const image of images) {
    const request = { ...REQUEST, referenceImages: [image] };
    for (const id of ["node", "browser", "ai-sdk", "openai"]) {
      const { text } = await tab(id, "gateway", request);
      assert.match(text, /"image\.(webp|png)"/, id);
      assert.ok(text.length < 2_000, id);
    }
  }
});

test("a program for a gateway has no field that the gateway sets itself", async () => {
  const request = { ...REQUEST, taskUUID: UUID, includeCost: false, deliveryMethod: "sync", webhookUrl: "https://a.example" };
  for (const { id, text } of await codeTabs("gateway", request)) {
    assert.doesNotMatch(text, /taskUUID|includeCost|deliveryMethod|webhookUrl/, id);
  }
  assert.match(await tab("node", "keys", request).then(({ text }) => text), /taskUUID/);
});

test("no tab holds an API key", async () => {
  for (const environment of ENVIRONMENTS) {
    for (const { id, text } of await codeTabs(environment, REQUEST)) {
      const wanted = { keys: /RUN(POD|WARE)_API_KEY|GATEWAY_API_KEY|holds no key/, gateway: /GATEWAY_API_KEY|api-key/ }[environment];
      if (wanted) assert.match(text, wanted, `${environment} ${id}`);
      assert.doesNotMatch(text, /Bearer (?!\$)|apiKey: "/, `${environment} ${id}`);
    }
  }
});

test("an empty form is a program that runs: prompt, model and duration are filled in", async () => {
  for (const { id, text } of await codeTabs("keys", {}, { provider: "runware" })) {
    assert.doesNotMatch(text, /cannot be sent|undefined/, id);
    if (id !== "browser" && id !== "curl") transformSync(text, { format: "esm" });
  }
  const { generate } = await callOf(await tab("node", "simulated", {}));
  assert.deepEqual(Object.keys(generate[0]), ["model", "prompt", "duration"]);
});

test("a request that no provider takes says why in the curl tab, in plain words", async () => {
  const bad = { ...REQUEST, duration: 500, resolution: "`id`;$(x)" };
  const { text } = await tab("curl", "keys", bad, { provider: "runware", idempotencyKey: UUID });
  assert.match(text, /^# This request cannot be sent yet\.\n# [\w .,:%/-]+\n$/);
});

test("the same idempotency key is in the curl tabs, so that running one twice does not pay twice", async () => {
  for (const environment of ENVIRONMENTS) {
    const { text } = await tab("curl", environment, REQUEST, { provider: "runware", idempotencyKey: UUID });
    assert.ok(text.includes(UUID), environment);
  }
});
