// For programs on a machine with a disk: Node, Bun, Deno. No other entry imports this one.
export { fileSink } from "./file-sink.js";
export { folderStore } from "./folder-store.js";
