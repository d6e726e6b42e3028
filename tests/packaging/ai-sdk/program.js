import { filmWithAi } from "./film-with-ai.js";

const films = await filmWithAi(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ films }));
