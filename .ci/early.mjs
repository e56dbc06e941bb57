// The page's entry is small and asks for the rest; the browser is told of that rest in the page itself, so that it loads at once.

/** Puts a preload of the page's main part and of all it needs into index.html. */
export function early(main) {
  return {
    name: 'early',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter(({ type }) => type === 'chunk');
        const root = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(main));
        if (!root) return html;
        const files = new Set();
        const add = (name) => {
          if (files.has(name)) return;
          files.add(name);
          for (const other of chunks.find(({ fileName }) => fileName === name)?.imports ?? []) add(other);
        };
        add(root.fileName);
        const styles = chunks
          .filter(({ fileName }) => files.has(fileName))
          .flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]);
        const known = (name) => html.includes(name);
        const tags = [
          ...[...files]
            .filter((name) => !known(name))
            .map((name) => ({
              tag: 'link',
              attrs: { rel: 'modulepreload', crossorigin: true, href: `./${name}` },
              injectTo: 'head',
            })),
          ...styles
            .filter((name) => !known(name))
            .map((name) => ({
              tag: 'link',
              attrs: { rel: 'stylesheet', crossorigin: true, href: `./${name}` },
              injectTo: 'head',
            })),
        ];
        return { html, tags };
      },
    },
  };
}
