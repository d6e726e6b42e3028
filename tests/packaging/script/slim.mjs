import { readFile } from "node:fs/promises";
import { createFilmgate, initWasm } from "filmgate/slim";
import { generateEverywhere } from "./common/generate.mjs";

initWasm(await readFile(new URL(import.meta.resolve("filmgate/filmgate.wasm"))));
const videos = await generateEverywhere(createFilmgate, JSON.parse(process.argv[2]));
console.log(JSON.stringify({ videos }));
