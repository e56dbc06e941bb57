import { expect, it } from 'vitest';
import { TCP_FLAG } from '../../wire/index.ts';
import { nextTcpState, type TcpState } from './tcp-state.ts';

const { syn, ack, fin, rst } = TCP_FLAG;
const SEGMENTS = [syn, syn | ack, fin | ack, ack, rst, 0];

/**
 * What the Linux kernel made of a SYN, SYN+ACK, FIN, ACK, RST and a segment without flags: the state of the connection
 * afterwards, `-` where the segment was INVALID, `new` where a new connection began.
 */
const RECORDED = `
SYN_SENT    original  SYN_SENT    -           -         -           CLOSE -
SYN_SENT    reply     SYN_SENT2   SYN_RECV    -         SYN_SENT    CLOSE -
SYN_SENT2   original  SYN_SENT2   SYN_RECV    -         -           CLOSE -
SYN_SENT2   reply     SYN_SENT2   SYN_RECV    -         SYN_SENT2   CLOSE -
SYN_RECV    original  SYN_RECV    SYN_RECV    FIN_WAIT  ESTABLISHED CLOSE -
SYN_RECV    reply     -           SYN_RECV    FIN_WAIT  SYN_RECV    CLOSE -
ESTABLISHED original  ESTABLISHED -           FIN_WAIT  ESTABLISHED CLOSE -
ESTABLISHED reply     -           ESTABLISHED FIN_WAIT  ESTABLISHED CLOSE -
FIN_WAIT    original  FIN_WAIT    -           LAST_ACK  CLOSE_WAIT  CLOSE -
FIN_WAIT    reply     -           FIN_WAIT    LAST_ACK  CLOSE_WAIT  CLOSE -
CLOSE_WAIT  original  CLOSE_WAIT  -           LAST_ACK  CLOSE_WAIT  CLOSE -
CLOSE_WAIT  reply     -           CLOSE_WAIT  LAST_ACK  CLOSE_WAIT  CLOSE -
LAST_ACK    original  LAST_ACK    -           LAST_ACK  TIME_WAIT   CLOSE -
LAST_ACK    reply     -           LAST_ACK    LAST_ACK  TIME_WAIT   CLOSE -
TIME_WAIT   original  new         -           TIME_WAIT TIME_WAIT   CLOSE -
TIME_WAIT   reply     new         TIME_WAIT   TIME_WAIT TIME_WAIT   CLOSE -
CLOSE       original  new         -           CLOSE     CLOSE       CLOSE -
CLOSE       reply     -           CLOSE       CLOSE     CLOSE       CLOSE -
`;

it.each(RECORDED.trim().split('\n'))('%s', (line) => {
  const [state = '', direction, ...expected] = line.split(/\s+/);
  const words = SEGMENTS.map((flags) => {
    const verdict = nextTcpState(state as TcpState, flags, direction === 'reply');
    if (verdict === 'invalid') return '-';
    if (verdict === 'again') return 'new';
    return verdict === 'ignored' ? state : verdict;
  });
  expect(words).toEqual(expected);
});
