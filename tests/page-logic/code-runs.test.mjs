// Each program of the code tabs, run as copied: in Node, in Chromium, and in a shell with curl.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import selfsigned from "selfsigned";
import sirv from "sirv";
import { modernNodeHere } from "../../scripts/lib/node.mjs";
import { root } from "../../scripts/lib/run.mjs";
import { openContext } from "../browser.mjs";
import { gateway as startGateway } from "../gateway/api.mjs";
import { importModule, outputFolder } from "./modules.mjs";
import { noisePng } from "./png.mjs";

const { codeTabs } = await importModule("code/index.ts");

const PRELOAD = pathToFileURL(join(import.meta.dirname, "fixtures", "providers-preload.mjs")).href;
const PROMPT = 'It\'s "odd"!\n`${1}` $HOME $(id) </script> \\ é 🦊';
const REQUEST = { model: "wan-2.6", prompt: PROMPT, duration: 5, resolution: "720p" };
const EXAMPLE_GATEWAY = "https://gateway.example";
// Most of their time is waiting for a simulated job.
const PARALLEL = { concurrency: 3 };
const MAX_RUN_MS = 300_000;

const served = await startGateway({ after }, { vars: { PUBLIC_URL: EXAMPLE_GATEWAY } });
const apiKey = await served.createKey();

const tab = async (id, environment, request, options) =>
  (await codeTabs(environment, request, options)).find((one) => one.id === id).text;

/** Runs a command in a new folder: `{ folder, out }`. */
async function run(command, args, { folder = outputFolder(), env } = {}) {
  const options = { cwd: folder, env: { ...process.env, ...env }, timeout: MAX_RUN_MS, killSignal: "SIGKILL" };
  const { error, out, err } = await new Promise((resolve) =>
    execFile(command, args, options, (error, out, err) => resolve({ error, out, err })),
  );
  assert.ok(!error, `${error?.killed ? "It does not end.\n" : ""}${out}${err}`);
  return { folder, out };
}

/** Runs a copied program; with `isReal`, the hosts of its text are mapped. Returns `{ folder, out, ledger }`. */
async function runNode(text, isReal, folder = outputFolder()) {
  writeFileSync(join(folder, "video.mjs"), text);
  const ledgerFile = join(folder, "ledger.json");
  const keys = { RUNPOD_API_KEY: "a key", RUNWARE_API_KEY: "another key", GATEWAY_API_KEY: apiKey };
  const env = { GATEWAY_URL: served.url, ...(isReal && { ...keys, LEDGER: ledgerFile }) };
  const args = isReal ? ["--import", PRELOAD, "video.mjs"] : ["video.mjs"];
  const { out } = await run(modernNodeHere(), args, { folder, env });
  const ledger = existsSync(ledgerFile) ? JSON.parse(readFileSync(ledgerFile, "utf8")) : undefined;
  return { folder, out, ledger };
}

function assertVideo(folder, name = "video.mp4") {
  assert.equal(readFileSync(join(folder, name)).toString("latin1", 4, 8), "ftyp");
}

/** How many videos with this prompt the gateway has. OpenAI's package sends a form, in which a line ends with CR LF. */
async function gatewayVideos(prompt) {
  const { body } = await served.call("/v1/videos?limit=100", { apiKey });
  const isSame = (video) => video.prompt.replaceAll("\r\n", "\n") === prompt;
  return body.data.filter((video) => isSame(video) && video.status === "completed").length;
}

describe("Node, simulated", PARALLEL, () => {
  for (const id of ["node", "ai-sdk"]) {
    test(`${id} generates a video without a key or the network`, async () => {
      const { folder, out } = await runNode(await tab(id, "simulated", REQUEST, { maxCostUsd: 1 }), false);
      assertVideo(folder);
      assert.match(out, /^completed for \$0\.5\n$/);
    });
  }
});

