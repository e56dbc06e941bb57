/** `show interface ...`: which interfaces are asked for. */
import type { Args } from '../config/match.ts';
import type { Reply } from '../config/command.ts';
import type { KernelInterface } from '../zebra/kernel-port.ts';
import { vrfNames } from './asked-vrfs.ts';
import type { ShowContext } from './context.ts';
import { text, warn, type ShowCommand } from './exec-command.ts';
import {
  interfaceDescriptions,
  interfaceJson,
  interfacesBrief,
  interfacesBriefJson,
  interfacesOf,
  interfaceText,
} from './interfaces.ts';
import { prettyJson, type Json } from './json.ts';

const notFound = (args: Args): Reply =>
  warn(args.has('json') ? '{}\n' : `% VRF ${args.get('vrf')} not found\n`);

/** Members keep their order even where names are numbers. */
const told = (context: ShowContext, args: Args, interfaces: readonly KernelInterface[]): Reply =>
  text(
    args.has('json')
      ? prettyJson(new Map<string, Json>(interfaces.map((one) => [one.name, interfaceJson(context, one)])))
      : interfaces.map((one) => interfaceText(context, one)).join(''),
  );

function everyInterface(context: ShowContext, args: Args): Reply {
  const names = vrfNames(context, args, 'all');
  if (!names) return notFound(args);
  if (!args.has('brief'))
    return told(
      context,
      args,
      names.flatMap((vrf) => interfacesOf(context, vrf)),
    );
  return text(
    args.has('json')
      ? prettyJson(new Map<string, Json>(names.flatMap((vrf) => interfacesBriefJson(context, vrf))))
      : names.map((vrf) => interfacesBrief(context, vrf)).join(''),
  );
}

function oneInterface(context: ShowContext, args: Args): Reply {
  const names = vrfNames(context, args, 'all');
  if (!names) return notFound(args);
  const name = args.get('name');
  const isJson = args.has('json');
  const found = names.flatMap((vrf) => interfacesOf(context, vrf).filter((one) => one.name === name));
  if (found.length === 0) return warn(isJson ? '{}\n' : `% Can't find interface ${name}\n`);
  if (found.length === 1) return told(context, args, found);
  return warn(
    isJson ? '{}\n' : `% There are multiple interfaces with name ${name}\n% You must specify the VRF name\n`,
  );
}

function descriptions(context: ShowContext, args: Args): Reply {
  const names = vrfNames(context, args, 'all');
  if (!names) return notFound(args);
  const isEachNamed = args.find('vrf') === undefined || args.find('vrf') === 'all';
  return text(
    names
      .filter((vrf) => !isEachNamed || interfacesOf(context, vrf).length > 0)
      .map((vrf) => {
        const id = context.zebra.vrf(vrf)?.id ?? 0;
        const head = isEachNamed ? `\n\tVRF ${vrf}(${id})\n\n` : '';
        return `${head}${interfaceDescriptions(context, vrf)}`;
      })
      .join(''),
  );
}

export const INTERFACE_SHOW_COMMANDS: readonly ShowCommand[] = [
  {
    syntax: ['show interface [vrf all$vrf] [brief] [json]', 'show interface vrf NAME$vrf [brief] [json]'],
    run: everyInterface,
  },
  {
    syntax: [
      'show interface IFNAME$name [vrf all$vrf] [json]',
      'show interface IFNAME$name vrf NAME$vrf [json]',
    ],
    run: oneInterface,
  },
  {
    syntax: ['show interface description [vrf all$vrf]', 'show interface description vrf NAME$vrf'],
    run: descriptions,
  },
];
