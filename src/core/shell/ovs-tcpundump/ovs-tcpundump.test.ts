import { expect, it } from 'vitest';
import { undump } from './ovs-tcpundump.ts';

it.each<readonly [string, string, readonly string[]]>([
  ['one packet', '10:00:00.0 IP x\n\t0x0000:  0001 0203\n\t0x0004:  04\n', ['0001020304']],
  ['two in a row', '\t0x0000:  0a0b\n\t0x0010:  0c\n\t0x0000:  ffff  ..\n', ['0a0b0c', 'ffff']],
  ['text between', '\t0x0000:  0a0b\nIP\n\t0x0010:  0c0d\n', ['0a0b', '0c0d']],
  ['nothing', 'IP 10.0.0.1 > 10.0.0.2\n', []],
  ['a lone carriage return, which ends no line', '\t0x0010:  aabb\r\t0x0000:  ccdd\n', ['aabb']],
  ['what Python takes for space', '\u001c0x10:  aabb\n', ['aabb']],
  ['octets with their characters', '\t0x0000:  4142 4344  ABCD\n', ['41424344']],
])('reads %s', (_, text, packets) => {
  expect(undump(text)).toEqual(packets);
});
