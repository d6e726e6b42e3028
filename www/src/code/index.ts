// The request as programs to copy.
import type { VideoRequest } from "filmgate";
import { aiSdkCode } from "./ai-sdk.js";
import { browserCode } from "./browser.js";
import { curlCode } from "./curl.js";
import { nodeCode } from "./node.js";
import { openaiCode } from "./openai.js";
import { codeRequest } from "./request.js";
import type { CodeEnvironment, CodeOptions, CodeTab } from "./types.js";

/**
 * The programs for a request, in the order of the tabs. Each runs as it is once the request is valid. A missing prompt,
 * model or duration is filled in; an API key is always read from an environment variable.
 */
export async function codeTabs(
  environment: CodeEnvironment,
  request: VideoRequest,
  options: CodeOptions = {},
): Promise<CodeTab[]> {
  const code = codeRequest(environment, request, options);
  return [
    { id: "node", label: "Node", language: "js", text: nodeCode(code) },
    { id: "browser", label: "Browser", language: "html", text: browserCode(code) },
    { id: "curl", label: "curl", language: "bash", text: await curlCode(code) },
    { id: "ai-sdk", label: "AI SDK", language: "js", text: aiSdkCode(code) },
    { id: "openai", label: "OpenAI SDK", language: "js", text: openaiCode(code) },
  ];
}

export type { CodeEnvironment, CodeImage, CodeOptions, CodeTab } from "./types.js";
