// Runs other programs, and ends a script with a message when something fails.
import { spawn, spawnSync } from "node:child_process";
import { constants, setPriority } from "node:os";
import { fileURLToPath } from "node:url";

/** The repository's root; all paths in these scripts start here. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** A failure that the user can fix: its message says what is missing and how to get it. */
export class Failure extends Error {}

/** The output of a program, or undefined if it is absent or fails. */
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
 * Runs a program to its end and shows its output: at once, or, if it is `quiet`, only if it fails.
 * `onText` receives the output, too, and is all that does if it is not `isShown`. In the background it takes the time that
 * other programs leave.
 */
export function execute(command, args, options = {}) {
  const { env = {}, cwd = root, onText, quiet = false, isShown = true, isBackground = false } = options;
  const shown = onText || quiet ? "pipe" : "inherit";
  let output = "";
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", shown, shown],
    });
    if (isBackground && child.pid) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    for (const [from, to] of [
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ]) {
      from?.setEncoding("utf8").on("data", (text) => {
        if (quiet) output += text;
        else if (isShown) to.write(text);
        onText?.(text);
      });
    }
    child.once("error", (cause) => {
      const absent = cause.code === "ENOENT";
      reject(absent ? new Failure(`${command} is not installed`) : cause);
    });
    child.once("close", (code, signal) => {
      if (code !== 0) process.stderr.write(output);
      resolve(code ?? signal);
    });
  });
}

/** Like `execute`, but fails if the program fails. */
export async function run(command, args, options) {
  const code = await execute(command, args, options);
  if (code !== 0) {
    const line = [command, ...args].join(" ");
    throw new Failure(`\`${line}\` ended with ${code}; its output is above`);
  }
}

/**
 * The entry of a script: a failure prints its message, any other error is a bug and prints its stack.
 */
export async function main(work) {
  try {
    await work();
  } catch (error) {
    console.error(error instanceof Failure ? `\nfilmgate: ${error.message}` : error);
    process.exitCode = 1;
  }
}

/** Whether the calling file is the one that Node was started with. */
export const isMain = (url) => process.argv[1] === fileURLToPath(url);
