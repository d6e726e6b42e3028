export { blocking as client } from "./replicate.mjs";