describe("Node, own keys", PARALLEL, () => {
  for (const [id, provider] of [["node", "runpod"], ["node", "runware"], ["ai-sdk", "runware"]]) {
    test(`${id} pays ${provider} once`, async () => {
      const { folder, out, ledger } = await runNode(await tab(id, "keys", REQUEST, { provider, maxCostUsd: 1 }), true);
      assertVideo(folder);
      assert.match(out, /^completed for \$0\.5\n$/);
      assert.deepEqual(ledger.charges.map((charge) => charge.provider), [provider]);
      const [body] = ledger.prompts.map((text) => JSON.parse(text));
      assert.equal(Array.isArray(body) ? body[0].positivePrompt : body.input.prompt, PROMPT);
    });
  }

  test("node downloads each of several videos", async () => {
    const request = { ...REQUEST, n: 2 };
    const { folder } = await runNode(await tab("node", "keys", request, { provider: "runware" }), true);
    assertVideo(folder, "video-1.mp4");
    assertVideo(folder, "video-2.mp4");
  });
});

describe("Node, gateway", PARALLEL, () => {
  for (const [id, environment] of [
    ["node", "gateway"],
    ["ai-sdk", "gateway"],
    ["openai", "gateway"],
    ["openai", "keys"],
    ["openai", "simulated"],
  ]) {
    test(`${id} generates a video, ${environment}`, async () => {
      const prompt = `${PROMPT} ${id} ${environment}`;
      const options = environment === "simulated" ? { gatewayUrl: EXAMPLE_GATEWAY } : {};
      const { folder } = await runNode(await tab(id, environment, { ...REQUEST, prompt }, options), true);
      assertVideo(folder);
      assert.equal(await gatewayVideos(prompt), 1);
    });
  }
});

/** Larger than an argument of a program may be (128 KiB). */
const PNG = noisePng(320, 240);
const IMAGE = { uri: `data:image/png;base64,${PNG.toString("base64")}`, name: "it's a $frame.png" };

/** A folder with the image's file. */
function folderWithImage() {
  const folder = outputFolder();
  writeFileSync(join(folder, IMAGE.name), PNG);
  return folder;
}

describe("an image from its file", PARALLEL, () => {
  for (const [id, environment] of [["node", "keys"], ["ai-sdk", "keys"], ["openai", "gateway"]]) {
    test(`${id}, ${environment}`, async () => {
      const request = { ...REQUEST, prompt: `${PROMPT} with an image`, image: IMAGE.uri };
      const text = await tab(id, environment, request, { provider: "runware", images: [IMAGE] });
      const { folder, ledger } = await runNode(text, true, folderWithImage());
      assertVideo(folder);
      if (environment === "keys") assert.ok(ledger.prompts[0].includes(IMAGE.uri));
    });
  }
});

