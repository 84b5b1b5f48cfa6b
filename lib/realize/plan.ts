import { originOf } from '../diagnostics/origin.js';
import type { Report } from '../diagnostics/diagnostic.js';
import { omitUndefined } from '../language/omit-undefined.js';
import type { Channel } from '../model/channel.js';
import { devIds, type DevId } from './devid.js';
import { domId, type DomId } from './domid.js';
import type { Chardev } from '../qemu-syntax/chardev.js';
import { chardevOf } from '../qemu-syntax/connection.js';
import { argument } from '../qemu-syntax/option.js';
import { servedByDriverDomain, chardevIdOf, type ServedBy } from './served-by.js';
import type { NamedChardev } from './qemu/argv.js';

/** The desired state of one channel. Plain data: deeply equal values are the same channel. */
export interface PlannedChannel {
  readonly devid: DevId;
  readonly name: string;
  readonly chardev: Chardev;
  /** How many bytes of guest output the backend buffers for the host; 0: no limit. */
  readonly limitBytes: number;
  /** The backend's name, and the domain that it runs in. */
  readonly backend: string;
  readonly backendDomid: DomId;
  /** The frontend's `output`. */
  readonly output: string;
  /** Keys of the backend directory that only the backend may read. */
  readonly backendKeys: Readonly<Record<string, string>>;
}

/** The domain of a plan. */
export interface PlannedDomain {
  readonly domid: DomId;
  readonly name: string;
}

export interface PlanOptions {
  /** The backend of channels without a backend domain, and the domain in which it runs. */
  readonly servedBy: ServedBy;
  readonly backendDomid: DomId;
  /** The domains that channels name by `backendDomain`. */
  readonly backendDomains?: ReadonlyMap<string, DomId>;
  readonly limitBytes?: number;
  /** The device ids of existing channels, by name; they are preserved. */
  readonly present?: ReadonlyMap<string, DevId>;
  /** Device ids that other programs use. */
  readonly taken?: ReadonlySet<DevId>;
}

/** The desired state of the channels of a domain. */
export interface Plan {
  readonly domain: PlannedDomain;
  readonly channels: readonly PlannedChannel[];
}

/** libxl's own (libxl_console.c: LIBXL_XENCONSOLE_LIMIT). */
export const defaultLimitBytes = 1048576;

/** The maximum length of a value in oxenstored. */
const longestValue = 2000;

/**
 * Plans the channels of a domain. Pure: it neither reads nor writes anything.
 *
 * @param report gets an error for each channel that cannot be attached; the plan does not contain it
 */
export function plan(
  channels: readonly Channel[],
  domain: PlannedDomain,
  options: PlanOptions,
  report: Report,
): Plan {
  const { present = new Map<string, DevId>(), taken = new Set<DevId>() } = options;
  const kept = channels.flatMap(({ name }) => present.get(name) ?? []);
  const free = devIds.filter((devid) => !taken.has(devid) && !kept.includes(devid));
  const planned = channels.flatMap((channel) => {
    const devid = present.get(channel.name) ?? free.shift();
    if (devid !== undefined) return planChannel(channel, devid, options, report) ?? [];
    const message = `channel '${channel.name}': no free device id; a Linux guest supports ${devIds.length} channels`;
    report.add('channel-attach', message, originOf(channel));
    return [];
  });
  return { domain, channels: planned };
}

function planChannel(
  channel: Channel,
  devid: DevId,
  options: PlanOptions,
  report: Report,
): PlannedChannel | undefined {
  const { name, connection, backendDomain, log } = channel;
  const refuse = (why: string): undefined => {
    report.add('channel-attach', `channel '${name}': ${why}`, originOf(connection) ?? originOf(channel));
    return undefined;
  };
  const made = chardevOf(connection);
  if ('refusal' in made) return refuse(made.refusal);
  const chardev: Chardev = omitUndefined({ ...made.chardev, log });
  const problem = textProblem(name, chardev);
  if (problem !== undefined) return refuse(problem);

  const servedBy = backendDomain === undefined ? options.servedBy : servedByDriverDomain;
  const backendDomid =
    backendDomain === undefined ? options.backendDomid : backendOf(backendDomain, options.backendDomains);
  if (backendDomid === undefined) {
    return refuse(`backend domain '${backendDomain ?? ''}' not found; give its domain id`);
  }
  const refusal = servedBy.unsupportedReason({ devid, name, chardev });
  if (refusal !== undefined) return refuse(refusal);
  const { output, backend } = servedBy.keysOf({ devid, name, chardev });
  const { limitBytes = defaultLimitBytes } = options;
  return {
    devid,
    name,
    chardev,
    limitBytes,
    backend: servedBy.name,
    backendDomid,
    output,
    backendKeys: backend,
  };
}

function backendOf(domain: string, known: ReadonlyMap<string, DomId> | undefined): DomId | undefined {
  const found = known?.get(domain);
  if (found !== undefined || !/^[0-9]{1,5}$/.test(domain)) return found;
  try {
    return domId(Number(domain));
  } catch {
    return undefined;
  }
}

/** Why a text cannot be a command-line argument or a xenstore value. */
function textProblem(name: string, chardev: Chardev): string | undefined {
  const paths = ['path' in chardev ? chardev.path : '', chardev.log?.path ?? ''];
  for (const text of [name, ...paths]) {
    try {
      argument(text);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    if (new TextEncoder().encode(text).length > longestValue) return `${text.slice(0, 60)}... is too long`;
  }
  if (chardev.log && !chardev.log.path.startsWith('/'))
    return `log path '${chardev.log.path}' is not absolute`;
  return undefined;
}

/** The chardevs that a QEMU must have for some channels. */
export const chardevsOf = (channels: readonly PlannedChannel[]): readonly NamedChardev[] =>
  channels.map(({ devid, chardev }) => ({ id: chardevIdOf(devid), chardev }));
