/** Who is plugged in where: a row a guest, a column a bridge of its hypervisor; in each cell NIC, tap and MAC, as `virsh domiflist` tells them. */
import type { Cable, Cabling } from '../../view/index.ts';
import { Glyph } from '../glyphs/Glyph.tsx';
import { isSameThing, type Lit } from '../picture/lit.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

interface CablingTableProps {
  readonly cabling: readonly Cabling[];
  readonly onLit: (lit: Lit) => void;
}

export function CablingTable({ cabling, onLit }: CablingTableProps) {
  return (
    <div className="deployment-scroll scroll">
      {cabling.map((one) => (
        <table key={one.hypervisor} className="cabling">
          <caption>
            <b>{one.hypervisor}</b>
            {one.inside !== null && <span>runs inside {one.inside}, and runs guests itself</span>}
          </caption>
          <thead>
            <tr>
              <th scope="col">Guest</th>
              {one.bridges.map(({ name, kind }) => (
                <th key={name} scope="col">
                  <span>
                    <Glyph name={kind === 'ovs' ? 'ovs' : 'bridge'} size={14} />
                    {name}
                  </span>
                </th>
              ))}
              {isLoose(one) && <th scope="col">on no bridge</th>}
            </tr>
          </thead>
          <tbody>
            {one.guests.map(({ name, cables }) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                {one.bridges.map((bridge) => (
                  <td key={bridge.name}>
                    {cables
                      .filter((cable) => cable.bridge === bridge.name)
                      .map((cable) => (
                        <CableButton key={cable.tap} cable={cable} onLit={onLit} />
                      ))}
                  </td>
                ))}
                {isLoose(one) && (
                  <td>
                    {cables
                      .filter(({ bridge }) => bridge === null)
                      .map((cable) => (
                        <CableButton key={cable.tap} cable={cable} onLit={onLit} />
                      ))}
                  </td>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      ))}
    </div>
  );
}

const isLoose = ({ guests }: Cabling): boolean =>
  guests.some(({ cables }) => cables.some(({ bridge }) => bridge === null));

function CableButton({
  cable,
  onLit,
}: {
  readonly cable: Cable;
  readonly onLit: CablingTableProps['onLit'];
}) {
  const { select } = useActions();
  const [nic, , tap] = cable.things;
  const selected = usePage(
    ({ selection: { subject } }) =>
      subject !== null && (isSameThing(subject, nic) || isSameThing(subject, tap)),
  );
  return (
    <button
      type="button"
      className="cable"
      aria-pressed={selected}
      onClick={() => {
        select(tap);
        onLit({ things: cable.things, broken: cable.down === '' ? [] : [nic], frame: null });
      }}
    >
      <span className="cable-line">
        <code>{cable.nic}</code>
        <i aria-hidden className={cable.down === '' ? 'cable-wire' : 'cable-wire cable-cut'} />
        <code>{cable.tap}</code>
      </span>
      <code className="cable-mac">{cable.mac}</code>
      {cable.down !== '' && <span className="cable-down">{cable.down}</span>}
    </button>
  );
}
