// Builds worker/Dockerfile in a bare root file system and uses it as an operator does: a first video through a proxy with
// TLS, a stop, a backup, a restore. `npm run test:container`: needs Debian and root, about three minutes.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { build, buildServer } from "./build.mjs";
import { baseImage, buildImage, ended, inside } from "./lib/container.mjs";
import { note, step } from "./lib/log.mjs";
import { modernNode } from "./lib/node.mjs";
import { freePort } from "./lib/port.mjs";
import { Failure, main, root, run } from "./lib/run.mjs";
import { startSimulator } from "./lib/simulator.mjs";
import { setUpBuild } from "./setup.mjs";
import { pack } from "./worker-pack.mjs";

const FOLDER = join(root, "target", "container");
const CONTEXT = join(FOLDER, "context");
const DATA = join(FOLDER, "data");
const BACKUP = join(FOLDER, "backup.tgz");
const VIDEO = join(FOLDER, "first-video.mp4");
/** How long `docker stop` waits before it kills. */
const STOP_MS = 10_000;
const ADMIN_TOKEN = "an-admin-token-of-at-least-32-characters";

const file = promisify(execFile);
const check = (isTrue, what) => {
  if (!isTrue) throw new Failure(`Not so: ${what}`);
  note(`✓ ${what}`);
};

await main(async () => {
  if (process.getuid() !== 0) throw new Failure("A root file system can be unpacked by root alone: use sudo.");
  await build(await setUpBuild());
  const node = await modernNode();
  const program = process.env.FILMGATE_SIM ?? (await buildServer());
  await pack(CONTEXT);
  await baseImage(join(FOLDER, "base"), node);
  const image = await buildImage({ base: join(FOLDER, "base"), root: join(FOLDER, "image"), context: CONTEXT });
  const endings = [];
  try {
    await use({ image, node, program, endings });
  } finally {
    for (const end of endings.reverse()) await end();
  }
});

async function use({ image, node, program, endings }) {
  const simulator = await startSimulator({ program, args: ["--job-duration-ms", "300"] });
  endings.push(simulator.stop);
  const port = await freePort(8787, "the gateway");
  const proxy = await startProxy(port);
  endings.push(proxy.stop);
  const env = {
    ADMIN_TOKEN,
    PUBLIC_URL: proxy.url,
    RUNWARE_API_KEY: "runware-simulated",
    RUNWARE_BASE_URL: simulator.runware,
    TRUSTED_ORIGINS: simulator.origin,
  };
  const start = () => startContainer(image, ["--port", String(port)], env);
  emptyData();

  step("A first video through the proxy");
  let gateway = await start();
  endings.push(() => stop(gateway, image));
  check(uidOf(gateway.pid) === "1000", "it runs as a user of its own");
  await ended(inside(image, image.healthCheck, { env: { PORT: String(port) } }), "the health check");
  check(true, "the health check succeeds");
  const trusting = { env: { ...process.env, ADMIN_TOKEN, NODE_EXTRA_CA_CERTS: proxy.authority } };
  const { stdout } = await file(node, [join(CONTEXT, "local/first-video.mjs"), proxy.url, VIDEO], trusting);
  check(/^completed$/m.test(stdout), "a video is generated over HTTPS");
  const [, apiKey] = stdout.match(/^API key: (\S+)/m);
  const [, id] = stdout.match(/^Video (\S+)/m);
  const authorization = { headers: { authorization: `Bearer ${apiKey}` } };
  const content = async () =>
    Buffer.from(await (await fetch(`http://127.0.0.1:${port}/v1/videos/${id}/content`, authorization)).arrayBuffer());
  check((await content()).equals(readFileSync(VIDEO)), "its file is the archived one");

  step("Stop, backup, loss, restore");
  const since = performance.now();
  await stop(gateway, image);
  check(gateway.exitCode === 0 && performance.now() - since < STOP_MS, `${image.stopSignal} ends it in time`);
  await run("tar", ["-C", DATA, "-czf", BACKUP, "."]);
  emptyData();
  await run("tar", ["-C", DATA, "-xzf", BACKUP]);
  gateway = await start();
  check((await content()).equals(readFileSync(VIDEO)), "the restored gateway has the video, and knows the API key");
}

function emptyData() {
  rmSync(DATA, { recursive: true, force: true });
  mkdirSync(DATA);
  chownSync(DATA, 1000, 1000);
}

/** `docker run` with the volume; resolves once it prints its URL. */
async function startContainer(image, args, env) {
  const stdio = ["ignore", "pipe", "inherit"];
  const child = inside(image, [...image.entrypoint, ...args], { env, volumes: { [image.volumes[0]]: DATA }, stdio });
  const line = once(createInterface({ input: child.stdout }), "line");
  const early = once(child, "close").then(([code]) => {
    throw new Failure(`The container ended with ${code}`);
  });
  early.catch(() => {});
  await Promise.race([line, early]);
  return child;
}

/** `docker stop`. */
async function stop(child, { stopSignal }) {
  if (child.exitCode === null && child.kill(stopSignal)) await once(child, "close");
}

function uidOf(pid) {
  return readFileSync(`/proc/${pid}/status`, "utf8").match(/^Uid:\s+(\d+)/m)[1];
}

/** Caddy with the example's configuration, for localhost and with a certificate of its own authority. */
async function startProxy(gatewayPort) {
  const program = await caddy();
  const port = await freePort(8443, "the proxy");
  const url = `https://localhost:${port}`;
  const storage = join(FOLDER, "caddy-storage");
  const example = readFileSync(join(CONTEXT, "Caddyfile"), "utf8");
  const here = example.replace("gateway.example {", `${url} {\n\ttls internal`).replace("8787", gatewayPort);
  const settings = ["admin off", "skip_install_trust", "auto_https disable_redirects", `storage file_system ${storage}`];
  const options = `{\n\t${settings.join("\n\t")}\n}\n`;
  const config = join(FOLDER, "Caddyfile");
  writeFileSync(config, options + here);
  const args = ["run", "--config", config, "--adapter", "caddyfile"];
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (words += text));
  const authority = join(storage, "pki/authorities/local/root.crt");
  for (const due = Date.now() + 20_000; !existsSync(authority); await sleep(100)) {
    if (child.exitCode !== null || Date.now() > due) throw new Failure(`Caddy did not start:\n${words}`);
  }
  const stop = async () => {
    if (child.kill()) await once(child, "close");
  };
  return { url, authority, stop };
}

/** Debian's Caddy, unpacked and not installed: its package would start it. */
async function caddy() {
  const folder = join(FOLDER, "caddy");
  const program = join(folder, "usr/bin/caddy");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  await run("apt-get", ["download", "-qq", "caddy"], { cwd: folder, quiet: true });
  const name = readdirSync(folder).find((one) => one.endsWith(".deb"));
  await run("dpkg-deb", ["-x", join(folder, name), folder]);
  return program;
}
