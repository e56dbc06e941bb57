/** Names as pictures write them: a uuid shows its first eight digits, the whole name is told where a thing is selected or copied. */

const UUID = /\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/gi;

/** `name` with every uuid in it shortened. */
export const shownName = (name: string): string => name.replaceAll(UUID, '$1');
