/**
 * The container of database files (ovsdb(5)): records of one JSON object each, headed by `OVSDB <magic> <size> <sha1>`.
 * Reading stops at the first damage and says, in ovsdb-tool's words, what and where it is.
 */
import type { Problem } from '../base/result.ts';
import { decodeUtf8, encodeUtf8 } from '../base/utf8.ts';
import { concatBytes } from '../base/bytes.ts';
import { sha1 } from './sha1.ts';
import { isObject, type Json, type JsonObject } from './value-json.ts';

/** One record with the offset of its header. */
export interface LogRecord {
  readonly offset: number;
  readonly json: JsonObject;
}

export interface Log {
  /** `JSON` for a standalone database, `CLUSTER` for a clustered one; undefined when the file is something else. */
  readonly magic: string | undefined;
  readonly records: readonly LogRecord[];
  /** Why reading ended before the end of the file. */
  readonly problem: Problem | undefined;
}

const HEADER = /^OVSDB (\S*) (\d+) ([0-9a-f]{40})\n$/i;
const NEWLINE = 10;
/** The longest header line that the real reader takes, newline included. */
const HEADER_SIZE = 127;

interface Header {
  readonly line: string;
  readonly size: number;
  readonly parsed: { readonly magic: string; readonly length: number; readonly hash: string } | undefined;
}

function readHeader(octets: Uint8Array, offset: number): Header {
  const limit = Math.min(octets.length, offset + HEADER_SIZE);
  const newline = octets.subarray(offset, limit).indexOf(NEWLINE);
  const end = newline < 0 ? limit : offset + newline + 1;
  const line = decodeUtf8(octets, offset, end);
  const match = HEADER.exec(line);
  const length = Number(match?.[2] ?? 0);
  const parsed =
    match === null || length === 0
      ? undefined
      : { magic: match[1] ?? '', length, hash: (match[3] ?? '').toLowerCase() };
  return { line, size: end - offset, parsed };
}

function parseBody(text: string): { readonly json: Json } | { readonly wrong: string } {
  try {
    return { json: JSON.parse(text) as Json };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

/** Reads all records that are whole. `name` stands for the file in messages. Never throws. */
export function readLog(octets: Uint8Array, name: string): Log {
  const records: LogRecord[] = [];
  let magic: string | undefined;
  const stop = (message: string, offset: number): Log => ({
    magic,
    records,
    problem: { message, place: { offset, file: name } },
  });
  if (octets.length === 0) return stop(`ovsdb error: ${name}: cannot identify file type`, 0);
  for (let offset = 0; offset < octets.length;) {
    const { line, size, parsed } = readHeader(octets, offset);
    if (parsed === undefined && magic === undefined)
      return stop(`ovsdb error: ${name}: unexpected file format`, offset);
    if (magic === undefined && parsed?.magic !== 'JSON' && parsed?.magic !== 'CLUSTER')
      return stop(`ovsdb error: ${name}: cannot identify file type`, offset);
    magic ??= parsed?.magic;
    if (parsed === undefined || parsed.magic !== magic)
      return stop(
        `syntax error: ${name}: parse error at offset ${offset} in header line "${line.replace(/\n.*$/s, '')}"`,
        offset,
      );
    const start = offset + size;
    const end = start + parsed.length;
    if (end > octets.length) {
      // The real reader takes 8192 octets at a time and reports what is left to read when it fails.
      const left = parsed.length - Math.floor((octets.length - start) / 8192) * 8192;
      return stop(
        `I/O error: ${name}: error reading ${left} bytes starting at offset ${start} (End of file)`,
        start,
      );
    }
    const where = `${name}: ${parsed.length} bytes starting at offset ${start}`;
    const hash = sha1(octets, start, end);
    if (hash !== parsed.hash)
      return stop(
        `syntax error: ${where} have SHA-1 hash ${hash} but should have hash ${parsed.hash}`,
        start,
      );
    const body = parseBody(decodeUtf8(octets, start, end));
    if ('wrong' in body) return stop(`syntax error: ${where} are not valid JSON (${body.wrong})`, start);
    if (!isObject(body.json)) return stop(`syntax error: ${where} are not a JSON object`, start);
    records.push({ offset, json: body.json });
    offset = end;
  }
  return { magic, records, problem: undefined };
}

/** The octets of a log with these records. */
export function writeLog(magic: string, records: readonly JsonObject[]): Uint8Array {
  return concatBytes(
    records.flatMap((record) => {
      const body = encodeUtf8(`${JSON.stringify(record)}\n`);
      return [encodeUtf8(`OVSDB ${magic} ${body.length} ${sha1(body)}\n`), body];
    }),
  );
}
