import { createFilmgate } from "filmgate";
import { folderStore } from "filmgate/node";
import { generateEverywhere } from "./common/generate.mjs";

const kept = (options) => createFilmgate({ ...options, store: folderStore("jobs") });
const videos = await generateEverywhere(kept, JSON.parse(process.argv[2]));
console.log(JSON.stringify({ videos }));
