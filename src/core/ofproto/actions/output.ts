/** Text of the actions that send the packet somewhere: output, group, enqueue, and the register and truncated forms. */
import { err, ok, type Result } from '../../base/result.ts';
import { parseUint32 } from '../../flow/c-integer.ts';
import { keyValues } from '../../flow/key-value.ts';
import { formatPort, parsePort } from '../../flow/ofport-text.ts';
import { OFPP } from '../../flow/ofport.table.ts';
import { formatSubfield, parseSubfield } from '../../flow/subfield-text.ts';
import type { ActFormatter, ActParse, ActParser } from './act-text.ts';
import type { OfpAct } from './ofpact.ts';

const ETH_HEADER_SIZE = 14;

function parseTruncated(text: string, parse: ActParse): Result<OfpAct> {
  let port = 0;
  let maxLen = 0;
  for (const { key, value } of keyValues(text)) {
    if (key === 'port') {
      const found = parsePort(value, parse.names, parse.warn);
      if (found === undefined) return err(`output to unknown truncate port: ${value}`);
      if (found > OFPP.max && found !== OFPP.local && found !== OFPP.inPort)
        return err(`output to unsupported truncate port: ${value}`);
      port = found;
    } else if (key === 'max_len') {
      const size = parseUint32(value);
      if (!size.ok) return size;
      maxLen = size.value;
      if (maxLen < ETH_HEADER_SIZE)
        return err(`max_len ${maxLen} is less than the minimum value ${ETH_HEADER_SIZE}`);
    } else {
      return err(`invalid key '${key}' in output_trunc argument`);
    }
  }
  return ok({ kind: 'output_trunc', port, maxLen });
}

const parseOutput: ActParser = (text, parse) => {
  if (text.includes('port') && text.includes('max_len')) return parseTruncated(text, parse);
  const port = parsePort(text, parse.names, parse.warn);
  if (port !== undefined) return ok({ kind: 'output', port, maxLen: port === OFPP.controller ? 65535 : 0 });
  const source = parseSubfield(text, parse.tlv);
  if (source.ok) return ok({ kind: 'output_reg', source: source.value, maxLen: 65535 });
  return err(`${text}: output to unknown port`);
};

const parseEnqueue: ActParser = (text, parse) => {
  // Tokens as strtok(3) makes them: the port ends at any of `:q,`, the queue is all that follows.
  const found = /^[:q,]*([^:q,]+)[:q,](.+)$/s.exec(text);
  if (!found) return err('"enqueue" syntax is "enqueue:PORT:QUEUE" or "enqueue(PORT,QUEUE)"');
  const [, portText = '', queueText = ''] = found;
  const port = parsePort(portText, parse.names, parse.warn);
  if (port === undefined) return err(`${portText}: enqueue to unknown port`);
  const queue = parseUint32(queueText);
  return queue.ok ? ok({ kind: 'enqueue', port, queue: queue.value }) : queue;
};

export const OUTPUT_PARSERS: Readonly<Record<string, ActParser>> = {
  output: parseOutput,
  output_reg: parseOutput,
  output_trunc: (text) => err(`unknown action ${text}`),
  enqueue: parseEnqueue,
  group: (text) => {
    const group = parseUint32(text);
    return group.ok ? ok({ kind: 'group', group: group.value }) : group;
  },
};

export const OUTPUT_FORMATTERS: {
  readonly [K in 'output' | 'output_reg' | 'output_trunc' | 'enqueue' | 'group']: ActFormatter<K>;
} = {
  output: ({ port, maxLen }, { names }) => {
    const text = `${port < OFPP.max ? 'output:' : ''}${formatPort(port, names)}`;
    return port === OFPP.controller ? `${text}:${maxLen}` : text;
  },
  output_reg: ({ source }) => `output:${formatSubfield(source)}`,
  output_trunc: ({ port, maxLen }, { names }) => `output(port=${formatPort(port, names)},max_len=${maxLen})`,
  enqueue: ({ port, queue }, { names }) => `enqueue:${formatPort(port, names)}:${queue}`,
  group: ({ group }) => `group:${group}`,
};
