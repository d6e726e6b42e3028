import { createFilmgate } from "filmgate";
import { filmEverywhere } from "./common/film.mjs";

const films = await filmEverywhere(createFilmgate, JSON.parse(process.argv[2]));
console.log(JSON.stringify({ films }));
