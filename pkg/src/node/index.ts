// Persistence on disk, for Node, Bun and Deno.
export { fileSink } from "./file-sink.js";
export { folderStore } from "./folder-store.js";
