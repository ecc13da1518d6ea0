// What looks at a configuration and opens no thread: a door of its own, behind which neither the thread nor its tools lie.
export { serversFor } from "../local-servers.ts";
export { threadReach, usualReach } from "../outside.ts";
export { modelConfig } from "../settings.ts";
export { checkPlaces } from "../writable-places.ts";
