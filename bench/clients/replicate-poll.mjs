export { polling as client } from "./replicate.mjs";
