/** Any JSON value, as it comes off a wire or out of a file. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A JSON object. */
export type JsonObject = { [key: string]: Json };

/** A JSON Schema document (draft 2020-12), kept opaque: we write and forward schemas, we never interpret them here. */
export type JsonSchema = JsonObject;
