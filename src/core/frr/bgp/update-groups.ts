/**
 * Update groups and the subgroups in them, numbered by the daemon in the order in which they are made (`bgp_updgrp.c`). A
 * neighbour that comes up joins a subgroup that has been told nothing yet, or begins one; once it was told the same as
 * another, the two become one.
 */
import type { Neighbour, NeighbourFamily } from './neighbour.ts';
import type { Speaker } from './speaker.ts';
import { updateGroup } from './update-group.ts';

interface Subgroup {
  readonly id: number;
  readonly members: Set<NeighbourFamily>;
  /** It went through the table. */
  isAnnounced: boolean;
  /** It moved to another group, and has to go through the table again before it is like others. */
  needsRefresh: boolean;
}

interface Group {
  readonly id: number;
  /** What sets it apart, as `updateGroup` numbers it. */
  readonly kind: number;
  /** Newest first. */
  readonly subgroups: Subgroup[];
}

/** A neighbour's place in the groups. */
export class GroupMembership {
  readonly #groups: Map<number, Group>;
  readonly #family: NeighbourFamily;
  group: Group;
  subgroup: Subgroup;

  constructor(groups: Map<number, Group>, family: NeighbourFamily, group: Group, subgroup: Subgroup) {
    this.#groups = groups;
    this.#family = family;
    this.group = group;
    this.subgroup = subgroup;
    subgroup.members.add(family);
  }

  /** Takes the neighbour out; what is empty then goes. */
  leave(): void {
    this.subgroup.members.delete(this.#family);
    if (this.subgroup.members.size === 0) this.#drop(this.group, this.subgroup);
  }

  /** The neighbour was told the table. */
  announced(): void {
    this.subgroup.isAnnounced = true;
    this.subgroup.needsRefresh = false;
  }

  /** All that waited was sent: the subgroup goes into another one that was told as much. */
  sent(): void {
    const { group, subgroup } = this;
    if (group.subgroups.length === 1 || !subgroup.isAnnounced || subgroup.needsRefresh) return;
    const target = group.subgroups.find((other) => other !== subgroup && this.#isLike(other));
    if (target === undefined) return;
    for (const member of subgroup.members) {
      target.members.add(member);
      if (member.membership !== null) member.membership.subgroup = target;
    }
    subgroup.members.clear();
    this.#drop(group, subgroup);
  }

  #isLike({ members, isAnnounced, needsRefresh }: Subgroup): boolean {
    const [one] = members;
    if (one === undefined || !isAnnounced || needsRefresh || one.outgoing.size > 0) return false;
    const own = this.#family;
    return one.advertised.size === own.advertised.size && one.defaultOriginated === own.defaultOriginated;
  }

  /** The neighbour's options put it into a group of another kind: alone it takes its subgroup along. */
  move(groups: UpdateGroups, kind: number): void {
    const { group, subgroup } = this;
    if (group.kind === kind) return;
    this.group = groups.groupOf(this.#groups, kind);
    if (subgroup.members.size === 1) {
      this.#drop(group, subgroup);
      this.group.subgroups.unshift(subgroup);
    } else {
      subgroup.members.delete(this.#family);
      this.subgroup = groups.subgroupIn(this.group);
      this.subgroup.isAnnounced = subgroup.isAnnounced;
      this.subgroup.members.add(this.#family);
    }
    this.subgroup.needsRefresh = true;
  }

  #drop(group: Group, subgroup: Subgroup): void {
    group.subgroups.splice(group.subgroups.indexOf(subgroup), 1);
    if (group.subgroups.length === 0) this.#groups.delete(group.kind);
  }
}

export class UpdateGroups {
  #lastGroup = 0;
  #lastSubgroup = 0;
  readonly #groups = new WeakMap<Speaker, Map<number, Group>>();

  /** The neighbour came up with this family. */
  join(speaker: Speaker, neighbour: Neighbour, family: NeighbourFamily): GroupMembership {
    let groups = this.#groups.get(speaker);
    if (groups === undefined) {
      groups = new Map();
      this.#groups.set(speaker, groups);
    }
    const group = this.groupOf(groups, updateGroup(speaker.groupNumbers, neighbour, family));
    const isEmpty = speaker.rib(family.family).version === 0;
    const waiting = group.subgroups.find(
      ({ isAnnounced, needsRefresh, members }) =>
        (!isAnnounced || isEmpty) && !needsRefresh && ![...members].some((one) => one.defaultOriginated),
    );
    return new GroupMembership(groups, family, group, waiting ?? this.subgroupIn(group));
  }

  /** The group of a kind, made when there is none. */
  groupOf(groups: Map<number, Group>, kind: number): Group {
    const known = groups.get(kind);
    if (known !== undefined) return known;
    this.#lastGroup += 1;
    const made = { id: this.#lastGroup, kind, subgroups: [] };
    groups.set(kind, made);
    return made;
  }

  /** Another subgroup of a group. */
  subgroupIn(group: Group): Subgroup {
    this.#lastSubgroup += 1;
    const made = {
      id: this.#lastSubgroup,
      members: new Set<NeighbourFamily>(),
      isAnnounced: false,
      needsRefresh: false,
    };
    group.subgroups.unshift(made);
    return made;
  }
}
