import { expect, it } from 'vitest';
import { uuidStart } from './uuid-start.ts';

it.each([
  ['0f3e9d1c', '0f3e9d1c'],
  ['0F3E9D1C', '0f3e9d1c'],
  ['0f3e9d1c-77', '0f3e9d1c-77'],
  ['0f3e9d1c77aa4', '0f3e9d1c-77aa-4'],
  ['0f3e9d1c-77aa-4bcd-8e01-0123456789ab', '0f3e9d1c-77aa-4bcd-8e01-0123456789ab'],
  [' 0f3e9d1c-77aa-4bcd-8e01-0123456789ab\n', '0f3e9d1c-77aa-4bcd-8e01-0123456789ab'],
  ['cookie=0x0f3e9d1c,', '0f3e9d1c'],
  ['0xf3e9d1c', '0f3e9d1c'],
  ['uuid 0f3e9d1c', '0f3e9d1c'],
  ['_uuid               : 0f3e9d1c-77aa-4bcd-8e01-0123456789ab', '0f3e9d1c-77aa-4bcd-8e01-0123456789ab'],
  ['(0f3e9d1c)', '0f3e9d1c'],
  ['0f3e9d1', null],
  ['0x10', null],
  ['192.168.0.11', null],
  ['40:44:00:00:00:02', null],
  ['0f3e9d1c77aa4bcd8e010123456789ab0', null],
  ['vm1', null],
  ['', null],
])('%j names rows that begin with %j', (text, expected) => expect(uuidStart(text)).toBe(expected));
