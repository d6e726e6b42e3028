// The chunk that holds the client of a gateway, which needs no module.

export { createGatewayClient, indexedDbStore } from "filmgate/gateway";
