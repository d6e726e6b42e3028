// Executes the steps of a Dockerfile in a bare root file system, where no Docker engine runs.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { aptInstall } from "./apt.mjs";
import { step } from "./log.mjs";
import { Failure, capture, run } from "./run.mjs";

export const DEBIAN = "bookworm";
const MIRROR = "http://deb.debian.org/debian";

/** The instructions of a Dockerfile: `{ name, rest }`. */
export function instructions(text) {
  const lines = text.replace(/^\s*#.*\n/gm, "").replace(/\\\n\s*/g, "").split("\n").filter(Boolean);
  return lines.map((line) => {
    const [, name, rest] = line.match(/^([A-Z]+)\s+(.*)$/);
    return { name, rest };
  });
}

/** A folder with the files of `node:NN-bookworm-slim`: Debian, Node, npm, and the user `node`. */
export async function baseImage(folder, node) {
  if (existsSync(join(folder, "usr/local/bin/npm"))) return;
  await aptInstall(["debootstrap"], {
    why: "to unpack Debian without a Docker engine",
    elsewhere: "Elsewhere, build the Dockerfile with Docker.",
    howLong: "seconds, once",
  });
  step("Unpacking Debian", "about a minute, once");
  rmSync(folder, { recursive: true, force: true });
  await run("debootstrap", ["--variant=minbase", DEBIAN, folder, MIRROR], { quiet: true });
  cpSync(node, join(folder, "usr/local/bin/node"));
  const modules = join(folder, "usr/local/lib/node_modules");
  mkdirSync(modules, { recursive: true });
  const npm = join(capture("npm", ["root", "--global"]), "npm");
  cpSync(npm, join(modules, "npm"), { recursive: true });
  const addUser = "groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node";
  const linkNpm = "ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm";
  await run("chroot", [folder, "/bin/sh", "-c", `${addUser} && ${linkNpm}`]);
}

/** Builds an image in `root`, a copy of the base; returns its settings. */
export async function buildImage({ base, root, context }) {
  rmSync(root, { recursive: true, force: true });
  await run("cp", ["-a", base, root]);
  const image = { root, cwd: "/", env: {}, user: "root", volumes: [] };
  for (const { name, rest } of instructions(readFileSync(join(context, "Dockerfile"), "utf8"))) {
    step(`${name} ${rest.slice(0, 100)}`);
    await execute(image, context, name, rest);
  }
  return image;
}

async function execute(image, context, name, rest) {
  const inImage = (path) => join(image.root, path.startsWith("/") ? path : join(image.cwd, path));
  switch (name) {
    case "RUN":
      await ended(inside(image, ["/bin/sh", "-c", rest], { env: certificates(image) }), rest);
      break;
    case "WORKDIR":
      image.cwd = rest;
      mkdirSync(inImage("."), { recursive: true });
      break;
    case "COPY": {
      const [from, to] = rest.split(" ");
      const left = ignored(context).map((name) => join(context, name));
      const target = to.endsWith("/") ? join(to, from === "." ? "" : from) : to;
      const filter = (path) => !left.includes(path);
      cpSync(join(context, from), inImage(target), { recursive: true, filter });
      break;
    }
    case "ENV":
      Object.assign(image.env, Object.fromEntries([rest.split("=")]));
      break;
    case "USER":
      image.user = rest;
      break;
    case "VOLUME":
      image.volumes.push(rest);
      break;
    case "HEALTHCHECK":
      image.healthCheck = JSON.parse(rest.slice(rest.indexOf("[")));
      break;
    case "ENTRYPOINT":
      image.entrypoint = JSON.parse(rest);
      break;
    case "STOPSIGNAL":
      image.stopSignal = rest;
      break;
    case "FROM":
    case "EXPOSE":
      break;
    default:
      throw new Failure(`The Dockerfile has ${name}, which scripts/lib/container.mjs does not execute.`);
  }
}

const ignored = (context) =>
  readFileSync(join(context, ".dockerignore"), "utf8").split("\n").filter((line) => line && !line.startsWith("*"));

/** npm's authorities, if this machine has its own. */
function certificates({ root }) {
  const file = capture("npm", ["config", "get", "cafile"]);
  if (!file || file === "null") return {};
  cpSync(file, join(root, "tmp/npm-ca.crt"));
  return { NPM_CONFIG_CAFILE: "/tmp/npm-ca.crt" };
}

/**
 * Starts a command in the image, in mounts of its own; its process has the command's id, and leads a group if it is `detached`.
 * `volumes`: image → machine.
 */
export function inside({ root, cwd, user, env: own }, command, options = {}) {
  const { env = {}, volumes = {}, stdio = "inherit", detached = false } = options;
  const binds = Object.entries(volumes).map(([path, from]) => `mount --bind '${from}' '${root}${path}' && `);
  const kernel = `mount -t proc proc '${root}/proc' && mount -t sysfs -o ro sysfs '${root}/sys'`;
  const mounts = `mount --bind /dev '${root}/dev' && ${kernel} && ${binds.join("")}`;
  const ids = user === "root" ? "0:0" : "1000:1000";
  const script = `${mounts} exec chroot --userspec=${ids} '${root}' /usr/bin/env -C '${cwd}' PWD='${cwd}' "$@"`;
  const home = user === "root" ? "/root" : `/home/${user}`;
  return spawn("unshare", ["--mount", "/bin/sh", "-c", script, "sh", ...command], {
    env: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", HOME: home, ...own, ...env },
    stdio,
    detached,
  });
}

/** Waits for the end of a command, which has to succeed. */
export async function ended(child, what) {
  const [code] = await once(child, "close");
  if (code !== 0) throw new Failure(`\`${what}\` ended with ${code}`);
}
