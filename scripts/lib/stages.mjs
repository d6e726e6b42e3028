// The stages of `npm test`, in order. A stage runs commands with `run`: a command that fails, or a test
// runner that finds no test, fails its stage. `npm test -- --changed` runs those whose `paths` changed.
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

const WASM_TESTS = ["--workspace", "--test", "wasm*"];
const DENY = ["--", "-D", "warnings"];

// What a stage depends on: starts of paths, or patterns of them.
const MANIFESTS = [/(^|\/)Cargo\.(toml|lock)$/, "build.rs", "catalog/"];
const CORE = ["src/", ...MANIFESTS];
const NATIVE = [...CORE, /\.rs$/, "docs/rust", "docs/models.md", "simulator/", "simtest/", "xtask/", "examples/", /^tests\/.*\.json$/];
const PACKAGE = [...CORE, "simulator/", "pkg/", "package.json", "package-lock.json", "scripts/build.mjs", "scripts/lib/"];
const PAGE = [...PACKAGE, "www/", "tests/browser.mjs", "tests/chromium.mjs"];
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
    paths: [...CORE, "tests/wasm"],
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
      await run("cargo", [...simtest, "random", "--jobs", "20000"]);
      await run("cargo", [...simtest, "exhaustive", "--depth", "0", "--field"]);
      await run("cargo", [...simtest, "random", "--jobs", "20000", "--field"]);
    },
  },
  {
    name: "fuzz",
    isRust: true,
    what: "the fuzz targets, each with the same 40,000 inputs",
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
    paths: ["scripts/", "tests/workflows/", ".github/", "bench/results/", "fuzz/", "package.json"],
    run: (context) => nodeTests(context, "scripts/tests", "tests/workflows"),
  },
  {
    name: "layers",
    what: "the direction of imports, and their diagram",
    paths: ["src/", "pkg/src/", "worker/src/", "scripts/lib/", "docs/architecture", "tests/layers/"],
    run: (context) => nodeTests(context, "tests/layers"),
  },
  {
    name: "client",
    what: "the package's API, in Node, Chromium and workerd",
    paths: [...PACKAGE, "tests/client/", "tests/common/", "tests/fixtures/", "tests/browser.mjs", "tests/chromium.mjs"],
    run: async (context) => {
      // The oldest Node that is supported has no node:sqlite.
      await modernNode();
      await nodeTests(context, "tests/client");
    },
  },
  {
    name: "testing",
    what: "the simulated providers as a fetch function, in Node, Chromium and workerd",
    paths: [...PACKAGE, "tests/testing/", "examples/"],
    run: async (context) => {
      await npmPackages("examples/opentelemetry");
      await nodeTests(context, "tests/testing");
    },
  },
  {
    name: "cli",
    what: "the command line as processes, killed and in a pseudo-terminal",
    paths: [...PACKAGE, "tests/cli/", "tests/fault-proxy.mjs", "scripts/terminal/", "docs/terminal.svg"],
    run: async (context) => {
      await npmPackages("scripts/terminal");
      await nodeTests(context, "tests/cli");
    },
  },
  {
    name: "mcp",
    what: "the MCP server, driven by the SDK's client, killed and over HTTP",
    paths: [...PACKAGE, "tests/mcp/", "tests/fault-proxy.mjs"],
    run: (context) => nodeTests(context, "tests/mcp"),
  },
  {
    name: "crate",
    what: "the crate as cargo packs it, and its example over HTTP",
    paths: [...NATIVE, "tests/crate/", "README.md"],
    run: (context) => nodeTests(context, "tests/crate"),
  },
  {
    name: "packaging",
    what: "the packed package: its contents, its types, and a video in each quick environment",
    paths: [...PACKAGE, "tests/packaging/", "tests/wasm_imports/"],
    run: (context) => nodeTests(context, "tests/packaging", "tests/wasm_imports"),
  },
  {
    name: "recipes",
    what: "the recipes in their frameworks and engines",
    paths: [...GATEWAY, "docs/recipes/", "tests/recipes/", "tests/browser.mjs", "tests/chromium.mjs"],
    run: async (context) => {
      await modernNode();
      // One after another: the tests run in parallel, and find them installed.
      for (const name of ["express", "hono", "inngest", "next", "trigger-dev"]) await npmPackages(`tests/recipes/${name}`);
      await nodeTests(context, "tests/recipes");
    },
  },
  {
    name: "ai-sdk",
    what: "filmgate/ai-sdk in both majors of the AI SDK, through faults",
    paths: [...PACKAGE, "tests/ai-sdk/"],
    run: async (context) => nodeTests({ ...context, node: await modernNode() }, "tests/ai-sdk"),
  },
  {
    name: "schema",
    what: "filmgate/schema in the libraries that take a schema",
    paths: [...PACKAGE, "tests/schema/"],
    run: async (context) => {
      await npmPackages("tests/schema");
      await nodeTests({ ...context, node: await modernNode() }, "tests/schema");
    },
  },
  {
    name: "frontend",
    what: "filmgate/react and filmgate/element in Chromium",
    paths: [...GATEWAY, "tests/frontend/"],
    run: async (context) => {
      for (const react of [18, 19]) await npmPackages(`tests/frontend/react-${react}`);
      await nodeTests(context, "tests/frontend");
    },
  },
  {
    name: "gateway",
    what: "the gateway: its types, its upload, and its behavior in workerd",
    paths: [...GATEWAY, "tests/gateway/", "simtest/gateway/", "tests/page/support.mjs", "tests/frontend/", "tests/client/support.mjs", "bench/memory/"],
    run: async (context) => {
      await context.built();
      await context.run(join(root, "node_modules", ".bin", "tsc"), ["-p", "worker"]);
      // Two parallel tests use Python: its packages are installed before either starts.
      pythonPackages("tests/gateway");
      const node = await modernNode();
      await withGatewayHost((env) => nodeTests({ ...context, node, env }, "tests/gateway"));
    },
  },
  {
    name: "docs",
    what: "the documentation: its code runs, its links resolve",
    paths: [...GATEWAY, "docs/", /\.md$/, "examples/", "tests/docs/", "scripts/site", "www/", "bench/docs/"],
    run: (context) => nodeTests(context, "tests/docs"),
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
    paths: [...PAGE, "worker/", "tests/page/", "tests/fault-proxy.mjs", "tests/page-logic/"],
    run: async (context) => {
      await modernNode(); // The gateway and the AI SDK need it.
      // Browsers keep the cores busy.
      await nodeTests({ ...context, concurrency: 3 }, "tests/page", "tests/page-logic");
    },
  },
  {
    name: "firefox",
    what: "the page and the default entry in Firefox",
    paths: [...PAGE, "tests/firefox/", "tests/page/support.mjs", "tests/packaging/"],
    run: async (context) => {
      await npmPackages("tests/firefox");
      await nodeTests({ ...context, concurrency: 3, env: { FIREFOX: await firefox() } }, "tests/firefox");
    },
  },
  {
    name: "clients",
    what: "third-party clients against the simulated providers",
    paths: [...CORE, "simulator/", "tests/third_party_clients/"],
    run: (context) => nodeTests(context, "tests/third_party_clients"),
  },
  {
    name: "bench",
    what: "the fakes that other clients are measured with",
    paths: ["bench/", "simulator/", ...CORE],
    run: (context) => nodeTests(context, "bench/tests"),
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
      const { executions, failed } = await runFuzz(built, target, { inputs: 40_000, isBackground: true });
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

async function nodeTests(context, ...folders) {
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

function testsIn(folder) {
  const full = join(root, folder);
  const names = existsSync(full) ? readdirSync(full).sort() : [];
  return names.filter((name) => name.endsWith(".test.mjs")).map((name) => join(folder, name));
}
