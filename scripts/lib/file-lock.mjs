// One build at a time in one checkout: `npm start` and `npm test` write the same folders.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { root } from "./run.mjs";
import { note } from "./log.mjs";

const path = join(root, ".tools", "build.lock");

export async function alone(work) {
  mkdirSync(join(root, ".tools"), { recursive: true });
  let told = false;
  while (!take()) {
    if (!told) note("Another build is running here; waiting for its end");
    told = true;
    await sleep(500);
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.off("exit", release);
    release();
  }
}

function take() {
  try {
    writeFileSync(path, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    if (!ownerLives()) rmSync(path, { force: true });
    return false;
  }
}

/** A build that was killed leaves its lock behind; nobody answers under its number any more. */
function ownerLives() {
  try {
    process.kill(Number(readFileSync(path, "utf8")), 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}
