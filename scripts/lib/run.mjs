// Runs other programs, and ends ours in words when something cannot be done.
import { spawn, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** The repository's root. Every path in these scripts starts here. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Something the reader can mend: its message says what is missing and how to get it. */
export class Failure extends Error {}

/** What a program prints, or nothing when it is absent or fails. */
export function capture(command, args, env = {}) {
  const done = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
    maxBuffer: 1 << 26,
  });
  return done.status === 0 ? done.stdout.trim() : undefined;
}

/**
 * Runs a program to its end and shows what it prints: at once, or, when it is `quiet`, only if it
 * fails. `onText` sees that text as well.
 */
export function execute(command, args, { env = {}, cwd = root, onText, quiet = false } = {}) {
  const shown = onText || quiet ? "pipe" : "inherit";
  let held = "";
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", shown, shown],
    });
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from?.setEncoding("utf8").on("data", (text) => {
        if (quiet) held += text;
        else to.write(text);
        onText?.(text);
      });
    }
    child.once("error", (cause) => {
      const absent = cause.code === "ENOENT";
      reject(absent ? new Failure(`${command} is not installed`) : cause);
    });
    child.once("close", (code, signal) => {
      if (code !== 0) process.stderr.write(held);
      resolve(code ?? signal);
    });
  });
}

/** As `execute`, for a program without which nothing goes on. */
export async function must(command, args, options) {
  const code = await execute(command, args, options);
  if (code !== 0) {
    const line = [command, ...args].join(" ");
    throw new Failure(`\`${line}\` ended with ${code}; its own words are above`);
  }
}

/**
 * The entry of a script: a failure is told in words, anything else is a bug and shows its stack.
 */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Failure ? `\nfilmgate: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Whether the file that asks is the one that Node was started with. */
export const isMain = (url) => process.argv[1] === fileURLToPath(url);
