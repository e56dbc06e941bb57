/** Reads a capture file of either format. */
import type { Problem, Result } from '../../base/result.ts';
import type { Capture } from './capture.ts';
import { readPcap } from './pcap.ts';
import { isPcapng, readPcapng } from './pcapng.ts';

/** An error, with its offset, for a file that is neither; damage later in the file becomes a problem of the capture. */
export const readCapture = (octets: Uint8Array): Result<Capture, Problem> =>
  isPcapng(octets) ? readPcapng(octets) : readPcap(octets);
