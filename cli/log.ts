import type { DaemonEvent } from '../lib/daemon/events.js';
import { escapeControls, escapeLines } from '../lib/text/controls.js';
import { Journal, type JournalFields } from './journal.js';
import { print } from './terminal.js';

/** The levels of syslog(3), by which journalctl filters. */
const levels = { error: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
type Level = keyof typeof levels;

/** The journal reads the level from the start of a line (sd-daemon(3)). */
const isJournal = process.env['JOURNAL_STREAM'] !== undefined;

/** Writes a message to standard error, with its level if the journal reads it. */
export function log(level: Level, message: string): void {
  const prefix = isJournal ? `<${levels[level]}>` : 'virt2xen: ';
  for (const line of escapeLines(message).trimEnd().split('\n')) print('stderr', `${prefix}${line}\n`);
}

/** Logs what a daemon reports: a line, or an entry of the journal with fields. */
export class EventLog {
  readonly #journal = isJournal ? new Journal() : undefined;

  readonly write = (event: DaemonEvent): void => {
    const [level, message] = [levelOf(event), describeEvent(event)];
    const asLine = (): void => log(level, message);
    if (this.#journal) this.#journal.write(escapeLines(message).trimEnd(), fieldsOf(event, level), asLine);
    else asLine();
  };

  /** When everything has been written. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#journal?.flush();
  }
}

/** The members of an event as fields: `VIRT2XEN_EVENT`, `VIRT2XEN_CHANNEL`, `VIRT2XEN_DOMAIN_UUID`... */
function fieldsOf(event: DaemonEvent, level: Level): JournalFields {
  const { domain, ...others }: { readonly domain?: object | undefined } = {
    domain: undefined,
    ...event,
  };
  const members = [
    ...Object.entries(others),
    ...Object.entries(domain ?? {}).map(([name, value]) => [`domain_${name}`, value] as const),
  ];
  return {
    PRIORITY: String(levels[level]),
    SYSLOG_IDENTIFIER: 'virt2xend',
    ...Object.fromEntries(members.map(([name, value]) => [fieldName(name), escapeControls(String(value))])),
  };
}

/** `retryInMs` is `VIRT2XEN_RETRY_IN_MS`. */
const fieldName = (member: string): string =>
  `VIRT2XEN_${member.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase()}`;

function levelOf({ event }: DaemonEvent): Level {
  switch (event) {
    case 'failed':
    case 'document-invalid':
    case 'store-lost':
      return 'error';
    case 'document-ignored':
    case 'qemu-exited':
    case 'drift-repaired':
      return 'warning';
    case 'channel-added':
    case 'channel-changed':
    case 'channel-removed':
    case 'qemu-restarted':
    case 'domain-ended':
    case 'guest-rebooted':
    case 'agent-up':
    case 'agent-down':
      return 'notice';
    default:
      return 'info';
  }
}

/** One line, except for diagnostics. */
export function describeEvent(event: DaemonEvent): string {
  if ('domain' in event) {
    const { domid, name } = event.domain;
    return `domain ${domid} (${escapeControls(name)}): ${aboutDomain(event)}`;
  }
  switch (event.event) {
    case 'document-invalid':
      return event.reason;
    case 'document-ignored':
      return `document ${event.file} ignored: ${event.reason}`;
    case 'documents-loaded':
      return `${event.count} valid document${event.count === 1 ? '' : 's'}`;
    case 'store-connected':
      return 'connected to xenstored';
    case 'store-lost':
      return `${event.reason}; connecting again in ${event.retryInMs / 1000} s`;
  }
}

const changes = {
  'channel-added': 'attached',
  'channel-changed': 'attached again, with other settings',
  'channel-removed': 'detached',
  'drift-repaired': 'was damaged; attached again',
  'qemu-restarted': 'served by a new QEMU',
  'guest-connected': 'connected by the guest',
  'guest-disconnected': 'disconnected by the guest',
  'agent-up': 'has a guest agent that answers',
  'agent-down': 'has no guest agent any more',
  'client-connected': 'has a client on this host',
  'client-disconnected': 'has no client on this host any more',
  'port-opened': 'opened by a program in the guest',
  'port-closed': 'not open in the guest any more',
} as const;

function aboutDomain(event: Extract<DaemonEvent, { domain: unknown }>): string {
  switch (event.event) {
    case 'failed':
      return `${event.reason}; retrying in ${event.retryInMs / 1000} s`;
    case 'qemu-exited':
      return 'the QEMU that serves its channels has exited';
    case 'guest-rebooted':
      return 'the guest has rebooted';
    case 'domain-ended':
      return 'has ended; its channels were cleaned up';
    default:
      return `channel '${escapeControls(event.channel)}' ${changes[event.event]}`;
  }
}
