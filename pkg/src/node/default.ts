// The default entry where there is a file system: `download` takes paths.
import { setFileSink } from "../download/sink.js";
import { fileSink } from "./file-sink.js";

setFileSink(fileSink);

export * from "../index.js";
