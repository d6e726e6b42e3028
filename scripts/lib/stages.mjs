// The stages of `npm test`, in order. A stage runs commands with `run`, or the files of Node's test runner in its folders
// `tests`: a command that fails, or a test runner that finds no test, fails its stage. `npm test -- --changed` runs those whose
// `tests`, what these import, or `paths` changed.
import { existsSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { buildFuzz, runFuzz, targets } from "./fuzz.mjs";
import { startGatewayHost } from "./gateway.mjs";
import { modernNode } from "./node.mjs";
import { pythonPackages } from "./python.mjs";
import { root } from "./run.mjs";
import { note } from "./log.mjs";
import { cargoMetadata } from "./native.mjs";
import { firefox, npmPackages } from "./tools.mjs";
import { TARGET, wasmClippy } from "./toolchain.mjs";

/** Browsers keep the cores busy. */
const BROWSERS = { concurrency: 3 };
const WASM_TESTS = ["--workspace", "--test", "wasm*"];
const DENY = ["--", "-D", "warnings"];

// What a stage depends on: starts of paths, or patterns of them.
const MANIFESTS = [/(^|\/)Cargo\.(toml|lock)$/, "build.rs", "catalog/"];
const CORE = ["src/", ...MANIFESTS];
const NATIVE = [...CORE, /\.rs$/, "docs/rust", "docs/models.md", "simulator/", "simtest/", "xtask/", "examples/", /^tests\/.*\.json$/, "fuzz/seeds/"];
const PACKAGE = [...CORE, "simulator/", "pkg/", "package.json", "package-lock.json", "scripts/build.mjs", "scripts/setup.mjs", "scripts/lib/"];
const GATEWAY = [...PACKAGE, "worker/"];

export const stages = [
  {
    name: "format",
    isRust: true,
    what: "Rust is formatted",
    paths: [/\.rs$/, "rustfmt.toml"],
    run: ({ run }) => run("cargo", ["fmt", "--all", "--check"]),
  },
  {
    name: "rust",
    isRust: true,
    what: "native tests, and the examples in the documentation",
    paths: NATIVE,
    // Before other stages compile: its programs are those that the JavaScript tests start. Many of its tests wait for a
    // process or a time, so more of them than cores run at once.
    run: ({ run }) =>
      run("cargo", ["test", "--workspace", "--all-features", "--no-fail-fast"], { RUST_TEST_THREADS: "6" }, "cargo"),
  },
  {
    name: "clippy",
    isRust: true,
    what: "no warning in native code",
    paths: NATIVE,
    run: ({ run }) =>
      run("cargo", ["clippy", "--workspace", "--all-targets", "--all-features", ...DENY]),
  },
  {
    name: "clippy-wasm",
    isRust: true,
    what: "no warning in the code that runs in JavaScript",
    paths: [...CORE, "tests/wasm", "simulator/", "simtest/", "xtask/"],
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
    name: "simtest",
    isRust: true,
    what: "the core through schedules of faults, against the simulated providers",
    paths: [...CORE, "simulator/", "simtest/"],
    run: async ({ run }) => {
      const simtest = ["run", "--quiet", "--profile", "simtest", "-p", "filmgate-simtest", "--"];
      const few = ["runpod-long-poll", "runpod-sync-webhook", "runware-impatient"];
      const scenarios = few.flatMap((name) => ["--scenario", name]);
      await run("cargo", [...simtest, "exhaustive", "--depth", "2"]);
      await run("cargo", [...simtest, "exhaustive", "--depth", "3", ...scenarios]);
      await run("cargo", [...simtest, "random", "--jobs", "5000"]);
      await run("cargo", [...simtest, "exhaustive", "--depth", "0", "--field"]);
      await run("cargo", [...simtest, "random", "--jobs", "5000", "--field"]);
    },
  },
  {
    name: "fuzz",
    isRust: true,
    what: "the fuzz targets, each with the same 10,000 inputs",
    paths: [...CORE, "fuzz/", "scripts/fuzz.mjs", "scripts/lib/fuzz.mjs"],
    run: fuzzBriefly,
  },
  {
    name: "doc",
    isRust: true,
    what: "the documentation builds without a warning",
    paths: NATIVE,
    run: ({ run }) =>
      run("cargo", ["doc", "--workspace", "--all-features", "--no-deps"], {
        RUSTDOCFLAGS: "-D warnings",
      }),
  },
  {
    name: "wasm-node",
    isRust: true,
    what: "WebAssembly tests in Node",
    paths: [...CORE, "tests/wasm"],
    run: (context) => wasmTests(context, {}),
  },
  {
    name: "wasm-chromium",
    isRust: true,
    what: "the same in headless Chromium",
    paths: [...CORE, "tests/wasm"],
    run: (context) => wasmTests(context, { WASM_BINDGEN_USE_BROWSER: "1" }),
  },
  {
    name: "build",
    what: "the module, the package, the page",
    paths: PACKAGE,
    run: ({ built }) => built(),
  },
  {
    name: "scripts",
    what: "these scripts, and the workflow files",
    tests: ["scripts/tests", "tests/workflows"],
    paths: ["scripts/", ".github/", "bench/results/", "fuzz/", "package.json", "package-lock.json", /package\.json$/],
  },
  {
    name: "layers",
    what: "the direction of imports, and their diagram",
    tests: ["tests/layers"],
    paths: ["src/", "pkg/src/", "worker/src/", "docs/architecture", "package.json"],
  },
  {
    name: "client",
    what: "the package's API, in Node, Chromium and workerd",
    tests: ["tests/client"],
    paths: [...PACKAGE, "tests/common/", "tests/fixtures/"],
    // The oldest Node that is supported has no node:sqlite.
    prepare: () => modernNode(),
  },
  {
    name: "testing",
    what: "the simulated providers as a fetch function, in Node, Chromium and workerd",
    tests: ["tests/testing"],
    paths: [...PACKAGE, "examples/", "docs/testing.md"],
    prepare: () => npmPackages("examples/opentelemetry"),
  },
  {
    name: "cli",
    what: "the command line as processes, killed and in a pseudo-terminal",
    tests: ["tests/cli"],
    paths: [...PACKAGE, "scripts/terminal/", "docs/terminal.svg", "docs/cli.md", "docs/screenshot-phone.png"],
    prepare: () => npmPackages("scripts/terminal"),
  },
  {
    name: "mcp",
    what: "the MCP server, driven by the SDK's client, killed and over HTTP",
    tests: ["tests/mcp"],
    paths: PACKAGE,
  },
  {
    name: "crate",
    what: "the crate as cargo packs it, and its example over HTTP",
    tests: ["tests/crate"],
    paths: [...NATIVE, "README.md"],
  },
  {
    name: "packaging",
    what: "the packed package: its contents, its types, and a video in each quick environment",
    tests: ["tests/packaging", "tests/wasm_imports"],
    paths: [...PACKAGE, "README.md", "docs/runtimes.md"],
  },
  {
    name: "recipes",
    what: "the recipes in their frameworks and engines",
    tests: ["tests/recipes"],
    paths: [...GATEWAY, "docs/recipes/"],
    prepare: async () => {
      await modernNode();
      // One after another: the tests run in parallel, and find them installed.
      for (const name of ["express", "hono", "inngest", "next", "trigger-dev"]) await npmPackages(`tests/recipes/${name}`);
    },
  },
  {
    name: "ai-sdk",
    what: "filmgate/ai-sdk in both majors of the AI SDK, through faults",
    tests: ["tests/ai-sdk"],
    paths: PACKAGE,
    prepare: withModernNode,
  },
  {
    name: "schema",
    what: "filmgate/schema in the libraries that take a schema",
    tests: ["tests/schema"],
    paths: PACKAGE,
    prepare: async () => {
      await npmPackages("tests/schema");
      return withModernNode();
    },
  },
  {
    name: "frontend",
    what: "filmgate/react and filmgate/element in Chromium",
    tests: ["tests/frontend"],
    paths: GATEWAY,
    prepare: async () => {
      for (const react of [18, 19]) await npmPackages(`tests/frontend/react-${react}`);
    },
  },
  {
    name: "gateway",
    what: "the gateway: its types, its upload, and its behavior in workerd",
    tests: ["tests/gateway"],
    // Some of its tests open the page.
    paths: [...GATEWAY, "www/", "simtest/gateway/", "examples/gateway.mjs", "scripts/node/package.json", "README.md"],
    run: async (context, { tests }) => {
      await context.built();
      await context.run(join(root, "node_modules", ".bin", "tsc"), ["-p", "worker"]);
      // Two parallel tests use Python: its packages are installed before either starts.
      pythonPackages("tests/gateway");
      const node = await modernNode();
      await withGatewayHost((env) => nodeTests({ ...context, node, env }, tests));
    },
  },
  {
    name: "docs",
    what: "the documentation: its code runs, its links resolve",
    tests: ["tests/docs"],
    paths: [...GATEWAY, "docs/", /\.md$/, "examples/", "scripts/site", "www/", "bench/results/"],
  },
  {
    name: "size",
    what: "no recorded size has grown",
    paths: [...PACKAGE, "bench/size/", "bench/results/size"],
    run: checkSize,
  },
  {
    name: "page",
    what: "the page in Chromium, and the modules below it",
    tests: ["tests/page", "tests/page-logic"],
    paths: [...PACKAGE, "www/", "worker/"],
    prepare: async () => {
      await modernNode(); // The gateway and the AI SDK need it.
      return BROWSERS;
    },
  },
  {
    name: "firefox",
    what: "the page and the default entry in Firefox",
    tests: ["tests/firefox"],
    paths: [...PACKAGE, "www/", "tests/packaging/"],
    prepare: async () => {
      await npmPackages("tests/firefox");
      return { ...BROWSERS, env: { FIREFOX: await firefox() } };
    },
  },
  {
    name: "clients",
    what: "third-party clients against the simulated providers",
    tests: ["tests/third_party_clients"],
    paths: [...CORE, "simulator/", "package-lock.json"],
  },
  {
    name: "bench",
    what: "the fakes that other clients are measured with",
    tests: ["bench/tests"],
    paths: ["bench/", "simulator/", ...CORE, "package-lock.json"],
  },
];

async function fuzzBriefly({ run, fail }) {
  const built = await buildFuzz({ isBackground: true });
  const manifest = ["--manifest-path", "fuzz/Cargo.toml"];
  await run("cargo", ["fmt", ...manifest, "--check"]);
  // In the folder of the stage "clippy", whose dependencies are the same.
  const lint = ["--all-targets", "--no-default-features", "--target-dir", cargoMetadata().target_directory];
  await run("cargo", ["clippy", ...manifest, ...lint, ...DENY]);
  const pending = [...targets];
  const findings = [];
  // One target per core at a time.
  const worker = async () => {
    for (let target = pending.shift(); target; target = pending.shift()) {
      const { executions, failed } = await runFuzz(built, target, { inputs: 10_000, isBackground: true });
      if (failed) findings.push(`${target} has a finding`);
      if (executions === 0) findings.push(`${target} executed nothing`);
      note(`${target}: ${executions} executions`);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
  if (findings.length > 0) fail(findings.join("\n"));
}

async function checkSize({ built, toolchain, fail }) {
  await built();
  // Its bundler is an npm package, which is installed by now.
  const { growth, ownWeights } = await import("../../bench/size/own.mjs");
  const now = await ownWeights(toolchain);
  for (const [name, { raw, gzip, brotli }] of Object.entries(now.weights)) {
    note(`${name}: ${raw} bytes, gzip ${gzip}, brotli ${brotli}`);
  }
  const grown = growth(now);
  if (grown.length > 0) {
    fail(`${grown.join("\n")}\nIf that is intended, record it with \`npm run bench:size\` and \`npm run bench:docs\`, and give the reason in the commit.`);
  }
}

async function wasmTests({ run, toolchain, bindgen, driver }, env) {
  const args = ["test", "--target", TARGET, ...WASM_TESTS, ...toolchain.test.args];
  const given = {
    ...toolchain.test.env,
    CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: join(await bindgen, "wasm-bindgen-test-runner"),
    CHROMEDRIVER: driver,
    WASM_BINDGEN_TEST_TIMEOUT: "120",
    WASM_BINDGEN_TEST_WEBDRIVER_JSON: join(root, "scripts", "webdriver.json"),
    ...env,
  };
  return run(toolchain.cargo, args, given, "cargo");
}

/** Runs tests whose gateways share a process: starting one for each would take most of their time. */
async function withGatewayHost(work) {
  const host = await startGatewayHost();
  try {
    await work({ FILMGATE_GATEWAY_HOST: host.path });
  } finally {
    await host.stop();
  }
}

/** Runs a stage: its own way, or its tests by Node's runner, with what `prepare` returns. */
export async function runStage(stage, context) {
  if (stage.run) return stage.run(context, stage);
  return nodeTests({ ...context, ...(await stage.prepare?.()) }, stage.tests);
}

async function withModernNode() {
  return { node: await modernNode() };
}

async function nodeTests(context, folders) {
  const { run, fail, built, chromium, node = process.execPath, concurrency = 5 } = context;
  const files = folders.flatMap((folder) => {
    const found = testsIn(folder);
    return found.length > 0 ? found : fail(`${folder} contains no *.test.mjs`);
  });
  const env = { ...context.env, CHROMIUM: chromium, FILMGATE_SIM: await built() };
  // Tests mostly wait for simulated jobs, so more files than cores run at once.
  const flags = ["--test", `--test-concurrency=${concurrency}`, "--test-reporter=spec", "--test-timeout=1800000"];
  return run(node, [...flags, ...files], env, "node");
}

/** The tests in a folder. */
export function testsIn(folder) {
  const full = join(root, folder);
  const names = existsSync(full) ? readdirSync(full).sort() : [];
  return names.filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
}
