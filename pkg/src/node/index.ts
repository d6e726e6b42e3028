// Persistence on disk, for Node, Bun and Deno.
// May import `store/`, `util/`, `types/` and the modules of Node.
// Must never be imported by another entry: bundles for browsers must not contain it.
export { fileSink } from "./file-sink.js";
export { folderStore } from "./folder-store.js";
