/** `tcpdump -r`: packets of a capture file. */
import type { Result } from '../../base/result.ts';
import { readCapture } from '../../wire/index.ts';
import type { Exit, Invocation } from '../program.ts';
import { compileExpression } from './expression.ts';
import type { TcpdumpHost } from './host.ts';
import { linkTypeNumbered, linkTypeText } from './link-type.ts';
import { complain, type CaptureOptions, type Ending } from './options.ts';
import { Sink } from './sink.ts';

/** Reads, filters and prints (or writes) the packets of `path`; `expression` is the filter's text. */
export function readPackets(
  invocation: Invocation<TcpdumpHost>,
  options: CaptureOptions,
  path: string,
  expression: Result<string, Ending>,
): Exit {
  const { host, output, namespace } = invocation;
  const fail = (ending: Result<never, Ending>): Exit => {
    if (!ending.ok) output.err(ending.error.text);
    return { status: 1 };
  };
  const octets = host.files.read(path);
  if (octets === undefined) return fail(complain(`${path}: No such file or directory`));
  const capture = readCapture(octets);
  if (!capture.ok)
    return fail(
      complain(
        octets.length < 4
          ? `truncated dump file; tried to read 4 file header bytes, only got ${octets.length}`
          : capture.error.message,
      ),
    );
  const { interfaces, packets, problems } = capture.value;
  const [first] = interfaces;
  const number = first?.linkType ?? 1;
  const type = linkTypeNumbered(number);
  const snapLength = first?.snapLength ?? 0;
  output.err(
    `reading from file ${path}, link-type ${type === undefined ? number : linkTypeText(type)}, snapshot length ${snapLength}\n`,
  );
  if (type?.cooked === 2) output.err('Warning: interface names might be incorrect\n');
  if (type === undefined) return fail(complain(`link-type ${number} is not modelled`));
  if (!expression.ok) return fail(expression);
  const matches = compileExpression(expression.value, type, { live: false, optimize: options.optimize });
  if (!matches.ok) return fail(matches);
  const { links } = host.kernel.namespace(namespace);
  const sink = new Sink(
    options,
    output,
    host,
    type,
    snapLength,
    (ifindex) => links.get(ifindex)?.name,
    () => Math.floor(invocation.context.clock.wallMs() / 1000),
  );
  for (const packet of packets) {
    if (options.count !== null && sink.count >= options.count) break;
    if (matches.value({ octets: packet.octets, length: packet.length, outgoing: false, ifindex: 0 }))
      sink.take(packet);
  }
  sink.flush();
  const [problem] = problems;
  const isCut = problem !== undefined && (options.count === null || sink.count < options.count);
  if (isCut) output.err(`tcpdump: pcap_loop: ${problem.message}\n`);
  if (options.countOnly) output.out(`${sink.count} packet${sink.count === 1 ? '' : 's'}\n`);
  return { status: isCut ? 1 : 0 };
}
