/** What kind of files were chosen or dropped: databases for the engine, or an exported picture with a document in it. */
import type { Deed, HopscopeDocument } from '../../engine/document.ts';
import { isScript, parseScript, readExported } from '../../export/index.ts';

export type SortedFiles =
  | {
      readonly kind: 'databases';
      readonly files: readonly { readonly name: string; readonly octets: Uint8Array }[];
    }
  | { readonly kind: 'document'; readonly document: HopscopeDocument }
  | { readonly kind: 'script'; readonly name: string; readonly deeds: readonly Deed[] }
  | {
      readonly kind: 'refused';
      readonly title: string;
      readonly message: string;
      readonly place: string;
      readonly remedy: string;
    };

const isPng = (octets: Uint8Array): boolean =>
  octets[0] === 0x89 && octets[1] === 0x50 && octets[2] === 0x4e && octets[3] === 0x47;

const isSvg = (octets: Uint8Array): boolean =>
  new TextDecoder().decode(octets.subarray(0, 1024)).includes('<svg');

const isDocument = (octets: Uint8Array): boolean =>
  /^\s*\{\s*"format":\s*"hopscope"/.test(new TextDecoder().decode(octets.subarray(0, 64)));

/** Looks at the octets, not at the names. */
export async function sortOutFiles(files: readonly File[]): Promise<SortedFiles> {
  const read = await Promise.all(
    files.map(async (file) => ({ name: file.name, octets: new Uint8Array(await file.arrayBuffer()) })),
  );
  const script = read.find(({ octets }) => isScript(new TextDecoder().decode(octets.subarray(0, 64))));
  if (script) {
    const deeds = parseScript(new TextDecoder().decode(script.octets));
    if (deeds.ok) return { kind: 'script', name: script.name, deeds: deeds.value };
    return {
      kind: 'refused',
      title: `${script.name} could not be run`,
      message: deeds.error,
      place: script.name,
      remedy: 'Nothing of it was run. Mend the line and open the file again.',
    };
  }
  const picture = read.find(({ octets }) => isPng(octets) || isSvg(octets) || isDocument(octets));
  if (!picture) return { kind: 'databases', files: read };
  const document = readExported(picture.octets, picture.name);
  if (document.ok) return { kind: 'document', document: document.value };
  return {
    kind: 'refused',
    title: `${picture.name} could not be opened`,
    message: document.error,
    place: picture.name,
    remedy: 'Choose a picture or document that was saved here, or a database file.',
  };
}
