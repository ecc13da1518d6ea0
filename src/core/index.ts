export type { EventSink, ThreadServices, ThreadSettings } from "./settings.ts";
export { Thread, type ThreadStart } from "./thread.ts";
