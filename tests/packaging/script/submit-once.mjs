import { createFilmgate } from "filmgate";
import { submitToEach } from "./common/submit-once.mjs";

console.log(JSON.stringify(await submitToEach(createFilmgate, JSON.parse(process.argv[2]))));
process.exit(); // The job that a second submit made would be polled.
