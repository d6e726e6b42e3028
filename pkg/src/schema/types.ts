import type { ModelId, RequestOf } from "../types/index.js";

/** The JSON Schema of a value, as plain data. */
export interface JsonSchema {
  /** The draft. */
  $schema?: string;
  /** JSON type. */
  type?: string;
  /** Short name. */
  title?: string;
  /** What it is, and the rules that JSON Schema does not express. */
  description?: string;
  /** The fields of an object. */
  properties?: Record<string, JsonSchema>;
  /** The required fields. */
  required?: string[];
  /** Whether other fields are allowed. */
  additionalProperties?: boolean;
  /** The items of a list. */
  items?: JsonSchema;
  /** The only value. */
  const?: unknown;
  /** All values. */
  enum?: unknown[];
  /** The value if there is none. */
  default?: unknown;
  /** Format of a string. */
  format?: string;
  /** Pattern of a string. */
  pattern?: string;
  /** Minimum of a number. */
  minimum?: number;
  /** Maximum of a number. */
  maximum?: number;
  /** Minimum number of characters. */
  minLength?: number;
  /** Maximum number of characters. */
  maxLength?: number;
  /** Maximum number of items. */
  maxItems?: number;
}

/** A problem, in the form of Standard Schema. */
export interface StandardIssue {
  /** What is wrong and how to correct it. */
  readonly message: string;
  /** Path in the request; empty: the whole request. */
  readonly path: readonly (string | number)[];
}

/** The request, with its model; or its problems. */
export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

/** Draft of a JSON Schema. Another one throws. */
export interface JsonSchemaOptions {
  /** `draft-2020-12` or `draft-07`. */
  readonly target: "draft-2020-12" | "draft-07" | (string & Record<never, never>);
}

/** Standard Schema and Standard JSON Schema (https://standardschema.dev, version 1 of `@standard-schema/spec` 1.1). */
export interface StandardProps<Input, Output> {
  /** Version of the standard. */
  readonly version: 1;
  /** Name of the library. */
  readonly vendor: "filmgate";
  /** Validates a request with the client's `validate`. The result has the model. */
  readonly validate: (value: unknown) => StandardResult<Output>;
  /** The JSON Schema in the draft of a library. */
  readonly jsonSchema: {
    readonly input: (options: JsonSchemaOptions) => Record<string, unknown>;
    readonly output: (options: JsonSchemaOptions) => Record<string, unknown>;
  };
  /** Types of the request. It does not exist at run time. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/**
 * The schema of a request for a model: JSON Schema (draft 2020-12) as plain data, and Standard Schema by its property
 * `~standard`, which is not enumerable.
 */
export interface RequestSchema<Model extends ModelId = ModelId> extends JsonSchema {
  /** Draft 2020-12. */
  $schema: string;
  /** A request is an object. */
  type: "object";
  /** The fields of a request. */
  properties: Record<string, JsonSchema>;
  /** The required fields. */
  required: string[];
  /** Standard Schema and Standard JSON Schema. */
  readonly "~standard": StandardProps<RequestOf<Model>, RequestOf<Model> & { model: Model }>;
}
