import { createGatewayClient } from "../../../pkg/dist/gateway-client/index.js";

export const generate = (url, apiKey, request) => createGatewayClient({ url, apiKey }).generate(request);
