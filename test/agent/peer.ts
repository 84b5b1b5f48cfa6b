import { AgentError } from '../../lib/agent/error.js';
import { AgentSession, type SessionOptions } from '../../lib/agent/session.js';
import type { Receiver } from '../../lib/agent/transport.js';

/** A request as the session sent it. */
export interface Sent {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly id?: string;
  /** Whether 0xFF came before it. */
  readonly isFlushed: boolean;
}

/** The other end of a session: answers as a test says, such as not at all, or with what no agent would send. */
export class Peer {
  readonly sent: Sent[] = [];
  readonly session: AgentSession;
  #receiver: Receiver | undefined;

  /** @param answer what is sent for a request, in Latin-1; `sync` answers guest-sync-delimited */
  constructor(answer: (request: Sent, peer: Peer) => string | undefined, options: SessionOptions = {}) {
    this.session = new AgentSession(
      {
        start: (receiver) => (this.#receiver = receiver),
        send: (bytes) => {
          const isFlushed = bytes[0] === 0xff;
          const text = new TextDecoder().decode(isFlushed ? bytes.subarray(1) : bytes);
          const sent = { ...(JSON.parse(text) as Omit<Sent, 'isFlushed'>), isFlushed };
          this.sent.push(sent);
          queueMicrotask(() => {
            const reply = answer(sent, this);
            if (reply !== undefined) this.say(reply);
          });
        },
        close: () => undefined,
      },
      { timeoutMs: 60, ...options },
    );
  }

  say(text: string): void {
    this.#receiver?.data(Buffer.from(text, 'latin1'));
  }

  end(): void {
    this.#receiver?.end(new AgentError('closed', 'gone'));
  }

  get names(): readonly string[] {
    return this.sent.map(({ execute }) => execute);
  }
}

const line = (value: object): string => `${JSON.stringify(value)}\n`;

export const returned = (value: unknown, { id }: Sent): string => line({ return: value, id });
export const failed = (desc: string, { id }: Partial<Sent>, name = 'GenericError'): string =>
  line({ error: { class: name, desc }, id });

/** What QEMU answers to the flush and to guest-sync-delimited. */
export const synced = ({ isFlushed, arguments: given }: Sent): string =>
  `${isFlushed ? failed("JSON parse error, stray '\\uFFFD'", {}) : ''}\xff${line({ return: given?.['id'] })}`;

export const infoOf = (commands: Readonly<Record<string, boolean>>, version = '7.2.22'): object => ({
  version,
  supported_commands: Object.entries(commands).map(([name, enabled]) => ({
    name,
    enabled,
    'success-response': true,
  })),
});

/** An agent that has some commands, and answers those with `answer`. */
export const agentWith =
  (
    commands: Readonly<Record<string, boolean>>,
    answer: (request: Sent, peer: Peer) => string | undefined,
  ): ((request: Sent, peer: Peer) => string | undefined) =>
  (request, peer) => {
    if (request.execute === 'guest-sync-delimited') return synced(request);
    if (request.execute === 'guest-info') return returned(infoOf(commands), request);
    return answer(request, peer);
  };
