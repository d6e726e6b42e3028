// How long the README's commands take on a bare machine: `npm run bench:cold` unpacks Debian with nothing but Rust, Node,
// git and apt, clones the last commit into it, and times `npm start` up to a video that the page has made, then `npm test`.
// `-- start` or `-- test` times one of them. It needs Debian and root.
import { cpSync, existsSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";
import { DEBIAN, baseImage, ended, inside } from "../../scripts/lib/container.mjs";
import { note, step } from "../../scripts/lib/log.mjs";
import { Failure, capture, main, root, run } from "../../scripts/lib/run.mjs";
import { browser } from "../../scripts/lib/tools.mjs";
import { table, write } from "../lib/results.mjs";

const FOLDER = join(root, "target", "cold");
const BASE = join(FOLDER, "base");
const RUN = join(FOLDER, "root");
const RESULTS = join(root, "bench", "results", "cold.json");
const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";
const COMMANDS = { start, test };

await main(async () => {
  if (process.getuid() !== 0) throw new Failure("A root file system can be unpacked by root alone: use sudo.");
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !(name in COMMANDS));
  if (unknown.length > 0) throw new Failure(`Unknown: ${unknown.join(", ")}. Use start or test.`);
  await bareMachine();
  const commands = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")).commands : {};
  const commit = capture("git", ["rev-parse", "--short", "HEAD"]);
  for (const name of wanted.length > 0 ? wanted : Object.keys(COMMANDS)) {
    const date = new Date().toISOString().slice(0, 10);
    commands[name] = { date, commit, ...(await timed(name)) };
  }
  const machine = { cpu: cpus()[0].model, debian: DEBIAN, rust: rustVersion() };
  const text = report(commands, machine);
  console.log(`\n${text}`);
  write("cold", {
    command: "npm run bench:cold",
    title: "The first run on a bare machine",
    text,
    node: process.version,
    clients: [{ packages: ["filmgate"] }],
    raw: { machine, commands },
  });
});

function report(commands, { cpu, debian, rust }) {
  const parts = Object.entries(commands).map(([name, { date, commit, load, seconds, steps }]) => {
    const rows = steps.map(({ at, what }) => [at, what.replaceAll("|", "\\|")]);
    return [
      `## \`npm ${name}\`: ${seconds} s`,
      "",
      `Commit ${commit}, on ${date}. The machine's load before it was ${load}, of its own processes and others.`,
      "",
      table(["from, s", "step"], rows),
      "",
    ].join("\n");
  });
  return [
    `Debian ${debian} with nothing but Rust ${rust}, with rustup's target for WebAssembly, Node, npm, git and apt, on ${cpu}. The time`,
    "includes all other downloads. Steps that go on at the same time are listed by when they begin.",
    "",
    ...parts,
  ].join("\n");
}

/** Debian, Node, npm, git, and the toolchain of this machine, as rustup has installed it. */
async function bareMachine() {
  if (existsSync(join(BASE, "root/.rustup/settings.toml"))) return;
  await baseImage(BASE, process.execPath);
  step("Adding Rust and git", "a minute, once");
  const tools = "apt-get -qq update && apt-get -qq install --no-install-recommends -y git ca-certificates";
  await ended(spawnIn(BASE, ["/bin/sh", "-c", tools], "ignore"), tools);
  // The certificate authorities of this machine, if it is behind a proxy.
  if (existsSync(CERTIFICATES)) cpSync(CERTIFICATES, join(BASE, CERTIFICATES));
  const rustup = capture("sh", ["-c", "command -v rustup"]);
  const toolchain = capture("rustc", ["--print", "sysroot"]);
  if (!rustup || !toolchain) throw new Failure("rustup is not installed (https://rustup.rs)");
  await run("mkdir", ["-p", join(BASE, "root/.cargo/bin"), join(BASE, "root/.rustup/toolchains")]);
  for (const name of ["rustup", "cargo", "rustc"]) cpSync(rustup, join(BASE, "root/.cargo/bin", name));
  await run("cp", ["-a", toolchain, join(BASE, "root/.rustup/toolchains")]);
  const select = `rustup default ${basename(toolchain)}`;
  await ended(spawnIn(BASE, ["/bin/sh", "-c", select], "ignore"), select);
}

function rustVersion() {
  return capture("rustc", ["--version"]).split(" ")[1];
}

/** Runs a command of the README in a fresh clone on a fresh machine; returns `{ seconds, steps }`. */
async function timed(name) {
  step(`npm ${name} on a bare machine`, name === "start" ? "minutes" : "up to half an hour");
  rmSync(RUN, { recursive: true, force: true });
  await run("cp", ["-a", BASE, RUN]);
  await run("git", ["clone", "--quiet", root, join(RUN, "root/filmgate")]);
  const load = loadavg()[0].toFixed(1);
  const since = performance.now();
  const at = () => Math.round((performance.now() - since) / 1000);
  const steps = [];
  const child = spawnIn(RUN, ["npm", name], ["ignore", "pipe", "inherit"], { cwd: "/root/filmgate", detached: true });
  const lines = createInterface({ input: child.stdout });
  try {
    await COMMANDS[name]({ child, lines, onStep: (what) => steps.push({ at: at(), what }) });
    return { load, seconds: at(), steps };
  } finally {
    // npm does not pass a signal on to its command.
    if (child.exitCode === null) process.kill(-child.pid, "SIGINT");
  }
}

/** Ends once the page has made a video. */
async function start({ child, lines, onStep }) {
  const origin = await new Promise((resolve, reject) => {
    child.once("close", (code) => reject(new Failure(`npm start ended with ${code}`)));
    lines.on("line", (line) => {
      if (/^▸/.test(line)) onStep(line.slice(2));
      const [, url] = line.match(/The page:\s+(\S+)/) ?? [];
      if (url) resolve(url);
    });
  });
  onStep("The page is open");
  const { chromium: executablePath } = await browser();
  const opened = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await opened.newPage();
    await page.goto(origin);
    await page.locator("#prompt").fill("A lighthouse at dusk");
    await page.getByRole("button", { name: /^Generate for/ }).click();
    await page.locator("video").first().waitFor({ timeout: 120_000 });
    onStep("A video is there");
  } finally {
    await opened.close();
  }
}

/** Ends with the summary; a test that fails is an error. */
async function test({ child, lines, onStep }) {
  lines.on("line", (line) => {
    if (/^[▸✓✗]/.test(line)) onStep(line.replace(/\s+/g, " "));
  });
  await ended(child, "npm test");
}

function spawnIn(folder, command, stdio, { cwd = "/root", detached = false } = {}) {
  const path = "/root/.cargo/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  const env = { PATH: path, SSL_CERT_FILE: CERTIFICATES, NODE_EXTRA_CA_CERTS: CERTIFICATES, GIT_SSL_CAINFO: CERTIFICATES };
  return inside({ root: folder, cwd, env, user: "root" }, command, { stdio, detached });
}
