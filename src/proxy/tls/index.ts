export { makeBroker } from "./broker.ts";
export { bundleWith, trustVariables } from "./bundle.ts";
export { makeAuthority } from "./certificate.ts";
