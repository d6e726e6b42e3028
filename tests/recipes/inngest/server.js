import { createServer } from "node:http";
import { serve } from "inngest/node";
import { generateVideo, inngest } from "./functions.js";

createServer(serve({ client: inngest, functions: [generateVideo] })).listen(Number(process.env.PORT ?? 3000));
