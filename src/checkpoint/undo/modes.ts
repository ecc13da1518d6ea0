// Permissions that undo gives for a while: whoever goes on with it knows them for its own.

/** Of a directory that it makes, and of one for what is put aside, until it is filled. */
export const MADE_DIRECTORY = 0o700;

/** Of a file that it makes, until it is whole. */
export const MADE_FILE = 0o600;

/** Of its owner: to write and to search in a directory. */
export const CHANGEABLE = 0o300;

/** Of its owner: to write into a file. */
export const WRITABLE = 0o200;
