/** The pages that Python's http.server writes itself: errors, and the listing of a directory. */
import { encodeUtf8 } from '../../base/utf8.ts';

/** `html.escape(text, quote=False)`. */
const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** `urllib.parse.quote(text)`. */
const quoted = (text: string): string =>
  [...encodeUtf8(text)]
    .map((octet) => {
      const char = String.fromCharCode(octet);
      return /[\w.~/-]/.test(char) ? char : `%${octet.toString(16).toUpperCase().padStart(2, '0')}`;
    })
    .join('');

export const errorPage = (code: number, message: string, explanation: string): Uint8Array =>
  encodeUtf8(`<!DOCTYPE HTML>
<html lang="en">
    <head>
        <meta charset="utf-8">
        <title>Error response</title>
    </head>
    <body>
        <h1>Error response</h1>
        <p>Error code: ${code}</p>
        <p>Message: ${escaped(message)}.</p>
        <p>Error code explanation: ${code} - ${escaped(explanation)}.</p>
    </body>
</html>
`);

/** `path` as it was asked for, decoded; directories among `names` end with a slash. */
export function listingPage(path: string, names: readonly string[]): Uint8Array {
  const title = `Directory listing for ${escaped(path)}`;
  const key = (name: string): string => name.replace(/\/$/, '').toLowerCase();
  const items = names
    .toSorted((a, b) => (key(a) < key(b) ? -1 : Number(key(a) > key(b))))
    .map((name) => `<li><a href="${quoted(name)}">${escaped(name)}</a></li>\n`);
  return encodeUtf8(`<!DOCTYPE HTML>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title}</title>
</head>
<body>
<h1>${title}</h1>
<hr>
<ul>
${items.join('')}</ul>
<hr>
</body>
</html>
`);
}
