// What `npm test` consists of, in order. A stage runs commands with `run` and says nothing about
// failing: a command that fails, or a test runner that finds no test, fails its stage.
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildFuzz, runFuzz, targets } from "./fuzz.mjs";
import { modernNode } from "./node.mjs";
import { pythonPackages } from "./python.mjs";
import { root } from "./run.mjs";
import { note } from "./log.mjs";
import { TARGET, wasmClippy } from "./toolchain.mjs";

const WASM_TESTS = ["--workspace", "--test", "wasm*"];
const DENY = ["--", "-D", "warnings"];

export const stages = [
  {
    name: "format",
    what: "Rust is formatted",
    run: ({ run }) => run("cargo", ["fmt", "--all", "--check"]),
  },
  {
    name: "clippy",
    what: "no warning in native code",
    run: ({ run }) =>
      run("cargo", ["clippy", "--workspace", "--all-targets", "--all-features", ...DENY]),
  },
  {
    name: "clippy-wasm",
    what: "no warning in the code that runs in JavaScript",
    run: async ({ run, toolchain: chain }) => {
      const [command, ...clippy] = await wasmClippy(chain);
      const args = [
        ...clippy,
        "--target",
        TARGET,
        "--lib",
        ...WASM_TESTS,
        ...chain.test.args,
        ...DENY,
      ];
      await run(command, args, { ...chain.test.env, CARGO: chain.cargo });
    },
  },
  {
    name: "rust",
    what: "native tests, and the examples in the documentation",
    run: ({ run }) =>
      run("cargo", ["test", "--workspace", "--all-features", "--no-fail-fast"], {}, "cargo"),
  },
  {
    name: "simtest",
    what: "the core through schedules of faults, against the simulated providers",
    run: async ({ run }) => {
      const simtest = ["run", "--quiet", "--profile", "simtest", "-p", "filmgate-simtest", "--"];
      const few = ["runpod-long-poll", "runpod-sync-webhook", "runware-impatient"];
      const shapes = few.flatMap((shape) => ["--shape", shape]);
      await run("cargo", [...simtest, "exhaustive", "--depth", "2"]);
      await run("cargo", [...simtest, "exhaustive", "--depth", "3", ...shapes]);
      await run("cargo", [...simtest, "random", "--jobs", "20000"]);
    },
  },
  {
    name: "fuzz",
    what: "the fuzz targets, each for eight seconds",
    run: fuzzBriefly,
  },
  {
    name: "doc",
    what: "the documentation builds without a warning",
    run: ({ run }) =>
      run("cargo", ["doc", "--workspace", "--all-features", "--no-deps"], {
        RUSTDOCFLAGS: "-D warnings",
      }),
  },
  {
    name: "wasm-node",
    what: "WebAssembly tests in Node",
    run: (context) => wasmTests(context, {}),
  },
  {
    name: "wasm-chromium",
    what: "the same in headless Chromium",
    run: (context) => wasmTests(context, { WASM_BINDGEN_USE_BROWSER: "1" }),
  },
  { name: "build", what: "the module, the package, the page", run: ({ built }) => built() },
  {
    name: "scripts",
    what: "these scripts, and the workflow files",
    run: (context) => nodeTests(context, "scripts/tests", "tests/workflows"),
  },
  {
    name: "layers",
    what: "the direction of imports, and the picture of them",
    run: (context) => nodeTests(context, "tests/layers"),
  },
  {
    name: "client",
    what: "the package's interface, in Node, Chromium and workerd",
    run: (context) => nodeTests(context, "tests/client"),
  },
  {
    name: "testing",
    what: "the simulated providers as a fetch function, in Node, Chromium and workerd",
    run: (context) => nodeTests(context, "tests/testing"),
  },
  {
    name: "crate",
    what: "the crate as cargo packs it, and its example over HTTP",
    run: (context) => nodeTests(context, "tests/crate"),
  },
  {
    name: "packaging",
    what: "the packed package: what it holds, its types, and its films where that is quick",
    run: (context) => nodeTests(context, "tests/packaging", "tests/wasm_imports"),
  },
  {
    name: "ai-sdk",
    what: "filmgate/ai-sdk in both majors of the AI SDK, through faults",
    run: async (context) => nodeTests({ ...context, node: await modernNode() }, "tests/ai-sdk"),
  },
  {
    name: "gateway",
    what: "the gateway: its types, its upload, and what it does in workerd",
    run: async (context) => {
      await context.built();
      await context.run(join(root, "node_modules", ".bin", "tsc"), ["-p", "worker"]);
      // Two tests speak Python, side by side: its packages are there before either begins.
      pythonPackages("tests/gateway");
      await nodeTests({ ...context, node: await modernNode() }, "tests/gateway");
    },
  },
  {
    name: "docs",
    what: "the documentation: its code runs, its links lead somewhere",
    run: (context) => nodeTests(context, "tests/docs"),
  },
  {
    name: "size",
    what: "nothing has grown that is not written down",
    run: notGrown,
  },
  {
    name: "page",
    what: "the page in Chromium",
    run: (context) => nodeTests(context, "tests/page"),
  },
  {
    name: "clients",
    what: "other people's clients against the simulated providers",
    run: (context) => nodeTests(context, "tests/third_party_clients"),
  },
  {
    name: "bench",
    what: "the fakes that other clients are measured with",
    run: (context) => nodeTests(context, "bench/tests"),
  },
];

