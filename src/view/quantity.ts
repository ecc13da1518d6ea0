/** Quantities as people say them; one place for all front ends that draw. */

/** A time in ms: `0.4 s`, `48 s`, `2 min 10 s`, `1 h 5 min`. */
export function duration(ms: number): string {
  const tenths = Math.max(0, Math.round(ms / 100));
  if (tenths < 100) return ms > 0 && tenths === 0 ? "< 0.1 s" : `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return both(seconds, 60, "min", "s");
  const minutes = Math.round(seconds / 60);
  return minutes < 1440 ? both(minutes, 60, "h", "min") : both(Math.round(minutes / 60), 24, "d", "h");
}

function both(value: number, per: number, large: string, small: string): string {
  const rest = value % per;
  const whole = `${Math.floor(value / per)} ${large}`;
  return rest === 0 ? whole : `${whole} ${rest} ${small}`;
}

/** A number in the largest unit that needs no more than three digits: `58`, `3.1k`, `14.2k`, `123k`, `1.2M`. */
export function count(value: number): string {
  return inUnits(value, ["", "k", "M", "G"]);
}

/** Bytes: `999 B`, `1.2 kB`, `14.2 MB`. */
export function size(bytes: number): string {
  return inUnits(bytes, [" B", " kB", " MB", " GB", " TB"]);
}

function inUnits(value: number, units: readonly string[]): string {
  let [rest, unit] = [value, 0];
  // What would be rounded up to four digits has the next unit.
  for (; rest >= 999.5 && unit < units.length - 1; unit++) rest /= 1000;
  const digits = unit === 0 || rest >= 99.95 ? String(Math.round(rest)) : String(Number(rest.toFixed(1)));
  return `${digits}${units[unit]}`;
}

/** US dollars: `$0.04`, `$12.30`, below a cent `$0.004`. */
export function money(dollars: number): string {
  if (dollars > 0 && dollars < 0.0005) return "< $0.001";
  return `$${dollars.toFixed(dollars > 0 && dollars < 0.01 ? 3 : 2)}`;
}

/** `1 file`, `3 files`. */
export function several(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
