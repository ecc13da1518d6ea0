/** An embedded file: in a compiled binary its path lies under /$bunfs, where it can be read but not executed. */
declare module "*.bin" {
  const path: string;
  export default path;
}

/** Set by scripts/build.ts: the SHA-256 of the launcher that goes into the binary. */
declare const MOAT_LAUNCHER_SHA256: string | undefined;