describe("curl", () => {
  /** The real hosts, over TLS on this machine; `bodies` has what they received. */
  async function hosts(t) {
    const bodies = [];
    const { simulator } = served;
    const targets = {
      "api.runpod.ai": (path) => simulator.runpod + path.slice("/v2".length),
      "api.runware.ai": (path) => simulator.runware + path.slice("/v1".length),
      "gateway.example": (path) => served.url + path,
    };
    const { private: key, cert } = await selfsigned.generate([{ name: "commonName", value: "localhost" }]);
    const server = createTlsServer({ key, cert }, async (request, response) => {
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const body = Buffer.concat(pieces);
      if (body.length > 0) bodies.push(JSON.parse(body));
      const { host, "content-length": _, connection: __, ...headers } = request.headers;
      const init = { method: request.method, headers: { ...headers, connection: "close" }, body: body.length ? body : undefined };
      const answer = await fetch(targets[host](request.url), init);
      response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
      response.end(Buffer.from(await answer.arrayBuffer()));
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => (server.closeAllConnections(), server.close()));
    const folder = outputFolder();
    const { port } = server.address();
    const mapped = Object.keys(targets).map((host) => `connect-to = "${host}:443:127.0.0.1:${port}"`);
    writeFileSync(join(folder, ".curlrc"), ["insecure", ...mapped, ""].join("\n"));
    const env = { CURL_HOME: folder, HOME: folder, RUNPOD_API_KEY: "a", RUNWARE_API_KEY: "b", GATEWAY_API_KEY: apiKey };
    return { bodies, shell: (text) => run("bash", ["-c", text], { folder, env }), folder };
  }
  const charges = async () => (await served.control("ledger")).charges.length;

  for (const provider of ["runpod", "runware"]) {
    test(`pays ${provider} once, with one's own key`, async (t) => {
      const { bodies, shell, folder } = await hosts(t);
      const before = await charges();
      await shell(await tab("curl", "keys", REQUEST, { provider }));
      assertVideo(folder);
      assert.equal(await charges(), before + 1);
      assert.equal(bodies[0].input?.prompt ?? bodies[0][0].positivePrompt, PROMPT);
    });
  }

  test("sends an image from its file", async (t) => {
    const { bodies, shell, folder } = await hosts(t);
    writeFileSync(join(folder, IMAGE.name), PNG);
    const request = { ...REQUEST, prompt: `${PROMPT} with an image`, image: IMAGE.uri };
    await shell(await tab("curl", "keys", request, { provider: "runware", images: [IMAGE] }));
    assertVideo(folder);
    assert.ok(JSON.stringify(bodies[0]).includes(IMAGE.uri));
    assert.equal(bodies[0][0].positivePrompt, request.prompt);
  });

  for (const environment of ["gateway", "simulated"]) {
    test(`generates one video at a gateway, also when it runs twice, ${environment}`, async (t) => {
      const { shell, folder } = await hosts(t);
      const prompt = `${PROMPT} curl ${environment}`;
      const text = await tab("curl", environment, { ...REQUEST, prompt }, { gatewayUrl: EXAMPLE_GATEWAY });
      await shell(text);
      assertVideo(folder);
      await shell(text);
      assert.equal(await gatewayVideos(prompt), 1);
    });
  }
});

describe("the browser", () => {
  /** Serves the text beside node_modules, with a server's paths: `{ page, bodies }`. */
  async function open(t, html) {
    const folder = outputFolder();
    writeFileSync(join(folder, "index.html"), html);
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(join(root, "pkg"), join(folder, "node_modules", "filmgate"), "dir");
    const files = sirv(folder, { dev: true });
    const bodies = [];
    const server = createServer(async (request, response) => {
      if (request.url === "/api-key") return response.end(apiKey);
      const [, provider, rest] = /^\/(runpod|runware)(.*)$/.exec(request.url) ?? [];
      if (!provider) return files(request, response, () => response.writeHead(404).end());
      const pieces = [];
      for await (const piece of request) pieces.push(piece);
      const body = Buffer.concat(pieces);
      bodies.push(JSON.parse(body));
      const headers = { authorization: "Bearer any", "content-type": "application/json", connection: "close" };
      const answer = await fetch(served.simulator[provider] + rest, { method: request.method, headers, body });
      response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    t.after(() => (server.closeAllConnections(), server.close()));
    const page = await (await openContext(t)).newPage();
    page.errors = [];
    page.on("pageerror", (error) => page.errors.push(String(error)));
    await page.route(`${EXAMPLE_GATEWAY}/**`, (route) => forward(route, served.url));
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    return { page, bodies };
  }

  async function forward(route, target) {
    const request = route.request();
    const cors = { "access-control-allow-origin": "*", "access-control-allow-headers": "*", "access-control-expose-headers": "*" };
    if (request.method() === "OPTIONS") return route.fulfill({ status: 204, headers: cors });
    const { host: _, origin: __, ...headers } = request.headers();
    const init = { method: request.method(), headers: { ...headers, connection: "close" }, body: request.postDataBuffer() ?? undefined };
    const answer = await fetch(target + request.url().slice(EXAMPLE_GATEWAY.length), init);
    const body = Buffer.from(await answer.arrayBuffer());
    const { "content-encoding": ___, ...kept } = Object.fromEntries(answer.headers);
    return route.fulfill({ status: answer.status, headers: { ...kept, ...cors }, body });
  }

  async function assertPlays(page) {
    await page.getByText("completed for $0.5").waitFor().catch((error) => assert.fail([...page.errors, error.message].join("\n")));
    await page.waitForFunction(() => document.querySelector("video").videoWidth > 0);
  }

  test("simulated: plays a video without a key or the network", async (t) => {
    const { page } = await open(t, await tab("browser", "simulated", REQUEST));
    await assertPlays(page);
  });

  test("own keys: the server adds them", async (t) => {
    const { page, bodies } = await open(t, await tab("browser", "keys", REQUEST, { provider: "runware" }));
    await assertPlays(page);
    assert.equal(bodies[0][0].positivePrompt, PROMPT);
  });

  test("gateway: with a key from the server", async (t) => {
    const prompt = `${PROMPT} browser`;
    const { page } = await open(t, await tab("browser", "gateway", { ...REQUEST, prompt }));
    await assertPlays(page);
    assert.equal(await gatewayVideos(prompt), 1);
  });
});
