/** A terminal as people have it: its background and foreground, and the sixteen colours that a user may choose. */
export interface Look {
  name: "dark" | "light";
  background: string;
  foreground: string;
  sixteen: readonly string[];
}

/** The sixteen colours of xterm as it comes: what programs must be readable in. */
const XTERM =
  "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff"
    .split(" ")
    .map((part) => `#${part}`);

export const LOOKS: readonly Look[] = [
  { name: "dark", background: "#16181d", foreground: "#d8dee9", sixteen: XTERM },
  { name: "light", background: "#ffffff", foreground: "#24292f", sixteen: XTERM },
];

/** The colour with an index among xterm's 256: sixteen of the user, a cube of 6 × 6 × 6, 24 greys. */
export function colourTable({ sixteen }: Look): (index: number) => string {
  const hex = (parts: number[]) => `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
  const step = (at: number) => (at === 0 ? 0 : 55 + 40 * at);
  return (index) => {
    if (index < 16) return sixteen[index] ?? "#000000";
    if (index >= 232) return hex(Array(3).fill(8 + 10 * (index - 232)));
    const at = index - 16;
    return hex([Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(step));
  };
}
