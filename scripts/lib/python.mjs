// Python's packages for a folder of tests, in a virtual environment of their own in .tools/, made once.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./run.mjs";

/** The folder of the programs that `folder`/requirements.txt brings, `python` among them. */
export function pythonPackages(folder) {
  const place = join(root, ".tools", folder.replaceAll("/", "-"));
  const wanted = join(root, folder, "requirements.txt");
  const done = join(place, "made-from.txt");
  const programs = join(place, process.platform === "win32" ? "Scripts" : "bin");
  // Its programs name the folder: in a checkout that was moved they are made again.
  const text = `${place}\n${readFileSync(wanted, "utf8")}`;
  if (existsSync(done) && readFileSync(done, "utf8") === text) return programs;
  const base = ["python3", "python3.13", "python3.12", "python3.11"].find(isNewEnough);
  if (!base) {
    throw new Error(
      "Python 3.11 or newer with its modules venv and ensurepip is missing, and tests need it. " +
        "On Debian: apt-get install python3 python3-venv",
    );
  }
  execFileSync(base, ["-m", "venv", "--clear", place], { stdio: "inherit" });
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", wanted];
  execFileSync(join(programs, "python"), install, { stdio: "inherit" });
  writeFileSync(done, text);
  return programs;
}

function isNewEnough(name) {
  const check = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))";
  try {
    execFileSync(name, ["-c", check], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
