// Compiled, never run: CommonJS, which Node lets require a module.
import filmgate = require("filmgate");
import node = require("filmgate/node");

export const client: filmgate.Filmgate = filmgate.createFilmgate({ store: node.folderStore("jobs") });
