export { opJsonSchema } from "./op-schema.ts";
export { runProto } from "./proto.ts";
