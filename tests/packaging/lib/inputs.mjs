// What the packed package accepts: the optional properties of each value that a caller hands to it.
import { createRequire } from "node:module";
import { join } from "node:path";
import { project } from "./project.mjs";

/** What filmgate makes, and a caller hands back as it is. */
const RETURNED = [
  ...["ElementClient", "Filmgate", "GatewayClient", "VideoClient"],
  ...["Evidence", "Handle", "Issue", "Model", "StoreEntry", "Video", "WebhookEvent"],
];

/**
 * The optional properties that refuse an explicit `undefined` under `exactOptionalPropertyTypes`, of all that the exports
 * of these files accept.
 */
export async function refusingUndefined(files) {
  const folder = await project("types");
  // The newest compiler has no interface for programs.
  const ts = createRequire(join(folder, "package.json"))("oldest-typescript");
  const { config } = ts.readConfigFile(join(folder, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, folder);
  const paths = files.map((file) => join(folder, "node_modules", "filmgate", file));
  const program = ts.createProgram(paths, options);
  const checker = program.getTypeChecker();
  const sources = paths.map((path) => program.getSourceFile(path));

  const isOwn = ({ declarations = [] }) => declarations.some((one) => one.getSourceFile().fileName.includes("/filmgate/"));
  const propertiesOf = (type) => checker.getPropertiesOfType(type).filter(isOwn);
  const typeOf = (symbol) => checker.getTypeOfSymbolAtLocation(symbol, sources[0]);
  const partsOf = (type) => (type.isUnion() ? type.types : type.target ? checker.getTypeArguments(type) : []);

  const refusing = new Set();
  const [accepted, returned] = [new Set(), new Set()];

  function accept(type, path) {
    const { name = "__type" } = type.aliasSymbol ?? type.symbol ?? {};
    if (accepted.has(type) || RETURNED.includes(name)) return;
    accepted.add(type);
    for (const part of partsOf(type)) accept(part, path);
    for (const signature of type.getCallSignatures()) accept(signature.getReturnType(), path);
    for (const property of propertiesOf(type)) {
      const where = `${name.startsWith("__") ? path : name}.${property.name}`;
      const value = typeOf(property);
      const isOptional = (property.flags & ts.SymbolFlags.Optional) !== 0;
      // The `undefined` of a missing property is another.
      const allows = (part) => part === checker.getUndefinedType() || (part.flags & ts.TypeFlags.Unknown) !== 0;
      if (isOptional && ![value, ...partsOf(value)].some(allows)) refusing.add(where);
      accept(value, where);
    }
  }

  function read(type, path) {
    if (returned.has(type)) return;
    returned.add(type);
    for (const part of partsOf(type)) read(part, path);
    for (const signature of [...type.getCallSignatures(), ...type.getConstructSignatures()]) {
      for (const parameter of signature.parameters) accept(typeOf(parameter), `${path}(${parameter.name})`);
      read(signature.getReturnType(), path);
    }
    for (const property of propertiesOf(type)) {
      const where = `${path}.${property.name}`;
      for (const setter of property.declarations.filter(ts.isSetAccessor)) {
        accept(checker.getTypeAtLocation(setter.parameters[0]), where);
      }
      read(typeOf(property), where);
    }
  }

  for (const source of sources) {
    for (const exported of checker.getExportsOfModule(checker.getSymbolAtLocation(source))) {
      const isAlias = exported.flags & ts.SymbolFlags.Alias;
      const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported;
      if (symbol.flags & ts.SymbolFlags.Value) read(typeOf(symbol), symbol.name);
    }
  }
  return [...refusing].sort();
}
