/** A library that is part of Bun's executable, and so of moat's. */
interface RuntimePart {
  name: string;
  /** SPDX expression, as Bun's own LICENSE.md has it. */
  license: string;
}

/** The Bun that the list below was read for: another may link something else. */
export const RUNTIME_VERSION = "1.4.5";

/** What that Bun links statically, by its LICENSE.md. */
export const RUNTIME_PARTS: RuntimePart[] = [
  { name: "Bun", license: "MIT" },
  { name: "JavaScriptCore and parts of WebKit and WebCore", license: "LGPL-2.0-or-later" },
  { name: "tinycc", license: "LGPL-2.1-only" },
  { name: "boringssl", license: "Apache-2.0 AND ISC AND OpenSSL" },
  { name: "brotli", license: "MIT" },
  { name: "libarchive", license: "BSD-2-Clause" },
  { name: "lol-html", license: "BSD-3-Clause" },
  { name: "ls-hpack", license: "MIT" },
  { name: "ls-qpack", license: "MIT" },
  { name: "lsquic", license: "MIT AND BSD-3-Clause" },
  { name: "mimalloc", license: "MIT" },
  { name: "picohttpparser", license: "MIT" },
  { name: "zstd", license: "BSD-3-Clause" },
  { name: "simdutf", license: "Apache-2.0" },
  { name: "uSockets, uWebSockets", license: "Apache-2.0" },
  { name: "zlib-ng", license: "Zlib" },
  { name: "c-ares", license: "MIT" },
  { name: "ICU", license: "Unicode-3.0" },
  { name: "libbase64", license: "BSD-2-Clause" },
  { name: "libuv (Windows)", license: "MIT" },
  { name: "libdeflate", license: "MIT" },
  { name: "libjpeg-turbo", license: "BSD-3-Clause AND IJG AND Zlib" },
  { name: "libspng", license: "BSD-2-Clause" },
  { name: "libwebp", license: "BSD-3-Clause" },
  { name: "highway", license: "Apache-2.0" },
  { name: "uucode", license: "MIT" },
  { name: "libc++abi (__cxa_thread_atexit)", license: "Apache-2.0 WITH LLVM-exception" },
];
