export { runware as client } from "./filmgate.mjs";
