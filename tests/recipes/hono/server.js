import { serve } from "@hono/node-server";
import { folderStore } from "filmgate/node";
import { createApp } from "./app.js";

const { DATA_FOLDER = "data", PORT = "3000" } = process.env; // on a disk that outlives a deploy
serve({ fetch: createApp(folderStore(`${DATA_FOLDER}/jobs`)).fetch, port: Number(PORT) });
