export { runpodWithoutLongPoll as client } from "./filmgate.mjs";
