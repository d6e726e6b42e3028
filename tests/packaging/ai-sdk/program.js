import { generateWithAiSdk } from "./generate-with-ai-sdk.js";

const videos = await generateWithAiSdk(JSON.parse(process.argv[2]));
console.log(JSON.stringify({ videos }));
