/**
 * The descriptor on which a shell tells its state: one digit, which every shell can redirect, and none of those that profiles use for
 * themselves (3 and 4 for a copy of the terminal, 9 for a lock).
 */
export const STATE = 7;
