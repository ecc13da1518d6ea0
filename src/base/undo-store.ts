/**
 * Name of the directory of a user (by uid) with pre-images of files on a file system where MOAT_HOME is not: it lies above the workspace.
 * Undo puts it there, the sandbox hides it.
 */
export const undoStoreName = (uid: number): string => `.moat-undo-${uid}`;
