/** What of a network is on one machine: its devices with their addresses, the NIC that they go out by, the taps that it passes. */
import { subjectId, type L2Member } from '../../view/index.ts';
import { isSameThing } from '../picture/lit.ts';
import { useActions, usePage } from '../store/StoreProvider.tsx';

/** More taps than this are counted. */
const MOST_TAPS = 6;

const WORDS: Readonly<Record<L2Member['role'], string>> = {
  access: 'access',
  trunk: 'trunk',
  native: 'native',
  device: '',
  port: '',
};

interface L2CellProps {
  readonly members: readonly L2Member[];
  /** Of the network: `20`, `flat`. */
  readonly code: string;
  readonly isLit: boolean;
  readonly isMissing: boolean;
  readonly onRow: () => void;
}

/** Without those that every device gives itself. */
const given = ({ addresses }: L2Member): readonly string[] =>
  addresses.filter((one) => !one.startsWith('fe80:'));
const isNic = (member: L2Member): boolean =>
  (member.kind === 'physical' || member.kind === 'bond') && given(member).length === 0;
const isTap = (member: L2Member): boolean => member.kind === 'tap' && given(member).length === 0;

export function L2Cell({ members, code, isLit, isMissing, onRow }: L2CellProps) {
  const here = usePage((state) => {
    const { subject } = state.selection;
    return subject !== null && members.some((one) => isSameThing(one.subject, subject));
  });
  const nics = members.filter(isNic);
  const taps = members.filter(isTap);
  const devices = members.filter((one) => !isNic(one) && !isTap(one));
  if (members.length === 0)
    return (
      <td className={isMissing ? 'l2-missing' : 'l2-none'}>{isMissing ? <Missing /> : 'no device here'}</td>
    );
  return (
    <td className={here && isLit ? 'l2-here' : undefined} data-here={(here && isLit) || undefined}>
      {isMissing && <Missing />}
      {devices.map((member) => (
        <Member key={keyOf(member)} member={member} onRow={onRow} />
      ))}
      {nics.length > 0 && (
        <div className="l2-by">
          <span>{devices.length > 0 ? 'on' : 'NIC'}</span>
          {nics.map((member) => (
            <Plain key={keyOf(member)} member={member} onRow={onRow} />
          ))}
          <span>{nics.some(({ role }) => role === 'trunk') ? `VLAN ${code}` : 'untagged'}</span>
        </div>
      )}
      {taps.length > 0 && (
        <div className="l2-by">
          {taps.slice(0, MOST_TAPS).map((member) => (
            <Plain key={keyOf(member)} member={member} onRow={onRow} />
          ))}
          {taps.length > MOST_TAPS && (
            <span title={taps.map(({ name }) => name).join(' ')}>+{taps.length - MOST_TAPS}</span>
          )}
        </div>
      )}
    </td>
  );
}

/** Files put the machine into this network, and it has no address in it. */
const Missing = () => <span className="l2-lost">no address here</span>;

const keyOf = ({ subject, role }: L2Member): string => subjectId(subject) + role;

function useSelected(member: L2Member): boolean {
  return usePage(
    ({ selection }) => selection.subject !== null && isSameThing(selection.subject, member.subject),
  );
}

interface MemberProps {
  readonly member: L2Member;
  readonly onRow: () => void;
}

/** A device by its name alone. */
function Plain({ member, onRow }: MemberProps) {
  const { select } = useActions();
  const selected = useSelected(member);
  return (
    <button
      type="button"
      className={`l2-plain${member.up ? '' : ' l2-down'}`}
      aria-pressed={selected}
      title={member.up ? undefined : `${member.name} is down`}
      onClick={() => {
        onRow();
        select(member.subject);
      }}
    >
      {member.name}
    </button>
  );
}

function Member({ member, onRow }: MemberProps) {
  const { select } = useActions();
  const selected = useSelected(member);
  const { name, where, role, vips, up } = member;
  const own = given(member).filter((one) => !vips.includes(one));
  return (
    <button
      type="button"
      className="l2-member"
      aria-pressed={selected}
      onClick={() => {
        onRow();
        select(member.subject);
      }}
    >
      <span>
        <b className={up ? undefined : 'l2-down'}>{name}</b>
        {where !== '' && where !== name && <i title={where}>{where}</i>}
        {WORDS[role] !== '' && <i>{WORDS[role]}</i>}
        {!up && <i>down</i>}
      </span>
      {own.length > 0 && <code>{own.join(' ')}</code>}
      {vips.map((one) => (
        <code key={one} className="l2-vip">
          <abbr title="Virtual address, moved between machines">VIP</abbr> {one}
        </code>
      ))}
    </button>
  );
}