async function fuzzBriefly({ run, fail }) {
  const built = await buildFuzz();
  const manifest = ["--manifest-path", "fuzz/Cargo.toml"];
  await run("cargo", ["fmt", ...manifest, "--check"]);
  const lint = ["--all-targets", "--no-default-features", "--target-dir", built.folder];
  await run("cargo", ["clippy", ...manifest, ...lint, ...DENY]);
  const waiting = [...targets];
  const findings = [];
  // Each keeps one core busy.
  const inTurn = async () => {
    for (let target = waiting.shift(); target; target = waiting.shift()) {
      const { executions, failed } = await runFuzz(built, target, 8);
      if (failed) findings.push(`${target} has a finding`);
      if (executions === 0) findings.push(`${target} ran nothing`);
      note(`${target}: ${executions} executions`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, inTurn));
  if (findings.length > 0) fail(findings.join("\n"));
}

async function notGrown({ built, toolchain, fail }) {
  await built();
  // Its bundler is a package, which is there only now.
  const { growth, ownWeights } = await import("../../bench/size/own.mjs");
  const now = await ownWeights(toolchain);
  for (const [name, { raw, gzip, brotli }] of Object.entries(now.weights)) {
    note(`${name}: ${raw} bytes, gzip ${gzip}, brotli ${brotli}`);
  }
  const grown = growth(now);
  if (grown.length > 0) {
    fail(`${grown.join("\n")}\nWhere that is meant, \`npm run bench:size\` writes it down; say why in the commit.`);
  }
}

function wasmTests({ run, toolchain, bindgen, driver }, env) {
  const args = ["test", "--target", TARGET, ...WASM_TESTS, ...toolchain.test.args];
  const given = {
    ...toolchain.test.env,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: join(bindgen, "wasm-bindgen-test-runner"),
    CHROMEDRIVER: driver,
    WASM_BINDGEN_TEST_TIMEOUT: "120",
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: join(root, "scripts", "webdriver.json"),
    ...env,
  };
  return run(toolchain.cargo, args, given, "cargo");
}

async function nodeTests(context, ...folders) {
  const { run, fail, built, chromium, node = process.execPath } = context;
  const files = folders.flatMap((folder) => {
    const found = testsIn(folder);
    return found.length > 0 ? found : fail(`there is no *.test.mjs in ${folder}`);
  });
  const env = { CHROMIUM: chromium, FILMGATE_SIM: await built() };
  // Most of their time is waiting for a simulated film, so more files than cores run at once.
  const flags = ["--test", "--test-concurrency=5", "--test-reporter=spec", "--test-timeout=600000"];
  return run(node, [...flags, ...files], env, "node");
}

function testsIn(folder) {
  const full = join(root, folder);
  const names = existsSync(full) ? readdirSync(full).sort() : [];
  return names.filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
}
