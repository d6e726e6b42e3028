import { createFilmgate } from "filmgate";
import { generateEverywhere } from "./common/generate.mjs";

const videos = await generateEverywhere(createFilmgate, JSON.parse(process.argv[2]));
console.log(JSON.stringify({ videos }));
