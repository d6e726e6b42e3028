import { readFile } from "node:fs/promises";
import { createFilmgate, initWasm } from "filmgate/slim";
import { filmEverywhere } from "./common/film.mjs";

initWasm(await readFile(new URL(import.meta.resolve("filmgate/filmgate.wasm"))));
const films = await filmEverywhere(createFilmgate, JSON.parse(process.argv[2]));
console.log(JSON.stringify({ films }));
