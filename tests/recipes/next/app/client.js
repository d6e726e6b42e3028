import { createFilmgate } from "filmgate";
import { folderStore } from "filmgate/node";

// On a disk that outlives a deploy; without one, use a gateway: createFilmgate({ gateway }).
export const client = createFilmgate({ store: folderStore(`${process.env.DATA_FOLDER ?? "data"}/jobs`) });
