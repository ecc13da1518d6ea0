export { chatEvents } from "./chat.ts";
export { type ManualClock, manualClock } from "./clock.ts";
export { linesOf } from "./lines.ts";
export { messagesEvents } from "./messages.ts";
export { type ModelServer, startModelServer } from "./model-server.ts";
export { NO_LOCAL_SERVERS } from "./no-local-servers.ts";
export { call, callCustom, type ServerOutput as Output, say, think } from "./output.ts";
export { type End, respond, responseEvents } from "./responses.ts";
export {
  createGate,
  encodeEvent,
  type RecordedRequest,
  type Reply,
  type ServerScript as Script,
  type ServerStep as Step,
  type SseEvent,
  together,
} from "./script.ts";
export { PIXEL_PNG, type TempProject, tempProject } from "./temp-project.ts";
