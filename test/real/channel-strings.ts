/**
 * How xl 4.17 reads `channel = ...` in all forms: those that libvirt's reader (libvirt 11.3) reads incorrectly, and
 * all others that xl's parser distinguishes.
 */
export interface ChannelRow {
  readonly it: string;
  /** The setting as written in the file. */
  readonly cfg: string;
  /** What xl reads: name, connection, path, backend; or why xl rejects it. */
  readonly xl: readonly ChannelSeen[] | string;
  /** Our result where it differs from xl, and why. */
  readonly ours?: { readonly refuses: string; readonly because: string };
}

export interface ChannelSeen {
  readonly name?: string;
  readonly connection: 'pty' | 'socket';
  readonly path?: string;
  readonly backend?: string;
}

const pty: ChannelSeen = { name: 'a', connection: 'pty' };
const socket: ChannelSeen = { name: 'a', connection: 'socket', path: '/p' };
const one = (text: string): string => `channel = [ '${text}' ]`;
const cannotParse = (text: string): string => `failed to parse channel configuration: ${text}`;
const unnamed = {
  refuses: 'channel has no name',
  because: 'xl.cfg(5): name is mandatory; libxl rejects to make the device',
};

/** Only strings in a list are channels; xl ignores everything else. */
const forms: readonly ChannelRow[] = [
  { it: 'reads past a text in place of a list', cfg: "channel = 'connection=pty,name=a'", xl: [] },
  { it: 'reads past a number in place of a list', cfg: 'channel = 1', xl: [] },
  { it: 'reads past a list in the list', cfg: "channel = [ [ 'connection=pty,name=a' ] ]", xl: [] },
  { it: 'reads an empty list', cfg: 'channel = []', xl: [] },
  {
    it: 'refuses a number in the list',
    cfg: "channel = [ 1, 'connection=pty,name=a' ]",
    xl: cannotParse('1'),
  },
  { it: 'takes the last of two', cfg: `${one('connection=pty,name=b')}\n${one(text(pty))}`, xl: [pty] },
  {
    it: 'appends with +=',
    cfg: `${one('connection=pty,name=a')}\nchannel += [ 'connection=pty,name=b' ]`,
    xl: [pty, { ...pty, name: 'b' }],
  },
  { it: 'takes comments in the list', cfg: `channel = [ # one\n '${text(pty)}', # two\n ]`, xl: [pty] },
  {
    it: 'falls over an empty string',
    cfg: one(''),
    xl: 'crash',
    ours: { refuses: 'xl crashes', because: 'a crash is no verdict' },
  },
];

/** The forms of one string. */
const strings: readonly ChannelRow[] = [
  { it: 'reads a pty', cfg: one('connection=pty,name=a'), xl: [pty] },
  { it: 'takes the keys in any order', cfg: one('name=a,connection=pty'), xl: [pty] },
  { it: 'reads a socket', cfg: one('connection=socket,path=/p,name=a'), xl: [socket] },
  { it: 'reads a socket, path first', cfg: one('path=/p,name=a,connection=socket'), xl: [socket] },
  { it: 'reads a socket, name first', cfg: one('name=a,connection=socket,path=/p'), xl: [socket] },
  {
    it: 'wants a path for a socket',
    cfg: one('connection=socket,name=a'),
    xl: "channel connection 'socket' requires path=..",
  },
  {
    it: 'refuses an empty path',
    cfg: one('connection=socket,path=,name=a'),
    xl: cannotParse('path='),
  },
  { it: 'reads past the path of a pty', cfg: one('connection=pty,path=/p,name=a'), xl: [pty] },
  {
    it: 'takes a channel without a name',
    cfg: one('connection=pty'),
    xl: [{ connection: 'pty' }],
    ours: unnamed,
  },
  { it: 'refuses an empty name', cfg: one('connection=pty,name='), xl: cannotParse('name=') },
  {
    it: 'wants a connection',
    cfg: one('name=a'),
    xl: "channel has unknown 'connection'",
    ours: { refuses: 'channel has no connection', because: 'xl does not say that it is missing' },
  },
  { it: 'refuses an empty connection', cfg: one('connection=,name=a'), xl: cannotParse('connection=') },
  {
    it: 'refuses other connections',
    cfg: one('connection=tcp,name=a'),
    xl: "unknown channel connection 'tcp'",
  },
  {
    it: 'tells capitals from small letters',
    cfg: one('connection=PTY,name=a'),
    xl: "unknown channel connection 'PTY'",
  },
  {
    it: 'refuses what only begins with socket',
    cfg: one('connection=socketpair,path=/p,name=a'),
    xl: "unknown channel connection 'socketpair'",
  },
  {
    it: 'refuses what only begins with pty',
    cfg: one('connection=ptyx,name=a'),
    xl: "unknown channel connection 'ptyx'",
  },
  { it: 'takes a blank before a key', cfg: one(' connection=pty,name=a'), xl: [pty] },
  { it: 'takes blanks around =', cfg: one('connection = pty, name = a'), xl: [pty] },
  { it: 'cuts off blanks after a value', cfg: one('connection=pty ,name=a '), xl: [pty] },
  { it: 'refuses a word at the end', cfg: one('connection=pty,name=a,foo'), xl: cannotParse('foo') },
  { it: 'refuses a word at the start', cfg: one('foo,connection=pty,name=a'), xl: cannotParse('foo') },
  { it: 'reads past unknown keys', cfg: one('connection=pty,name=a,foo=b'), xl: [pty] },
  { it: 'takes a comma at the end', cfg: one('connection=pty,name=a,'), xl: [pty] },
  { it: 'takes commas in a row', cfg: one(',connection=pty,,name=a'), xl: [pty] },
  {
    it: 'reads a backend',
    cfg: one('connection=pty,name=a,backend=dom1'),
    xl: [{ ...pty, backend: 'dom1' }],
  },
  {
    it: 'takes the last connection',
    cfg: one('name=a,connection=pty,connection=socket,path=/p'),
    xl: [socket],
  },
  { it: 'takes the last name', cfg: one('connection=pty,name=b,name=a'), xl: [pty] },
  { it: 'takes the last path', cfg: one('connection=socket,path=/1,path=/p,name=a'), xl: [socket] },
  {
    it: 'keeps control characters',
    cfg: one('connection=pty,name=a\x01b'),
    xl: [{ ...pty, name: 'a\x01b' }],
  },
];

export const channelRows: readonly ChannelRow[] = [...strings, ...forms];

function text({ name = '', connection }: ChannelSeen): string {
  return `connection=${connection},name=${name}`;
}
