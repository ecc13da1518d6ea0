/** What stands in an empty composer when nothing runs. */
export const PLACEHOLDER = "What shall be done?";
