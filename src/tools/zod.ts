// What tools read their arguments with. Imported as a whole at the first call: a bundler leaves out the rest of the package, and a
// plain answer pays for none of it.
export { array, boolean, enum, minLength, nullable, number, object, optional, string } from "zod/mini";
