// The page that `npm run test:packaging` writes.
import { brotliCompressSync, gzipSync } from "node:zlib";

export function page({ date, chromium, tarball, rows, once, types }) {
  const table = rows.map(({ runtime, style, ok, shipped }) => [
    runtime,
    style,
    ok ? "works" : "**fails**",
    shipped ? sizes(shipped) : "",
  ]);
  const compiled = types.map(({ version, resolution, libraries, ok }) => [
    version,
    resolution,
    libraries,
    ok ? "compiles" : "**fails**",
  ]);
  const submitted = once.map(({ runtime, connection, refuses, ok }) => [
    runtime,
    connection,
    ok ? (refuses ? "refused before it is sent" : "sent once") : "**sent twice**",
  ]);
  return `# Where it runs

Written by \`npm run test:packaging\` on ${date}, with ${chromium}.

Each line is a small project of [\`tests/packaging/\`](../tests/packaging) that installs what \`npm pack\` makes, with no configuration
beyond what its tool requires. It quotes, generates at both simulated providers over HTTP, and downloads the two videos. *works*: each video
cost what was quoted and what the provider billed, nothing was submitted twice, and the bytes are the video's. \`filmgate/testing\` brings
its own providers.

${markdown(["runtime", "import", "result", "loaded, kB: plain · gzip · brotli"], table)}

*Loaded* is all the code of a page or a Worker, each file compressed by itself, with about 1 kB of the test's own; in Next's lines with
React and Next, and in the others of \`filmgate/react\` with React. Without a tool, and in the Worker that Vite builds, it is not minified.
Pages have the policy \`script-src 'self' 'wasm-unsafe-eval'\`, except Next's.

The tarball has ${kilobytes(tarball.size)} kB, ${kilobytes(tarball.unpackedSize)} kB unpacked, in ${tarball.files.length} files.

## One submit is one request

A RunPod that reads a submit on a connection that was used before, and drops it (RST or FIN, at once or after 300 ms), or answers 421. Node,
Deno and Chromium send some of these again by themselves, unless the body can be read only once; Chromium sends such a body over HTTP/2
alone. Firefox cannot send it at all, so nothing is submitted to RunPod from there
([\`tests/firefox/\`](../tests/firefox/resend.test.mjs)).

${markdown(["runtime", "connection", "the submit"], submitted)}

## Types

Every entry, as strict as TypeScript can be (\`strict\`, \`exactOptionalPropertyTypes\`, \`noUncheckedIndexedAccess\`, no \`skipLibCheck\`).

${markdown(["TypeScript", "moduleResolution", "libraries", "result"], compiled)}
`;
}

function markdown(head, rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function sizes(files) {
  const sum = (measure) => files.reduce((bytes, file) => bytes + measure(file).length, 0);
  const all = [
    sum((file) => file),
    sum((file) => gzipSync(file, { level: 9 })),
    sum(brotliCompressSync),
  ];
  return all.map(kilobytes).join(" · ");
}

const kilobytes = (bytes) => (bytes / 1000).toFixed(1);
