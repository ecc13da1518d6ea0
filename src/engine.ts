/**
 * Options of the engine, which the executable sets in its environment when it starts, on Linux with glibc (scripts/build/entry.ts).
 * What an agent does is short and varied, and seldom gets back what compiling it costs: docs/performance.md has the figures. No
 * command inherits them, as none inherits any `BUN_*`.
 */
export const ENGINE = {
  /** Off: a thread would touch room for objects ahead of need, 0.5 to 1 MB that most runs end without. */
  BUN_JSC_useWarmUpMarkedBlocks: "false",
  /** Steps after which a function is compiled as it stands; the engine's own figure is 500. */
  BUN_JSC_thresholdForJITAfterWarmUp: "2000",
  /** Steps after which it is compiled once more, by how it was used; 1,000 otherwise. What turns in a loop still comes to it. */
  BUN_JSC_thresholdForOptimizeAfterWarmUp: "300000",
} as const;
