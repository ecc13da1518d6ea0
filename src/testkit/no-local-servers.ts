/** Nobody listens on port 1: what runs on the usual ports of this machine is none of a test's business. */
export const NO_LOCAL_SERVERS: Readonly<Record<string, string>> = Object.fromEntries(
  ["OLLAMA", "LMSTUDIO", "LLAMA_CPP"].map((name) => [`${name}_BASE_URL`, "http://127.0.0.1:1/v1"]),
);
