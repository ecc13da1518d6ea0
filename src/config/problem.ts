/** Where a setting comes from, weakest first. `requirements` beats all. */
export type LayerName = "default" | "environment" | "user" | "profile" | "project" | "flag" | "requirements";

/** What is wrong with the configuration, and where. `message` says what, why and what to do, without the place. */
export interface ConfigError {
  message: string;
  /** Absolute path; null for a flag or a variable. */
  file: string | null;
  /** 1-based; null when the place in the file is not known. */
  line: number | null;
  column: number | null;
  /** Dotted; null when it is about the whole file. */
  key: string | null;
  /** What the value should have been; null when the value is not the problem. */
  expected: string | null;
  /** The known key or value that was likely meant. */
  nearest: string | null;
}

/** The same with its place in front: `/path/config.toml:3:7: …`. */
export function errorText(error: ConfigError): string {
  if (error.file === null) return error.message;
  const place = error.line === null ? error.file : `${error.file}:${error.line}:${error.column ?? 1}`;
  return `${place}: ${error.message}`;
}

export function fileError(file: string | null, message: string, more: Partial<ConfigError> = {}): ConfigError {
  return { message, file, line: null, column: null, key: null, expected: null, nearest: null, ...more };
}
