export { runpod as client } from "./filmgate.mjs";
