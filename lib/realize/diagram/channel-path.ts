/** A xenstore node that belongs to a part. */
export interface DrawnNode {
  readonly path: string;
  readonly value: string;
  /** As xenstore-ls -p prints them. */
  readonly permissions: string;
}

export type PartKind = 'program' | 'endpoint' | 'chardev' | 'backend' | 'ring' | 'port' | 'device';

/** One part of the path that the bytes of a channel take. Texts are not escaped. */
export interface PathPart {
  readonly kind: PartKind;
  /** Where it is: `host`, `guest`, the page that both share, or the name of a domain in between. */
  readonly place: string;
  /** What it is, in one or two words. */
  readonly title: string;
  readonly details: readonly string[];
  /** The state of a running channel; absent in a plan. */
  readonly state?: PartState;
  /** The xenstore directory that describes it. */
  readonly directory?: string;
  /** The nodes to write for it. */
  readonly nodes: readonly DrawnNode[];
}

export interface PartState {
  readonly text: string;
  /** Whether data can pass. */
  readonly isUp: boolean;
}

/** The path of a channel, from the program on the host to the device in the guest. Plain data. */
export interface ChannelPath {
  readonly name: string;
  /** Its number: `channel 1`, `port 3`. */
  readonly title: string;
  readonly parts: readonly PathPart[];
}

export const shared = 'shared';

/** Whether the rules of the guest kit and of udev create links with the name of a channel. */
const hasLinks = (name: string): boolean => /^[A-Za-z0-9_][\w.-]{0,199}$/.test(name);

/** The terminal of a PV console in the guest. */
export const consoleDevice = (devid: number, name: string): PathPart => ({
  kind: 'device',
  place: 'guest',
  title: 'device',
  details: [
    `/dev/hvc${devid}`,
    ...(hasLinks(name)
      ? [`with the guest kit also /dev/xen-channel/${name}`, `and /dev/virtio-ports/${name}`]
      : []),
  ],
  nodes: [],
});

/** The device of a virtio-serial port in the guest; Linux numbers the controllers. */
export const portDevice = (name: string): PathPart => ({
  kind: 'device',
  place: 'guest',
  title: 'device',
  details: hasLinks(name) ? [`/dev/virtio-ports/${name}`] : ['a port below /dev; its name cannot be a link'],
  nodes: [],
});
