/** Which runs are news: what a document holds when it is opened is not, however late the engine tells of it. */

/** Tells whether the run in view is another than before. `id`: null without any, undefined while the engine has not said. */
export type RunWatch = (epoch: number, id: number | null | undefined) => boolean;

/** `epoch`: which document is open. The first answer of each is what it was left with. */
export function createRunWatch(): RunWatch {
  let before: { readonly epoch: number; readonly id: number | null } | null = null;
  return (epoch, id) => {
    if (id === undefined) return false;
    const isNews = before?.epoch === epoch && id !== null && id !== before.id;
    before = { epoch, id };
    return isNews;
  };
}
