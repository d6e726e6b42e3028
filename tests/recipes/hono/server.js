import { serve } from "@hono/node-server";
import { folderStore } from "filmgate/node";
import { createApp } from "./app.js";

const { DATA_FOLDER = "data", PORT = "3000" } = process.env; // on a disk that outlives a deploy
const app = createApp(folderStore(`${DATA_FOLDER}/jobs`), `${DATA_FOLDER}/videos`);
serve({ fetch: app.fetch, port: Number(PORT) });
