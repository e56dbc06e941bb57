/** The settings under net.* of one namespace, as text, with the links between `all`, `default` and the devices. */
import { CONF4, CONF6, GLOBAL_DEFAULTS, NEIGH4, NEIGH6 } from './sysctl-defaults.table.ts';

type Listener = (key: string, value: string) => void;

const DEVICE_GROUPS = [
  ['net.ipv4.conf.', CONF4],
  ['net.ipv6.conf.', CONF6],
  ['net.ipv4.neigh.', NEIGH4],
  ['net.ipv6.neigh.', NEIGH6],
] as const;

/** A device name as a sysctl key writes it: a full stop in it becomes a slash. */
const keyPart = (device: string): string => device.replaceAll('.', '/');

export class Sysctl {
  readonly #values = new Map<string, string>(Object.entries(GLOBAL_DEFAULTS));
  readonly #listeners: Listener[] = [];
  /** Numbers that were read, by prefix, device and name, until something changes. */
  readonly #numbers = new Map<string, Map<string, Map<string, number>>>();

  constructor() {
    for (const [prefix, group] of DEVICE_GROUPS)
      for (const [name, [all, others]] of Object.entries(group)) {
        if (all !== null) this.#values.set(`${prefix}all.${name}`, all);
        this.#values.set(`${prefix}default.${name}`, others);
      }
  }

  /** Called after every change, once for each key that changed. */
  listen(listener: Listener): void {
    this.#listeners.push(listener);
  }

  has(key: string): boolean {
    return this.#values.has(key);
  }

  get(key: string): string | undefined {
    return this.#values.get(key);
  }

  number(key: string): number {
    return Number(this.#values.get(key) ?? '0');
  }

  /** `number` of a device's setting, kept by its parts: it is read for every packet. */
  #setting(prefix: string, device: string, name: string): number {
    const group = this.#numbers.get(prefix) ?? new Map<string, Map<string, number>>();
    const settings = group.get(device) ?? new Map<string, number>();
    const known = settings.get(name);
    if (known !== undefined) return known;
    const value = this.number(`${prefix}${keyPart(device)}.${name}`);
    this.#numbers.set(prefix, group.set(device, settings.set(name, value)));
    return value;
  }

  /** Setting of one device: `conf4('eth0', 'rp_filter')`. */
  conf4(device: string, name: string): number {
    return this.#setting('net.ipv4.conf.', device, name);
  }

  conf6(device: string, name: string): number {
    return this.#setting('net.ipv6.conf.', device, name);
  }

  /** The larger of the device's value and `all`'s, as the kernel combines most IPv4 settings. */
  max4(device: string, name: string): number {
    return Math.max(this.conf4('all', name), this.conf4(device, name));
  }

  neigh(family: 4 | 6, device: string, name: string): number {
    return this.#setting(family === 4 ? 'net.ipv4.neigh.' : 'net.ipv6.neigh.', device, name);
  }

  /** All keys in order of the tree, as `sysctl -a` walks it. */
  keys(): string[] {
    return [...this.#values.keys()].sort();
  }

  set(key: string, value: string): void {
    this.#assign(key, value);
    if (key === 'net.ipv4.ip_forward') this.#forwarding4(value);
    else if (key === 'net.ipv4.conf.all.forwarding') this.#forwarding4(value);
    else if (key === 'net.ipv6.conf.all.forwarding') this.#spread('net.ipv6.conf.', 'forwarding', value);
    else if (key === 'net.ipv6.conf.all.disable_ipv6') this.#spread('net.ipv6.conf.', 'disable_ipv6', value);
  }

  /** Gives a new device its settings: copies of `default`. */
  addDevice(device: string): void {
    this.#numbers.clear();
    const part = keyPart(device);
    for (const [prefix, group] of DEVICE_GROUPS)
      for (const [name, [, others, lo]] of Object.entries(group)) {
        const inherited = this.#values.get(`${prefix}default.${name}`) ?? others;
        this.#values.set(`${prefix}${part}.${name}`, device === 'lo' ? lo : inherited);
      }
  }

  removeDevice(device: string): void {
    this.#numbers.clear();
    const part = keyPart(device);
    for (const [prefix, group] of DEVICE_GROUPS)
      for (const name of Object.keys(group)) this.#values.delete(`${prefix}${part}.${name}`);
  }

  renameDevice(from: string, to: string): void {
    this.#numbers.clear();
    for (const [prefix, group] of DEVICE_GROUPS)
      for (const name of Object.keys(group)) {
        const value = this.#values.get(`${prefix}${keyPart(from)}.${name}`);
        this.#values.delete(`${prefix}${keyPart(from)}.${name}`);
        if (value !== undefined) this.#values.set(`${prefix}${keyPart(to)}.${name}`, value);
      }
  }

  #assign(key: string, value: string): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    this.#numbers.clear();
    for (const listener of this.#listeners) listener(key, value);
  }

  #forwarding4(value: string): void {
    this.#assign('net.ipv4.ip_forward', value);
    this.#assign('net.ipv4.conf.all.forwarding', value);
    this.#spread('net.ipv4.conf.', 'forwarding', value);
  }

  #spread(prefix: string, name: string, value: string): void {
    for (const key of [...this.#values.keys()])
      if (key.startsWith(prefix) && key.endsWith(`.${name}`) && !key.startsWith(`${prefix}all.`))
        this.#assign(key, value);
  }
}
