/** `curl` 7.88.1 for HTTP: a request, and those that its answer leads to. */
import { parseIp } from '../../linux/family.ts';
import { deferred } from '../deferred.ts';
import type { Exit, Invocation, RunningProgram } from '../program.ts';
import { parseCurl, type CurlOptions } from './options.ts';
import { findAddress, placeOf, withScheme, type Refusal } from './place.ts';
import { Transfer, type CurlHost, type Journey } from './transfer.ts';

const VERSION =
  'curl 7.88.1 (x86_64-pc-linux-gnu) libcurl/7.88.1\nRelease-Date: 2023-02-20\nProtocols: http\n';

/** `argv[0]` is the program's name. */
export function curl(invocation: Invocation<CurlHost>): Exit | RunningProgram {
  const { argv, output } = invocation;
  const parsed = parseCurl(argv.slice(1));
  if (!parsed.ok) {
    output.err(parsed.error);
    return { status: 2 };
  }
  const options = parsed.value;
  if (options.showsVersion) {
    output.out(VERSION);
    return { status: 0 };
  }
  const journey = { redirects: 0, headSize: 0, requestSize: 0, isOld: false };
  return request(invocation, options, withScheme(options.url ?? ''), journey);
}

/** One request, and those that its answer leads to. */
function request(
  invocation: Invocation<CurlHost>,
  options: CurlOptions,
  url: string,
  journey: Omit<Journey, 'follow'>,
): Exit | RunningProgram {
  const fail = ({ status, text }: Refusal): Exit => {
    if (!options.isSilent || options.showsErrors) invocation.output.err(`curl: (${status}) ${text}\n`);
    return { status };
  };
  const place = placeOf(url);
  if ('status' in place) return fail(place);
  const bare = place.host.replace(/^\[(.*)\]$/, '$1');
  const literal = parseIp(bare);
  if (literal !== undefined && options.family !== null && literal.family !== options.family)
    return fail({ status: 7, text: "Couldn't connect to server" });
  const { resolver } = invocation.host;
  const given = options.addresses.get(`${bare}:${place.port}`) ?? place.host;
  return deferred((go) =>
    findAddress(given, options.family, resolver, (address) => {
      if (address === undefined) {
        go(fail({ status: 6, text: `Could not resolve host: ${bare}` }));
        return;
      }
      const follow: Journey['follow'] = (next, so) => request(invocation, options, next, so);
      const transfer = new Transfer(invocation, options, { ...place, url, address }, { ...journey, follow });
      transfer.start();
      go(transfer);
    }),
  );
}
