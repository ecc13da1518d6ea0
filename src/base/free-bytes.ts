/**
 * Frees the memory of bytes at once: a stream brings them faster than the collector looks for them, which doubles what the process
 * takes. Only of those that have their memory for themselves; nobody may look at them from then on.
 */
export function freeBytes({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
}
