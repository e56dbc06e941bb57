/** `external_ids:dynamic-routing-port-mapping`: which device a name of `dynamic-routing-port-name` means. */
import { scanKeyValue } from '../../../flow/key-value.ts';
import type { LogThread } from '../controller-log.ts';

/** `NAME=DEVICE,...`; what follows an entry without a device is not read, as `build_port_mapping` does. */
export function portMapping(text: string, log: LogThread): ReadonlyMap<string, string> {
  const mapping = new Map<string, string>();
  for (let scanned = scanKeyValue(text); scanned; scanned = scanKeyValue(scanned.rest)) {
    const { key, value } = scanned.part;
    if (value === '') {
      log.warn('exchange', `dynamic-routing-port-mapping setting '${scanned.rest}' is not valid.`);
      break;
    }
    mapping.set(key, value);
  }
  return mapping;
}
