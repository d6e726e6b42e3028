import { createFilmgate } from "filmgate";
import { folderStore } from "filmgate/node";
import { filmEverywhere } from "./common/film.mjs";

const kept = (options) => createFilmgate({ ...options, store: folderStore("jobs") });
const films = await filmEverywhere(kept, JSON.parse(process.argv[2]));
console.log(JSON.stringify({ films }));
